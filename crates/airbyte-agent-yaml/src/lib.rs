//! Reads YAML 1.2 and JSON as values whose line and column in the text are known, and writes YAML.
//!
//! [`read`] is strict, for texts that people write for our programs. [`read_leniently`] is for
//! texts that others publish; it reads as much of them as possible. Both read JSON with a separate
//! reader, because JSON texts are large and contain escapes that YAML does not know. A text that is
//! not JSON is read as YAML.
//!
//! [`write()`] writes values for people, and for programs that compare lines.
//!
//! This crate knows nothing of specs and APIs.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod json;
mod manner;
mod node;
mod place;
mod problem;
mod scalar;
mod string;
mod tree;
mod write;
mod yaml;

pub use node::{Node, Value};
pub use place::places;
pub use problem::{Problem, Severity, sort};
pub use write::{Style, write};

use manner::Manner;
use tree::Tree;

/// The deepest nesting that is read, so that no later recursion can exhaust the stack.
const MAX_DEPTH: usize = 128;

/// The value that was read, and the warnings about the text.
#[derive(Debug)]
pub struct Document<T> {
    /// The value of the whole text.
    pub root: T,
    /// The warnings, in the order of the text.
    pub warnings: Vec<Problem>,
}

/// Reads the one document in `text` strictly: duplicate keys, merge keys and tags are errors.
/// `expected` says in the message about an empty text what would be right.
///
/// # Errors
///
/// All errors in the text, up to the first one after which it cannot be read further.
pub fn read(text: &str, expected: &str) -> Result<Document<Node>, Vec<Problem>> {
    any(text, Manner::Strict, expected)
}

/// Reads the one document in `text` as far as possible. Of duplicate keys, the last one counts,
/// merge keys are merged, and values with a tag are read without it. Each of these leads to a
/// warning.
///
/// # Errors
///
/// The errors that make the text unreadable.
pub fn read_leniently(
    text: &str,
    expected: &str,
) -> Result<Document<serde_json::Value>, Vec<Problem>> {
    any(text, Manner::Lenient, expected)
}

fn any<T: Tree>(text: &str, manner: Manner, expected: &str) -> Result<Document<T>, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !json::looks_like(text) {
        return yaml::read(text, manner, expected);
    }
    let json = match json::read(text, manner) {
        Ok(read) => return read,
        Err(problem) => problem,
    };
    // A text that begins like JSON may be YAML. If it is neither, the errors of the reader that
    // came further are returned, and no reader comes further than the end.
    yaml::read(text, manner, expected).map_err(|problems| {
        let reached = |problem: &Problem| (problem.line, problem.column);
        let is_at_end = json.message.contains(json::END);
        match problems.iter().map(reached).max() {
            Some(yaml) if yaml > reached(&json) && !is_at_end => problems,
            _ => vec![json],
        }
    })
}
