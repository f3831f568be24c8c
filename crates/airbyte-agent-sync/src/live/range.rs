//! The range of values that a condition allows, and how it becomes one of moments or numbers.

use airbyte_agent_core::description::SyncTime;
use airbyte_agent_store::ColumnKind;
use serde_json::Value;

use super::literal::Literal;
use super::reference::Field;
use crate::mark::Mark;

/// A range of the values of a field.
#[derive(Debug, Clone)]
pub(super) struct Range {
    pub(super) field: Field,
    pub(super) is_from: bool,
    pub(super) bound: Literal,
    /// The condition in SQL.
    pub(super) sql: String,
}

/// The moment or number that a bound means; `None` if SQL compares it otherwise than vendors do.
pub(super) fn mark(range: &Range, format: SyncTime) -> Option<Mark> {
    let is_time = matches!(format, SyncTime::Iso8601 | SyncTime::Date);
    match (range.field.kind, &range.bound) {
        (Some(ColumnKind::Timestamp | ColumnKind::Text), Literal::Text(text)) if is_time => {
            Mark::read(format, &Value::String(day_or_moment(text)?.to_owned()))
        }
        (Some(ColumnKind::Integer | ColumnKind::Real), Literal::Integer(number)) if !is_time => {
            Mark::read(format, &Value::from(*number))
        }
        (Some(ColumnKind::Integer | ColumnKind::Real), Literal::Real(number)) if !is_time => {
            Mark::read(format, &Value::from(*number))
        }
        _ => None,
    }
}

/// A text that is compared with texts of ISO 8601 as the moment that it means. A time behind a space sorts before
/// every time of its day behind a `T`, so that it counts as the day.
fn day_or_moment(text: &str) -> Option<&str> {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let day = text.get(..10)?;
    let mut parts = day.split('-');
    let is_day = [4, 2, 2]
        .into_iter()
        .all(|length| parts.next().is_some_and(|part| part.len() == length && is_digits(part)));
    if !is_day || parts.next().is_some() {
        return None;
    }
    match text.get(10..)?.as_bytes() {
        [] | [b' ', ..] => Some(day),
        [b'T', rest @ ..] => {
            let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
            let is_plain = rest.iter().all(|byte| byte.is_ascii_digit() || b":.".contains(byte));
            is_plain.then_some(text)
        }
        _ => None,
    }
}
