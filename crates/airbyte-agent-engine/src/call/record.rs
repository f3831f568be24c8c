//! Calls for one record, and what the vendor reports beside it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Call, Part};
use crate::error::Result;
use crate::reply;
use crate::reports::report_texts;
use crate::runtime::Runtime;

/// A record, and what the vendor reports beside it although the call has succeeded, such as a part of a change that
/// was not made, or a warning. [`report_texts`](crate::report_texts) makes texts of the remarks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Remarked<T> {
    /// The record that the call without remarks would return.
    pub record: T,
    /// What the vendor reports, as it stands in the response; mostly nothing.
    pub remarks: Vec<Value>,
}

impl<T> Remarked<T> {
    pub(crate) fn new(record: T, remarks: Vec<Value>) -> Self {
        Self { record, remarks }
    }
}

impl Call {
    /// Makes the call; one record. What the vendor reports beside it becomes a warning of `tracing`;
    /// [`record_with_remarks`](Self::record_with_remarks) returns it.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page), and `NotFound` when the response holds no record.
    pub async fn record<T: DeserializeOwned>(self) -> Result<T> {
        let (runtime, name) = (self.runtime.clone(), self.qualified_name());
        let Remarked { record, remarks } = self.record_with_remarks().await?;
        warn(&runtime, &name, &remarks);
        Ok(record)
    }

    /// Makes the call; one record, and what the vendor reports beside it.
    ///
    /// # Errors
    ///
    /// As [`record`](Self::record).
    pub async fn record_with_remarks<T: DeserializeOwned>(self) -> Result<Remarked<T>> {
        self.read_once(Part::default(), reply::decode_record).await
    }
}

/// Writes what the vendor reports beside a record to the log, without secrets.
pub(crate) fn warn(runtime: &Runtime, operation: &str, remarks: &[Value]) {
    for text in report_texts(remarks) {
        let remark = runtime.transport().redact(&text);
        tracing::warn!(operation, "the vendor reports beside the record: {remark}");
    }
}
