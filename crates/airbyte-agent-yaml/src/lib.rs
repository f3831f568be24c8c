//! Reads and writes YAML: reads YAML 1.2 and JSON as values whose line and column in the text are known.
//!
//! [`read`] is strict, for texts that people write for us. [`read_leniently`] is for texts that others publish, which
//! it reads as far as they can be read. Both read JSON with a reader of its own, because JSON texts are large and
//! escape letters in a form that YAML does not know, and read as YAML what is not JSON.
//!
//! [`write()`] writes values for people and for programs that look at lines.
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

/// What was read, and what is doubtful about the text.
#[derive(Debug)]
pub struct Document<T> {
    /// The value of the whole text.
    pub root: T,
    /// What is doubtful, in the order of the text.
    pub warnings: Vec<Problem>,
}

/// Reads the one document that `text` holds, strictly: duplicate keys, merge keys and tags are errors. `expected`
/// says in the message about an empty text what would be right.
///
/// # Errors
///
/// Everything that is wrong with the text, up to the first place from which it cannot be read on.
pub fn read(text: &str, expected: &str) -> Result<Document<Node>, Vec<Problem>> {
    any(text, Manner::Strict, expected)
}

/// Reads the one document that `text` holds as far as possible. Of duplicate keys the last one counts, merge keys are
/// merged, and values with a tag are read without it; each leads to a warning.
///
/// # Errors
///
/// What makes the text unreadable.
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
    // What begins like JSON may be YAML. If it is neither, the reader that came further knows more, and none comes
    // further than to the end.
    yaml::read(text, manner, expected).map_err(|problems| {
        let reached = |problem: &Problem| (problem.line, problem.column);
        let is_at_end = json.message.contains(json::END);
        match problems.iter().map(reached).max() {
            Some(yaml) if yaml > reached(&json) && !is_at_end => problems,
            _ => vec![json],
        }
    })
}
