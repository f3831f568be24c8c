//! JSON inside a text: models write objects and lists as texts, too.

use airbyte_agent_engine::{RewrittenNumber, rewritten_numbers};

use super::error::ToolError;

/// The first number in a JSON text that would lose digits, or be spelled otherwise where that may count. The
/// text has to be good JSON.
pub(super) fn changed_number(text: &str) -> Option<RewrittenNumber> {
    rewritten_numbers(text).into_iter().find(RewrittenNumber::may_be_text)
}

/// Refuses the JSON text of an argument of which a number would be sent otherwise than it is written.
pub(super) fn check(argument: &str, text: &str) -> Result<(), ToolError> {
    match changed_number(text) {
        Some(number) => Err(ToolError::argument(argument, number.problem())),
        None => Ok(()),
    }
}
