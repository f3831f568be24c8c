//! What a vendor reports in addition to the records of a response that has not failed: errors of
//! some records, and signs that some are missing.

use serde_json::{Map, Value, json};

use super::failure::{is_filled, is_there};
use super::meaning::meaning;
use super::message::vendor_message;
use super::parts::filled;
use super::plan::RemarkPlace;
use super::read::{Answer, Read};
use crate::description::{FailureKind, JsonPath, Step};
use crate::error::Result;
use crate::json;

impl Answer<'_> {
    /// Keeps the errors that GraphQL reports in addition to data. It is a failure if there is no
    /// data, or if there are no records because of a temporary refusal.
    pub(super) fn check_partial_errors(
        &self,
        read: &mut Read,
        has_place: bool,
        records: usize,
    ) -> Result<()> {
        let errors = self.plan.partial_errors.and_then(|place| read.get(place));
        let Some(errors) = errors.filter(|errors| is_filled(errors)).cloned() else {
            return Ok(());
        };
        let failed = json!({"errors": errors});
        let passes = || {
            let meaning = meaning(self.connector, &failed, None);
            matches!(meaning, Some(FailureKind::RateLimited | FailureKind::Unavailable))
        };
        if !has_place || records == 0 && passes() {
            // The vendor's own response, as a whole, also says what a request costs.
            return Err(match self.reply.layout.records {
                None => self.described_failure(Some(&failed), None),
                Some(_) => {
                    let message = vendor_message(&failed.to_string(), self.redact);
                    self.described_failure_in(&failed, None, message)
                }
            });
        }
        let errors = match errors {
            Value::Array(errors) => errors,
            one => vec![one],
        };
        self.tell(read, errors);
        Ok(())
    }

    /// Keeps the errors of a response that has failed in part, and adds them to the metadata.
    pub(super) fn tell(&self, read: &mut Read, errors: Vec<Value>) {
        read.errors.extend(errors);
        // A metadata field that the spec declares keeps the form that its type has.
        let is_declared = self.operation.response.meta.iter().any(|field| field.name == "errors");
        if !is_declared {
            read.meta.insert("errors".to_owned(), read.errors.clone().into());
        }
    }

    /// Keeps the remarks that the description declares. The metadata remains as the spec declares
    /// it.
    pub(super) fn add_remarks(&self, read: &mut Read) {
        let mut told = self.earlier.to_vec();
        for remark in &self.plan.remarks {
            let Some(place) = self.plan.places.get(remark.value) else { continue };
            if place.path.is_multiple() {
                // The pass over the response keeps only one of several values, so they are looked
                // up here.
                let body = json::parse(&self.text()).unwrap_or_default();
                told.extend(worded(remark, &place.path, filled(&place.path, &body)));
            } else if let Some(value) = read.get(remark.value).filter(|value| is_there(value)) {
                let values = match (value, &remark.words) {
                    (Value::Array(items), None) => {
                        items.iter().filter(|item| is_there(item)).cloned().collect()
                    }
                    (value, _) => vec![value.clone()],
                };
                told.extend(worded(remark, &place.path, values));
            }
        }
        read.errors.extend(told);
    }
}

/// The values at a place, with the text that says what they mean.
fn worded(remark: &RemarkPlace, place: &JsonPath, values: Vec<Value>) -> Vec<Value> {
    let Some(words) = &remark.words else { return values };
    let name = match place.steps.last() {
        Some(Step::Key(name)) => name.to_string(),
        _ => "value".to_owned(),
    };
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        let told = [("message".to_owned(), words.to_string().into()), (name.clone(), value)];
        let told = Value::Object(Map::from_iter(told));
        if !distinct.contains(&told) {
            distinct.push(told);
        }
    }
    distinct
}
