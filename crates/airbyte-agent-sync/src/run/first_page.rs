//! The page at which reading a list begins, and the mark by which the list is known again.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use airbyte_agent_core::Outcome;

use crate::arguments::Arguments;

/// The first page of a list that has changed.
pub(super) struct FirstPage {
    /// What stands for the list and its arguments.
    pub(super) list: String,
    /// The page.
    pub(super) page: Outcome,
}

/// What stands for a list with its arguments, and for what is stored of it.
pub(super) fn list_mark(keys: &[String], arguments: &Arguments, left_out: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    (keys, left_out).hash(&mut hasher);
    let sorted: BTreeMap<&String, String> =
        arguments.iter().map(|(name, value)| (name, value.to_string())).collect();
    sorted.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
