//! The envelope in which the platform wraps what an operation gave.

use serde_json::Value;

use crate::call::CallOptions;
use crate::description::Action;
use crate::error::{Error, ErrorKind};
use crate::reply::{platform_failure, shape};

/// Texts longer than this are cut where a caller allows it, in characters.
const LONGEST_TEXT: usize = 200;

/// The error of an envelope that reports a failure although its HTTP status is a success.
pub(super) fn failure(
    envelope: &Value,
    what: &str,
    redact: impl Fn(&str) -> String,
) -> Option<Error> {
    let told = platform_failure(envelope)?;
    let message = format!("{what}: the platform reports a failure: {}", redact(&told));
    Some(Error::new(ErrorKind::Vendor, message))
}

/// What a server would have done to the result that knows neither selection nor truncation.
pub(super) fn finish(result: Value, action: Action, options: &CallOptions) -> Value {
    let mut result = shape(result, options);
    if options.truncates() && action == Action::List {
        cut(&mut result);
    }
    result
}

/// Cuts long texts, however deep they stand.
fn cut(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
                text.truncate(end);
                text.push_str("... [truncated: get this record to read all of it]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
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
            let told = error.as_ref().map(|error| error.message().to_owned());
            assert_eq!(told.is_some(), expected.is_some(), "{envelope}");
            assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()), "{envelope}");
        }
    }

    #[test]
    fn only_lists_are_cut_and_only_long_texts() {
        let long = "ä".repeat(201);
        let records = json!([{"a": [long.clone()], "b": "ä".repeat(200)}]);
        let options = CallOptions::default().truncate();
        let cut = finish(records.clone(), Action::List, &options);
        let text = cut[0]["a"][0].as_str().unwrap_or_default();
        assert!(text.starts_with(&"ä".repeat(200)) && text.contains("... [truncated"), "{text}");
        assert_eq!(cut[0]["b"], records[0]["b"]);
        assert_eq!(finish(records.clone(), Action::Search, &options), records);
        assert_eq!(finish(records.clone(), Action::List, &CallOptions::default()), records);
    }
}
