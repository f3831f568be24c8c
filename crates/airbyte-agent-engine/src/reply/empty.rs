//! Failures that mean that a list is empty.

use serde_json::Value;

use crate::description::{Connector, EmptyList, Operation};
use crate::error::Error;

/// Whether a failure means that the list has no records, according to the description. The failure
/// may be the vendor's own response, or a response of the platform that reports it.
pub(crate) fn means_empty(connector: &Connector, operation: &Operation, error: &Error) -> bool {
    let known = &operation.response.empty;
    let Some(status) = error.status().filter(|_| !known.is_empty() && operation.action.is_array())
    else {
        return false;
    };
    let text = error.body().unwrap_or_default();
    let body = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    let parts = parts(&body);
    known.iter().any(|known| fits(known, connector, status, &parts))
}

fn fits(known: &EmptyList, connector: &Connector, status: u16, parts: &[&Value]) -> bool {
    // Refused credentials, limits and outages never mean an empty list, whatever their text says.
    if known.status.is_none() && (matches!(status, 401 | 403 | 429) || status >= 500) {
        return false;
    }
    let has_status = known.status.is_none_or(|wanted| {
        let wanted_text = wanted.to_string();
        let mentions = |text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == wanted_text)
        };
        status == wanted
            || parts.iter().any(|part| match part {
                Value::Number(number) => number.as_u64() == Some(wanted.into()),
                Value::String(text) => mentions(text),
                _ => false,
            })
    });
    let has_code = known.code.as_deref().is_none_or(|code| {
        let places = || connector.error_codes.iter();
        let found =
            |part: &&&Value| places().any(|place| place.find(part).iter().any(|v| is(v, code)));
        parts.iter().find(found).is_some()
    });
    let has_message = known.message.is_none()
        || parts
            .iter()
            .filter_map(|part| part.as_str())
            .flat_map(messages)
            .any(|message| known.fits_message(message));
    has_status && has_code && has_message
}

/// Whether a value is equal to this code.
fn is(value: &Value, code: &str) -> bool {
    match value {
        Value::String(text) => text == code,
        Value::Number(number) => number.to_string() == code,
        _ => false,
    }
}

/// A text, and the part of it behind each of its colons: a sender that passes a failure on puts
/// words before it.
fn messages(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.match_indices(": ").map(|(at, colon)| &text[at + colon.len()..]);
    std::iter::once(text).chain(behind)
}

/// A value, and all values inside it.
fn parts(value: &Value) -> Vec<&Value> {
    let mut all = vec![value];
    let mut next = 0;
    while let Some(value) = all.get(next).copied() {
        match value {
            Value::Array(items) => all.extend(items),
            Value::Object(members) => all.extend(members.values()),
            _ => {}
        }
        next += 1;
    }
    all
}
