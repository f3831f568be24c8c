//! Responses that have no list where there must be one.

use serde_json::Value;

use super::failure::is_filled;
use super::message::vendor_message;
use super::read::Answer;
use crate::error::Error;
use crate::json;

impl Answer<'_> {
    /// The failure that a response without records reports, if it gives a reason.
    pub(super) fn stated_failure(&self, body: &Value) -> Option<Error> {
        let says = ["error", "errors", "error_description", "errorMessages", "message"];
        let reason = says.iter().any(|name| body.get(name).is_some_and(is_filled));
        reason.then(|| {
            let message = vendor_message(&body.to_string(), self.redact);
            self.described_failure_in(body, None, message)
        })
    }

    /// Whether an object is accepted at the place of the records of a list. It is one record if the
    /// description says that the whole response is meant, or if each match of the place is a
    /// record.
    pub(super) fn takes_object(&self) -> bool {
        let records = self.operation.response.records.as_ref();
        !self.operation.action.is_array()
            || records.is_some_and(|path| path.steps.is_empty() || path.is_multiple())
    }

    /// The error for an object at the place of a list of records.
    pub(super) fn object_for_list(&self) -> Error {
        let body = json::parse(&self.json()).unwrap_or_default();
        self.stated_failure(&body).unwrap_or_else(|| self.no_list())
    }

    /// The error for a response that has nothing at the place of the records.
    pub(super) fn lacks_records(&self) -> Error {
        let text = String::from_utf8_lossy(&self.reply.body);
        let said = vendor_message(&text, self.redact).unwrap_or_default();
        let reason = if said.is_empty() { String::new() } else { format!(": {said}") };
        let records = self.plan.records.to_string();
        let records = records.trim_start_matches("$.");
        self.unlike(&format!("has no '{records}'{reason}")).with_vendor_text(said)
    }

    /// The error for records that are not a list although they have to be one.
    pub(super) fn no_list(&self) -> Error {
        self.unlike(&format!("has no list at {}", self.plan.records))
    }

    /// The error for a response that differs from the description.
    pub(super) fn unlike(&self, what: &str) -> Error {
        let body = (self.redact)(&String::from_utf8_lossy(&self.reply.body));
        Error::decode(format!("{}: {}'s response {what}", self.name, self.peer()))
            .with_status(self.reply.status)
            .with_request_id(self.request_id())
            .with_body(body.chars().take(8_192).collect())
    }
}
