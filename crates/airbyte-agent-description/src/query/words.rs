//! Words out of a list, separated by commas.

use super::QueryError;
use crate::Text;
use crate::suggestion;

/// Checks that every word is one of `names`, or begins with one that a dot follows.
pub(super) fn check(text: &str, names: &[Text]) -> Result<(), QueryError> {
    let mut at = 0;
    for part in text.split(',') {
        let word = part.trim();
        let is_known = |name: &Text| {
            name == word
                || word.strip_prefix(name.as_ref()).is_some_and(|rest| rest.starts_with('.'))
        };
        if !names.is_empty() && !word.is_empty() && !names.iter().any(is_known) {
            let before = part.chars().take_while(|c| c.is_whitespace()).count();
            let known: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            return Err(QueryError::new(
                at + before,
                format!("there is no '{word}'{}", suggestion(word, &known)),
            ));
        }
        at += part.chars().count() + 1;
    }
    Ok(())
}
