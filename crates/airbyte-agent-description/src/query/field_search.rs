//! Searches by clauses of a field, an operator and a value, joined by AND or by OR.

use super::QueryError;
use super::reader::{Reader, is_word};
use crate::Text;
use crate::{fits_pattern, suggestion};

/// Longer operators before those with which they begin.
const OPERATORS: [&str; 7] = [">=", "<=", ":", "~", ">", "<", "="];

/// Checks a whole search, of which `fields` are the only fields, if they are known; a `*` in them stands for
/// any text.
pub(super) fn check(text: &str, fields: &[Text]) -> Result<(), QueryError> {
    let mut reader = Reader::new(text);
    let mut joined_by: Option<&str> = None;
    reader.space();
    if reader.is_done() {
        return Err(reader.error("a condition is expected, such as status:\"active\""));
    }
    loop {
        clause(&mut reader, fields)?;
        let had_space = reader.space();
        if reader.is_done() {
            return Ok(());
        }
        if !had_space {
            return Err(reader.error(format!("AND or OR is expected, found {}", reader.shown())));
        }
        let start = reader.clone();
        let word = reader.take_while(char::is_alphabetic);
        let word = match word {
            word if is_word(word, "and") => "AND",
            word if is_word(word, "or") => "OR",
            // Clauses that follow one another without a word all have to be fulfilled.
            _ => {
                reader = start;
                continue;
            }
        };
        if joined_by.is_some_and(|before| before != word) {
            return Err(start.error("AND and OR cannot stand in the same search"));
        }
        joined_by = Some(word);
        reader.space();
        if reader.is_done() {
            return Err(reader.error(format!("a condition is expected behind {word}")));
        }
    }
}

fn clause(reader: &mut Reader<'_>, fields: &[Text]) -> Result<(), QueryError> {
    if reader.peek() == Some('(') {
        return Err(reader.error("parentheses are not possible; use either AND or OR"));
    }
    reader.take("-");
    let start = reader.clone();
    let field = reader.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if field.is_empty() {
        return Err(start.error(format!(
            "a condition of the form field:\"value\" is expected, found {}",
            start.shown()
        )));
    }
    if !fields.is_empty() && !fields.iter().any(|known| fits_pattern(known, field)) {
        let names: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
        return Err(
            start.error(format!("'{field}' cannot be searched{}", suggestion(field, &names)))
        );
    }
    if reader.peek() == Some('[') {
        reader.next();
        if !matches!(reader.peek(), Some('"' | '\'')) {
            return Err(
                reader.error(format!("a key in quotation marks is expected: {field}[\"key\"]"))
            );
        }
        reader.quoted()?;
        if !reader.take("]") {
            return Err(reader.error("']' is expected"));
        }
    }
    let Some(operator) = OPERATORS.into_iter().find(|operator| reader.take(operator)) else {
        return Err(reader.error(format!(
            "an operator (: ~ > < >= <=) is expected behind '{field}', found {}; texts are searched as \
             {field}:\"value\"",
            reader.shown()
        )));
    };
    value(reader, field, operator)
}

fn value(reader: &mut Reader<'_>, field: &str, operator: &str) -> Result<(), QueryError> {
    let start = reader.clone();
    match reader.peek() {
        Some('"' | '\'') => {
            let text = reader.quoted()?;
            if operator == "~" && text.chars().count() < 3 {
                return Err(start.error("'~' needs at least three characters"));
            }
            Ok(())
        }
        None | Some(' ') => Err(reader.error(format!(
            "a value is expected behind '{field}{operator}', without a space before it"
        ))),
        Some(_) => {
            let word = reader.take_while(|c| !c.is_whitespace());
            let is_plain = word.parse::<f64>().is_ok() || matches!(word, "true" | "false" | "null");
            if is_plain {
                return Ok(());
            }
            Err(start
                .error(format!("a text stands in quotation marks: {field}{operator}\"{word}\"")))
        }
    }
}
