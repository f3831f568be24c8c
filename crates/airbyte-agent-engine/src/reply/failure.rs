//! From an answer that is a failure to an [`Error`].

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use super::meaning;
use crate::description::FailureKind;
use crate::error::{Error, ErrorKind};
use crate::layout::StatusCheck;

/// How much of an answer an error keeps.
const LONGEST_BODY: usize = 8 * 1024;

/// An answer with status 400 or above.
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// What the vendor's code in the body means, where there is one.
    pub(crate) meaning: Option<FailureKind>,
    /// Wait that the answer asks for.
    pub(crate) wait: Option<Duration>,
    /// Whether doing the request again is harmless.
    pub(crate) repeatable: bool,
    /// Whether a rate-limit window is used up, whatever the status.
    pub(crate) exhausted: bool,
    /// Who answered: `GitHub`, `the Airbyte platform`.
    pub(crate) who: &'a str,
    /// What was tried: `issues.list`.
    pub(crate) what: &'a str,
}

impl Refusal<'_> {
    /// The error, its texts cleaned by `redact`.
    pub(crate) fn error(&self, redact: impl Fn(&str) -> String) -> Error {
        let (meaning, wait) = (self.meaning, self.wait);
        let text = String::from_utf8_lossy(self.body);
        // Cleaned before anything is cut: half a secret is not recognized.
        let text = redact(&text);
        let body: String = text.chars().take(LONGEST_BODY).collect();
        let detail = vendor_message(&text).map(|message| redact(&message)).unwrap_or_default();
        let kind = match meaning.map_or_else(|| self.kind(&detail), meaning::kind) {
            ErrorKind::Authentication if self.status == 403 => ErrorKind::Permission,
            kind => kind,
        };
        let verb = match kind {
            ErrorKind::Authentication => "refused the credentials",
            ErrorKind::Permission => "does not allow this with these credentials",
            ErrorKind::NotFound => "knows no such record",
            ErrorKind::RateLimited => "asks to slow down",
            ErrorKind::Validation => "refused the arguments",
            _ if self.status >= 500 || meaning == Some(FailureKind::Unavailable) => "failed",
            _ => "refused the request",
        };
        let mut message = format!("{}: {} {verb} (HTTP {})", self.what, self.who, self.status);
        if !detail.is_empty() {
            message.push_str(": ");
            message.push_str(&detail);
        }
        if let (ErrorKind::RateLimited, Some(wait)) = (kind, wait) {
            message.push_str(&format!("; try again in {} s", wait.as_secs().max(1)));
        }
        let passing = match meaning {
            Some(meaning) => meaning == FailureKind::Unavailable,
            None => self.status >= 500 || self.status == 408,
        };
        let retryable = kind == ErrorKind::RateLimited || (passing && self.repeatable);
        Error::new(kind, message)
            .with_status(self.status)
            .with_request_id(request_id(self.headers))
            .with_retry_after(wait)
            .with_retryable(retryable)
            .with_body(body)
    }

    fn kind(&self, detail: &str) -> ErrorKind {
        match self.status {
            429 => ErrorKind::RateLimited,
            // Secondary limits come as 403, told apart by a wait, an empty window, or the words.
            403 if self.is_limit(detail) => ErrorKind::RateLimited,
            401 => ErrorKind::Authentication,
            403 => ErrorKind::Permission,
            400 | 422 => ErrorKind::Validation,
            404 | 410 => ErrorKind::NotFound,
            _ => ErrorKind::Vendor,
        }
    }

    fn is_limit(&self, detail: &str) -> bool {
        self.exhausted
            || self.headers.contains_key("retry-after")
            || detail.to_ascii_lowercase().contains("rate limit")
    }
}

/// The vendor's identifier of a request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let named = headers.iter().find(|(name, _)| {
        let name = name.as_str();
        name.ends_with("request-id") || name.ends_with("requestid") || name == "x-trace-id"
    });
    named.and_then(|(_, value)| value.to_str().ok()).map(str::to_owned)
}

/// The value with every text of it cleaned by `redact`, before anything of it is cut.
pub(crate) fn cleaned(value: &Value, redact: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(redact(text)),
        Value::Array(items) => items.iter().map(|item| cleaned(item, redact)).collect(),
        Value::Object(members) => {
            let cleaned =
                members.iter().map(|(name, member)| (name.clone(), cleaned(member, redact)));
            Value::Object(cleaned.collect())
        }
        other => other.clone(),
    }
}

/// The reason of a failure that an answer reports although its HTTP status is a success; `None` when
/// it reports none.
pub(crate) fn reported_failure(check: &StatusCheck, body: &Value) -> Option<String> {
    let word = check.path.first(body)?.as_str()?;
    if check.is_success(word) {
        return None;
    }
    Some(reason(check, body).unwrap_or_else(|| "it gave no reason".to_owned()))
}

/// What an answer says of its failure.
pub(super) fn reason(check: &StatusCheck, body: &Value) -> Option<String> {
    // Records may stand where a message does.
    let messages = check.messages.iter().filter_map(|path| path.first(body).and_then(message_of));
    let messages = messages.map(Value::String);
    let values = check.reasons.iter().filter_map(|path| path.first(body)).filter(|v| is_filled(v));
    messages.chain(values.cloned()).find_map(|value| vendor_message(&value.to_string()))
}

/// Whether a value says anything.
pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a vendor's error body says, in the shapes that vendors use.
pub(crate) fn vendor_message(body: &str) -> Option<String> {
    let shorten = |text: &str| {
        let text = text.trim();
        let mut short: String = text.chars().take(500).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        (!short.is_empty()).then_some(short)
    };
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        // A page of HTML tells nothing.
        let is_markup = body.trim_start().starts_with('<');
        return if is_markup { None } else { shorten(body) };
    };
    shorten(&message_of(&value).unwrap_or_else(|| value.to_string()))
}

fn message_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().filter_map(message_of).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        Value::Object(members) => {
            if let Some(Value::Array(errors)) = members.get("errors")
                && let Some(text) = message_of(&Value::Array(errors.clone()))
            {
                // Some vendors say it all in `message`, others only in the list.
                return Some(match members.get("message").and_then(Value::as_str) {
                    Some(message) if !text.contains(message) => format!("{message}: {text}"),
                    _ => text,
                });
            }
            [
                "userPresentableMessage",
                "message",
                "msg",
                "error_description",
                "detail",
                "error",
                "errors",
                "errorMessages",
                "title",
                "reason",
                "description",
                "code",
            ]
            .iter()
            .filter_map(|name| members.get(*name))
            .find_map(message_of)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_in_the_shapes_of_vendors() {
        for (body, expected) in [
            (r#"{"message": "Not Found"}"#, Some("Not Found")),
            (
                r#"{"error": {"message": "No such customer", "type": "x"}}"#,
                Some("No such customer"),
            ),
            (r#"{"errors": [{"message": "a"}, {"message": "b"}]}"#, Some("a; b")),
            (r#"{"message": "Bad", "errors": [{"code": "missing"}]}"#, Some("Bad: missing")),
            (r#"{"detail": [{"loc": ["body"], "msg": "field required"}]}"#, Some("field required")),
            (r#"{"errorMessages": ["gone"], "errors": {}}"#, Some("gone")),
            (r#"{"error": "invalid_grant", "error_description": "expired"}"#, Some("expired")),
            (r#"[{"message": "MALFORMED", "errorCode": "X"}]"#, Some("MALFORMED")),
            ("plain", Some("plain")),
            ("<html></html>", None),
            ("", None),
        ] {
            assert_eq!(vendor_message(body).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn a_403_that_is_a_limit_is_no_refused_credential() {
        let plain = HeaderMap::new();
        let mut with_wait = HeaderMap::new();
        with_wait.insert("retry-after", http::HeaderValue::from_static("60"));
        for (headers, body, exhausted, expected) in [
            (&plain, "no", false, ErrorKind::Permission),
            (&plain, "You have exceeded a secondary rate limit", false, ErrorKind::RateLimited),
            (&plain, "no", true, ErrorKind::RateLimited),
            (&with_wait, "no", false, ErrorKind::RateLimited),
        ] {
            let body = body.as_bytes();
            let (who, what) = ("Acme", "things.list");
            let (status, meaning, wait, repeatable) = (403, None, None, true);
            let refusal =
                Refusal { status, headers, body, meaning, wait, repeatable, exhausted, who, what };
            assert_eq!(refusal.error(str::to_owned).kind(), expected);
        }
    }
}
