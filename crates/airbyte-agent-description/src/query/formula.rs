//! Formulas: brackets and quotation marks that belong together.

use super::QueryError;
use super::reader::Reader;

/// Checks what surrounds the parts of a formula; what functions it may call is not known here.
pub(super) fn check(text: &str) -> Result<(), QueryError> {
    let mut reader = Reader::new(text);
    let mut open: Vec<Reader<'_>> = Vec::new();
    while let Some(next) = reader.peek() {
        let place = reader.clone();
        match next {
            '"' | '\'' => {
                reader.quoted()?;
                continue;
            }
            '{' => {
                reader.take_while(|c| c != '}');
                if reader.is_done() {
                    return Err(
                        place.error("the brace '{' around the name of a field is not closed")
                    );
                }
            }
            '}' => return Err(place.error("'}' closes no brace")),
            '(' => open.push(place),
            ')' if open.pop().is_none() => return Err(place.error("')' closes no parenthesis")),
            '=' if reader.rest().starts_with("==") => {
                return Err(place.error("'==' is no operator; write '='"));
            }
            _ => {}
        }
        reader.next();
    }
    match open.pop() {
        Some(place) => Err(place.error("the parenthesis '(' is not closed")),
        None => Ok(()),
    }
}
