//! Turns a response that is a failure into an [`Error`].

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use super::meaning;
use super::message::{likely_message, message_of, vendor_message};
use crate::description::{FailureKind, JsonPath};
use crate::error::{Error, ErrorKind};
use crate::layout::StatusCheck;

/// How much of a response an error contains, in bytes.
const LONGEST_BODY: usize = 8 * 1024;

/// A response with status 400 or above.
pub(crate) struct Refusal<'a> {
    pub(crate) status: u16,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// The meaning of the vendor's code in the body; `None` where there is none.
    pub(crate) meaning: Option<FailureKind>,
    /// The wait for which the response asks.
    pub(crate) wait: Option<Duration>,
    /// Whether it is harmless to send the request again.
    pub(crate) repeatable: bool,
    /// Whether a rate-limit window is exhausted, whatever the status.
    pub(crate) exhausted: bool,
    /// The name of the sender: `GitHub`, `the Airbyte platform`.
    pub(crate) who: &'a str,
    /// The name of the operation: `issues.list`.
    pub(crate) what: &'a str,
}

impl Refusal<'_> {
    /// The error, with texts that `redact` has cleaned.
    pub(crate) fn error(&self, redact: impl Fn(&str) -> String) -> Error {
        let (meaning, wait) = (self.meaning, self.wait);
        let text = String::from_utf8_lossy(self.body);
        let body: String = redact(&text).chars().take(LONGEST_BODY).collect();
        let detail = vendor_message(&text, &redact).unwrap_or_default();
        let kind = match meaning.map_or_else(|| self.kind(&detail), meaning::kind) {
            // The credentials were accepted, so that this is not about them.
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
            .with_request_id(request_id(self.headers).map(|id| redact(&id)))
            .with_retry_after(wait)
            .with_retryable(retryable)
            .with_vendor_text(detail)
            .with_body(body)
    }

    fn kind(&self, detail: &str) -> ErrorKind {
        match self.status {
            429 => ErrorKind::RateLimited,
            // Some limits come as a 403. They are recognised by a wait, an exhausted window, or the
            // words.
            403 if self.exhausted || self.wait.is_some() || is_limit(detail) => {
                ErrorKind::RateLimited
            }
            401 => ErrorKind::Authentication,
            403 => ErrorKind::Permission,
            400 | 422 => ErrorKind::Validation,
            404 | 410 => ErrorKind::NotFound,
            _ => ErrorKind::Vendor,
        }
    }
}

/// Whether the text of a refusal says that there were too many requests.
pub(crate) fn is_limit(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["rate limit", "rate-limit", "too many requests", "abuse detection"]
        .iter()
        .any(|words| text.contains(words))
}

/// The vendor's identifier of a request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let named = headers.iter().find(|(name, _)| {
        let name = name.as_str();
        name.ends_with("request-id") || name.ends_with("requestid") || name == "x-trace-id"
    });
    named.and_then(|(_, value)| value.to_str().ok()).map(str::to_owned)
}

/// The reason of a failure that a response reports although its HTTP status is a success; `None` when
/// it reports none.
pub(crate) fn reported_failure(
    check: &StatusCheck,
    body: &Value,
    clean: &dyn Fn(&str) -> String,
) -> Option<String> {
    let word = check.path.first(body)?.as_str()?;
    if check.is_success(word) {
        return None;
    }
    Some(reason(check, body, clean).unwrap_or_else(|| "it gave no reason".to_owned()))
}

/// The reason that a response gives for its failure.
pub(super) fn reason(
    check: &StatusCheck,
    body: &Value,
    clean: &dyn Fn(&str) -> String,
) -> Option<String> {
    // The place of the message may contain records instead.
    let likely = |path: &JsonPath| likely_message(path.first(body)?, clean);
    let stated = |path: &JsonPath| {
        path.first(body).filter(|value| is_filled(value)).and_then(|v| message_of(v, clean))
    };
    let messages = check.messages.iter().find_map(likely);
    messages.or_else(|| check.reasons.iter().find_map(stated))
}

/// Whether a value is equal to another one. A number or a flag may be written as a text.
pub(super) fn is_equal(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::String(text), Value::Bool(_) | Value::Number(_)) => {
            text.trim().eq_ignore_ascii_case(&wanted.to_string())
        }
        _ => value == wanted,
    }
}

/// Whether there is a value that is neither empty, `false` nor 0.
pub(super) fn is_there(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        value => is_filled(value),
    }
}

/// Whether a value contains any text, number or flag, at any depth.
pub(super) fn says_something(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => members.values().any(says_something),
        Value::Number(_) => true,
        value => is_there(value),
    }
}

/// Whether a value is not empty.
pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_403_that_is_a_limit_is_no_refused_credential() {
        let headers = &HeaderMap::new();
        for (wait, body, exhausted, expected) in [
            (None, "no", false, ErrorKind::Permission),
            (None, "You have exceeded a secondary rate limit", false, ErrorKind::RateLimited),
            (
                None,
                "You have triggered an abuse detection mechanism",
                false,
                ErrorKind::RateLimited,
            ),
            (None, "no", true, ErrorKind::RateLimited),
            (Some(Duration::from_secs(60)), "no", false, ErrorKind::RateLimited),
        ] {
            let body = body.as_bytes();
            let (who, what) = ("Acme", "things.list");
            let (status, meaning, repeatable) = (403, None, true);
            let refusal =
                Refusal { status, headers, body, meaning, wait, repeatable, exhausted, who, what };
            assert_eq!(refusal.error(str::to_owned).kind(), expected);
        }
    }
}
