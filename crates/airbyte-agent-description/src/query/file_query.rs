//! Queries of files: comparisons with texts in single quotation marks, joined by `and`, `or` and `not`.

use super::QueryError;
use super::reader::{Reader, is_word};
use crate::Text;
use crate::suggestion;

/// Longer operators before those with which they begin.
const SIGNS: [&str; 6] = ["!=", "<=", ">=", "=", "<", ">"];
/// How many parentheses may stand inside one another.
const MOST_INSIDE: usize = 60;

/// Checks a whole query, of which `fields` are the only fields, if they are known.
pub(super) fn check(text: &str, fields: &[Text]) -> Result<(), QueryError> {
    let mut reader = Reader::new(text);
    terms(&mut reader, fields, 0)?;
    if reader.is_done() {
        return Ok(());
    }
    Err(match reader.peek() {
        Some(')') => reader.error("')' closes no parenthesis"),
        _ => reader.error(format!("'and' or 'or' is expected, found {}", reader.shown())),
    })
}

fn terms(reader: &mut Reader<'_>, fields: &[Text], depth: usize) -> Result<(), QueryError> {
    if depth > MOST_INSIDE {
        return Err(reader.error("the query is nested too deeply"));
    }
    loop {
        reader.space();
        term(reader, fields, depth)?;
        reader.space();
        if !take_word(reader, "and") && !take_word(reader, "or") {
            return Ok(());
        }
    }
}

/// Reads a word if it is next.
fn take_word(reader: &mut Reader<'_>, word: &str) -> bool {
    let mut ahead = reader.clone();
    let is_next = is_word(ahead.take_while(|c| c.is_alphanumeric() || c == '_'), word);
    if is_next {
        *reader = ahead;
    }
    is_next
}

fn term(reader: &mut Reader<'_>, fields: &[Text], depth: usize) -> Result<(), QueryError> {
    while take_word(reader, "not") {
        reader.space();
    }
    let start = reader.clone();
    match reader.peek() {
        Some('(') => {
            reader.next();
            terms(reader, fields, depth + 1)?;
            if reader.take(")") {
                return Ok(());
            }
            return Err(match reader.peek() {
                None => start.error("the parenthesis '(' is not closed"),
                Some(_) => reader
                    .error(format!("'and', 'or' or ')' is expected, found {}", reader.shown())),
            });
        }
        Some('\'') => {
            reader.quoted()?;
            reader.space();
            if !take_word(reader, "in") {
                return Err(reader.error(format!(
                    "'in' and a field are expected behind a text, found {}",
                    reader.shown()
                )));
            }
            reader.space();
            return field(reader, fields).map(drop);
        }
        Some('"') => return Err(double_quotes(reader)),
        _ => {}
    }
    let name = field(reader, fields)?;
    let before = reader.clone();
    reader.space();
    let has_sign = SIGNS.iter().any(|sign| reader.take(sign));
    if !has_sign && !["contains", "in", "has"].iter().any(|word| take_word(reader, word)) {
        // A field that is true or false may stand alone.
        let mut ahead = reader.clone();
        let stands_alone = ahead.is_done()
            || ahead.peek() == Some(')')
            || take_word(&mut ahead, "and")
            || take_word(&mut ahead, "or");
        if stands_alone && name.chars().all(char::is_alphanumeric) && fields.contains(&name.into())
        {
            *reader = before;
            return Ok(());
        }
        return Err(reader.error(format!(
            "an operator (= != < <= > >= contains in has) is expected behind '{name}', found {}",
            reader.shown()
        )));
    }
    reader.space();
    value(reader)
}

fn field<'t>(reader: &mut Reader<'t>, fields: &[Text]) -> Result<&'t str, QueryError> {
    let start = reader.clone();
    let name = reader.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '/'));
    if name.is_empty() {
        return Err(start.error(format!(
            "a condition is expected, such as name contains 'budget', found {}",
            start.shown()
        )));
    }
    let is_known = |known: &Text| {
        known == name
            || name.strip_prefix(known.as_ref()).is_some_and(|rest| rest.starts_with(['.', '/']))
    };
    if !fields.is_empty() && !fields.iter().any(is_known) {
        let names: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
        return Err(start.error(format!("there is no field '{name}'{}", suggestion(name, &names))));
    }
    Ok(name)
}

fn value(reader: &mut Reader<'_>) -> Result<(), QueryError> {
    let start = reader.clone();
    match reader.peek() {
        Some('\'') => reader.quoted().map(drop),
        Some('"') => Err(double_quotes(reader)),
        Some('{') => {
            while let Some(next) = reader.peek() {
                match next {
                    '\'' => {
                        reader.quoted()?;
                    }
                    '}' => {
                        reader.next();
                        return Ok(());
                    }
                    _ => {
                        reader.next();
                    }
                }
            }
            Err(start.error("the brace '{' is not closed"))
        }
        _ => {
            let word = reader.take_while(|c| !c.is_whitespace() && c != ')');
            let is_plain = word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                || ["true", "false", "null"].iter().any(|known| is_word(known, word));
            if is_plain {
                return Ok(());
            }
            Err(start.error(if word.is_empty() {
                "a value is expected".to_owned()
            } else {
                format!("a text stands in single quotation marks: '{word}'")
            }))
        }
    }
}

fn double_quotes(reader: &Reader<'_>) -> QueryError {
    reader.error("texts stand in single quotation marks, with \\' inside them")
}
