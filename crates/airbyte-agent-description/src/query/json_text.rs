//! Objects and lists that are written as JSON in a text.

use serde_json::Value;

use super::QueryError;

/// Checks that a text is an object or a list as JSON.
pub(super) fn check(text: &str) -> Result<(), QueryError> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(_) | Value::Object(_)) => Ok(()),
        Ok(_) => Err(QueryError::new(0, "an object {…} or a list […] is expected")),
        Err(error) => {
            let before: usize = text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1))
                .map(|line| line.chars().count())
                .sum();
            // The decoder counts bytes of the line.
            let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
            let bytes = error.column().saturating_sub(1).min(line.len());
            let inside = line.char_indices().take_while(|(at, _)| *at < bytes).count();
            let message = error.to_string();
            let cause =
                message.rsplit_once(" at line").map_or(message.as_str(), |(cause, _)| cause);
            Err(QueryError::new(before + inside, format!("this is no JSON: {cause}")))
        }
    }
}
