//! Recognises records that consist only of the report of a failure, whatever the description says
//! about failures.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::failure::is_there;
use super::message::vendor_message;
use super::read::Answer;
use crate::error::Error;
use crate::json::Plain;

/// Members that say by a word or a flag whether something was done.
const FLAGS: [&str; 2] = ["ok", "success"];

/// Members that exist because something failed.
const REASONS: [&str; 9] = [
    "error",
    "errors",
    "error_code",
    "error_description",
    "error_message",
    "errorCode",
    "errorMessage",
    "errorMessages",
    "error_type",
];

/// Members that contain a code, which together with a message is a failure.
const CODES: [&str; 4] = ["code", "status", "statusCode", "status_code"];

/// Members that explain a failure, but do not show that there is one.
const BESIDE: [&str; 14] = [
    "correlationId",
    "description",
    "detail",
    "details",
    "documentation_url",
    "message",
    "messages",
    "path",
    "reason",
    "requestId",
    "request_id",
    "timestamp",
    "title",
    "type",
];

impl Answer<'_> {
    /// The failure at the place of a single record: an object that says that something failed, and
    /// nothing else. If the operation describes how it reports failures, this has been checked
    /// before.
    pub(super) fn only_failure(&self) -> Option<Error> {
        if self.operation.action.is_array() {
            return None;
        }
        let body = if self.is_finished() {
            report(&self.spelling().first_record()?)?
        } else {
            report(&self.json())?
        };
        let message = vendor_message(&body.to_string(), self.redact);
        Some(self.described_failure_in(&body, None, message))
    }
}

/// The object in a JSON text, if it consists only of the report of a failure.
pub(crate) fn report(text: &str) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    // For most records, the first member shows that they are not a report.
    let members = reader.deserialize_any(Members).ok()?;
    is_failure(&members).then(|| Value::Object(members))
}

/// Whether an object says that something failed, and nothing else.
pub(super) fn is_report(members: &Map<String, Value>) -> bool {
    members.keys().all(|name| is_known(name)) && is_failure(members)
}

/// Whether the members of a report say that something failed.
fn is_failure(members: &Map<String, Value>) -> bool {
    says_failure(members) || !says_success(members) && has_code(members)
}

/// Whether an object has a member that exists because something failed.
pub(super) fn says_failure(members: &Map<String, Value>) -> bool {
    !says_success(members) && members.iter().any(|(name, value)| is_sign(name, value))
}

/// Whether a flag says that something was done. A success may be reported together with warnings.
fn says_success(members: &Map<String, Value>) -> bool {
    FLAGS.iter().any(|flag| members.get(*flag).is_some_and(says_yes))
}

/// Whether the report of a failure may have a member of this name.
fn is_known(name: &str) -> bool {
    let mut known = FLAGS.iter().chain(&REASONS).chain(&CODES).chain(&BESIDE);
    known.any(|known| *known == name)
}

/// Whether a flag says that something was done.
fn says_yes(flag: &Value) -> bool {
    match flag {
        Value::String(text) => text.trim().eq_ignore_ascii_case("true"),
        flag => *flag == Value::Bool(true),
    }
}

/// Whether a member says that something failed.
fn is_sign(name: &str, value: &Value) -> bool {
    if FLAGS.contains(&name) {
        return match value {
            Value::String(text) => {
                matches!(text.trim().to_ascii_lowercase().as_str(), "" | "false")
            }
            Value::Null | Value::Bool(false) => true,
            _ => false,
        };
    }
    REASONS.contains(&name) && is_there(value)
}

/// Whether there is a message with the code of a failure.
fn has_code(members: &Map<String, Value>) -> bool {
    let is_error = |name: &&str| {
        let code = members.get(*name).map(|code| match code {
            Value::String(text) => text.clone(),
            code => code.to_string(),
        });
        code.is_some_and(|code| match code.parse::<u64>() {
            Ok(status) => (400..600).contains(&status),
            Err(_) => matches!(
                code.to_ascii_lowercase().as_str(),
                "error" | "fail" | "failed" | "failure"
            ),
        })
    };
    let has_message = ["message", "messages", "detail", "title"]
        .iter()
        .any(|name| members.get(*name).is_some_and(is_there));
    has_message && CODES.iter().any(is_error)
}

/// The members of an object, if every one of them may belong to the report of a failure.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the report of a failure")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if !is_known(&name) {
                return Err(A::Error::custom("another member"));
            }
            members.insert(name, map.next_value::<Plain>()?.0);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_that_says_nothing_else_is_the_report_of_a_failure() {
        for (text, expected) in [
            (r#"{"error": {"type": "X", "message": "boom"}}"#, true),
            (r#"{"error": "RecordInvalid", "description": "x", "details": {}}"#, true),
            (r#"{"errors": [{"message": "x"}]}"#, true),
            (r#"{"ok": "false"}"#, true),
            (r#"{"ok": null}"#, true),
            (r#"{"success": false}"#, true),
            (r#"{"code": 404, "message": "no"}"#, true),
            (r#"{"status": "error", "message": "no"}"#, true),
            (r#"{"success": true}"#, false),
            (r#"{"ok": true, "message": "done"}"#, false),
            (r#"{"ok": true, "errors": {"U1": "is no member"}}"#, false),
            (r#"{"error": "x", "success": "True"}"#, false),
            (r#"{"code": 200, "message": "done"}"#, false),
            (r#"{"status": "done", "message": "x"}"#, false),
            (r#"{"message": "deleted"}"#, false),
            (r#"{"error": null, "errors": []}"#, false),
            (r#"{"id": 1, "error": "x"}"#, false),
            (r#"{"error": "x", "id": 1}"#, false),
            (r#"[{"error": "x"}]"#, false),
            ("{}", false),
            ("null", false),
            ("<html>", false),
        ] {
            assert_eq!(report(text).is_some(), expected, "{text}");
        }
    }
}
