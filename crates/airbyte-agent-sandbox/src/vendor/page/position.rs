//! Positions of a list, and the values that stand for them in requests.

use airbyte_agent_description::{Kind, Next, Operation, Paging};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::data::plain;

/// An opaque token that stands for a position.
pub(super) fn token_of_position(operation: &Operation, position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{position}", operation.entity))
}

/// The position that a token stands for; `None` when it is not a token of this list.
pub(super) fn position_of_token(operation: &Operation, text: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix(operation.entity.as_ref())?.strip_prefix(':')?.parse().ok()
}

/// The position that a number stands for: a page for parameters that are called so, otherwise an
/// offset. An instant that is no position of this list is where the caller wants the list to begin.
pub(super) fn position_of_number(
    into: &str,
    text: &str,
    size: usize,
    total: usize,
) -> Option<usize> {
    let number: usize = text.parse().ok()?;
    let name = plain(into);
    if name.contains("page") {
        return number.checked_sub(1).map(|page| page.saturating_mul(size));
    }
    let is_instant = ["time", "date", "since"].iter().any(|word| name.contains(word));
    Some(if is_instant && number > total { 0 } else { number })
}

/// Whether a parameter takes only numbers.
pub(super) fn is_numeric(operation: &Operation, name: &str) -> bool {
    let kinds = operation.argument_schema(name).map(|schema| &schema.kinds);
    kinds.is_some_and(|k| k.contains(&Kind::Integer) && !k.contains(&Kind::String))
}

/// The value that a parameter takes to continue at `position`.
pub(super) fn continuation(
    operation: &Operation,
    paging: &Paging,
    into: &str,
    position: usize,
    size: usize,
) -> Value {
    if !is_numeric(operation, into) {
        return token_of_position(operation, position).into();
    }
    let by_page = matches!(paging.next, Next::Link { .. }) && plain(into).contains("page");
    if by_page { (position / size.max(1) + 1).into() } else { position.into() }
}
