//! Changes of several records at once, of which a vendor may make some and refuse others.

use std::borrow::Cow;

use serde_json::Value;

use super::failure::is_there;
use super::message::{message_of, with_details};
use super::read::{Answer, Read};
use crate::description::{ErrorCheck, ErrorCondition, JsonPath};
use crate::error::Result;
use crate::json;

impl Answer<'_> {
    /// Fails if a vendor says that parts of a change were refused, and nothing was done. If
    /// something was done, the report is kept together with the record.
    pub(super) fn check_parts(&self, read: &mut Read) -> Result<()> {
        // A transport that wraps only a part of the vendor's response has checked the rest of it.
        let is_cut = self.is_finished() && self.operation.response.records.is_some();
        let checks = self.connector.errors.iter().chain(self.operation.response.errors.iter());
        for check in checks.filter(|_| !is_cut) {
            if let ErrorCondition::Unless(done) = &check.when {
                self.check_part(read, check, done)?;
            }
        }
        Ok(())
    }

    fn check_part(&self, read: &mut Read, check: &ErrorCheck, done: &JsonPath) -> Result<()> {
        let body = if self.is_finished() { self.spelling().first_record() } else { None };
        let body = body.map_or_else(|| self.json(), Cow::Owned);
        let body = json::parse(&body).unwrap_or_default();
        let errors = filled(&check.path, &body);
        if errors.is_empty() {
            return Ok(());
        }
        if !filled(done, &body).is_empty() {
            // The number of errors adds nothing to the errors themselves.
            if read.errors.is_empty() {
                self.tell(read, errors);
            }
            return Ok(());
        }
        let stated = check.message.as_ref().and_then(|path| path.first(&body));
        let stated = stated.and_then(|value| message_of(value, self.redact));
        let details = message_of(&Value::Array(errors), self.redact);
        let message = with_details(stated, details);
        Err(self.described_failure_in(&body, None, message))
    }
}

/// The values at a place that are not empty, `null`, `false` or 0, one for each element.
pub(super) fn filled(place: &JsonPath, body: &Value) -> Vec<Value> {
    let parts = place.find(body).into_iter().flat_map(|value| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    parts.filter(|value| is_there(value)).cloned().collect()
}
