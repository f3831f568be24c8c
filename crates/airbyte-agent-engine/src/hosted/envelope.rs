//! The envelope in which the platform wraps the result of an operation.

use std::borrow::Cow;

use serde_json::Value;

use crate::context_store;
use crate::description::build::text;
use crate::description::{json_path, list};
use crate::error::{Error, ErrorKind};
use crate::layout::{Layout, StatusCheck};
use crate::reply::reported_failure;

/// The name of the platform in messages.
pub(super) const PEER: &str = "the platform";

/// How the platform says whether a call succeeded.
const STATUS: StatusCheck = StatusCheck {
    path: json_path!("$.status"),
    success: Cow::Borrowed(list![text("success"), text("succeeded"), text("ok")]),
    messages: Cow::Borrowed(list![json_path!("$.result")]),
    reasons: Cow::Borrowed(list![
        json_path!("$.error"),
        json_path!("$.errors"),
        json_path!("$.message"),
        json_path!("$.warning"),
    ]),
};

/// Records and metadata in an envelope. Older servers put the metadata one level deeper than
/// current ones.
pub(super) const ENVELOPE: Layout = Layout {
    records: Some(json_path!("$.result")),
    needs_records: true,
    metadata: Some(Cow::Borrowed(list![
        json_path!("$.connector_metadata"),
        json_path!("$.connector_metadata.pagination"),
    ])),
    open_metadata: false,
    status: Some(STATUS),
    peer: Some(text(PEER)),
    is_unselected: false,
};

/// The layout of records of the context store, in the form that its operations describe.
pub(super) fn store() -> Layout {
    Layout { peer: Some(text(PEER)), is_unselected: false, ..context_store::LAYOUT }
}

/// The error of an envelope that reports a failure although its HTTP status is a success.
pub(super) fn failure(
    envelope: &Value,
    what: &str,
    redact: impl Fn(&str) -> String,
) -> Option<Error> {
    let reason = reported_failure(&STATUS, envelope, &redact)?;
    let message = format!("{what}: {PEER} reports a failure: {reason}");
    Some(Error::new(ErrorKind::Vendor, message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_inside_a_success_are_found() {
        for (envelope, expected) in [
            (json!({"result": []}), None),
            (json!({"status": "SUCCESS"}), None),
            (
                json!({"status": "error", "result": {"error": "no such table"}}),
                Some("no such table"),
            ),
            (json!({"status": "failed", "warning": "too big"}), Some("too big")),
            (json!({"status": "failed"}), Some("it gave no reason")),
        ] {
            let error = failure(&envelope, "things.list", str::to_owned);
            let reason = error.as_ref().map(|error| error.message().to_owned());
            assert_eq!(reason.is_some(), expected.is_some(), "{envelope}");
            assert!(
                reason.unwrap_or_default().contains(expected.unwrap_or_default()),
                "{envelope}"
            );
        }
    }
}
