//! The texts by which findings name values and types.

use airbyte_agent_description::Kind;

/// How many values a sentence lists.
const LISTED: usize = 12;

/// The values with commas between them. Of many values, the first ones and the number of the others.
pub(super) fn join<T: AsRef<str>>(values: &[T]) -> String {
    let mut shown: Vec<&str> = values.iter().take(LISTED).map(AsRef::as_ref).collect();
    let more = values.len().saturating_sub(LISTED);
    let more = format!("and {more} more");
    if values.len() > LISTED {
        shown.push(&more);
    }
    shown.join(", ")
}

/// The names of types, such as `string or integer`.
pub(super) fn named(kinds: &[Kind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    if names.is_empty() { "anything".to_owned() } else { names.join(" or ") }
}
