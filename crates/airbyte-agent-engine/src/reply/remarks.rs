//! What a vendor reports beside the records of a response that has not failed: errors of some of them, and
//! signs that some are missing.

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
    /// Keeps the errors that GraphQL reports beside what it found. It is a failure if it found nothing, or
    /// if there are no records because of a refusal that passes.
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
            // The whole of the vendor's own response says what a request costs, too.
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

    /// Keeps the errors of a response that has failed in part, and shows them with the metadata.
    pub(super) fn tell(&self, read: &mut Read, errors: Vec<Value>) {
        read.errors.extend(errors);
        // What a spec declares keeps the form that its type has.
        let is_declared = self.operation.response.meta.iter().any(|field| field.name == "errors");
        if !is_declared {
            read.meta.insert("errors".to_owned(), read.errors.clone().into());
        }
    }

    /// Keeps what the description calls remarks. The metadata stays what the spec declares.
    pub(super) fn add_remarks(&self, read: &mut Read) {
        let mut told = self.earlier.to_vec();
        for remark in &self.plan.remarks {
            let Some(place) = self.plan.places.get(remark.value) else { continue };
            if place.path.is_multiple() {
                // Of several values, the pass over the response keeps one only.
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

/// The values at a place, with the words that say what they mean.
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
