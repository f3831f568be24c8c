//! Filters that are written as functions of a field and a value.

use super::QueryError;
use super::reader::Reader;
use crate::Text;
use crate::suggestion;

const COMPARISONS: [&str; 12] = [
    "equals",
    "less-than",
    "less-or-equal",
    "greater-than",
    "greater-or-equal",
    "contains",
    "contains-any",
    "contains-all",
    "starts-with",
    "ends-with",
    "any",
    "has",
];
/// Functions of further filters.
const JOINS: [&str; 3] = ["and", "or", "not"];
/// How many functions may stand inside one another.
const MOST_INSIDE: usize = 60;

/// Checks a whole filter, of which `fields` are the only fields, if they are known.
pub(super) fn check(text: &str, fields: &[Text]) -> Result<(), QueryError> {
    let mut reader = Reader::new(text);
    filters(&mut reader, fields, 0)?;
    if reader.is_done() {
        return Ok(());
    }
    Err(reader.error(format!(
        "{} stands where a comma or the end is expected; filters are joined by commas",
        reader.shown()
    )))
}

/// Several filters, joined by commas.
fn filters(reader: &mut Reader<'_>, fields: &[Text], depth: usize) -> Result<(), QueryError> {
    loop {
        reader.space();
        filter(reader, fields, depth)?;
        reader.space();
        if !reader.take(",") {
            return Ok(());
        }
    }
}

fn filter(reader: &mut Reader<'_>, fields: &[Text], depth: usize) -> Result<(), QueryError> {
    if depth > MOST_INSIDE {
        return Err(reader.error("the filter is nested too deeply"));
    }
    let start = reader.clone();
    let name = reader.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '$'));
    let is_join = JOINS.contains(&name);
    if reader.peek() != Some('(') {
        let expected = "a filter of the form equals(field,\"value\") is expected";
        let looks_like = match reader.rest().trim_start().chars().next() {
            Some('=' | ':') if !name.is_empty() => format!(": equals({name},\"…\")"),
            _ => format!(", found {}", start.shown()),
        };
        return Err(start.error(format!("{expected}{looks_like}")));
    }
    if !is_join && !COMPARISONS.contains(&name) {
        let known = [&COMPARISONS[..], &JOINS].concat();
        return Err(start.error(format!("there is no '{name}'{}", suggestion(name, &known))));
    }
    let parenthesis = reader.clone();
    reader.next();
    if is_join {
        filters(reader, fields, depth + 1)?;
    } else {
        reader.space();
        let place = reader.clone();
        let field = reader.take_while(|c| !c.is_whitespace() && !matches!(c, ',' | '(' | ')'));
        if field.is_empty() || field.starts_with(['"', '\'']) {
            return Err(
                place.error(format!("the name of a field is expected: {name}(field,\"value\")"))
            );
        }
        if !fields.is_empty() && !fields.iter().any(|known| known == field) {
            let names: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
            return Err(place
                .error(format!("'{field}' cannot be filtered by{}", suggestion(field, &names))));
        }
        reader.space();
        if reader.take(",") {
            reader.space();
            value(reader)?;
        } else if name != "has" {
            return Err(reader
                .error(format!("a comma and a value are expected: {name}({field},\"value\")")));
        }
    }
    reader.space();
    if reader.take(")") {
        return Ok(());
    }
    Err(if reader.is_done() {
        parenthesis.error("the parenthesis '(' is not closed")
    } else {
        reader.error(format!("')' is expected, found {}", reader.shown()))
    })
}

fn value(reader: &mut Reader<'_>) -> Result<(), QueryError> {
    match reader.peek() {
        Some('"' | '\'') => reader.quoted().map(drop),
        Some('[') => {
            let start = reader.clone();
            reader.next();
            loop {
                reader.space();
                if reader.take("]") {
                    return Ok(());
                }
                if reader.is_done() {
                    return Err(start.error("the bracket '[' is not closed"));
                }
                value(reader)?;
                reader.space();
                reader.take(",");
            }
        }
        _ => {
            let start = reader.clone();
            let word = reader.take_while(|c| !matches!(c, ',' | ')' | ']' | '(' | '"' | '\''));
            let word = word.trim();
            if word.is_empty() {
                return Err(start.error(format!("a value is expected, found {}", start.shown())));
            }
            let is_plain = word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+'))
                || ["true", "false", "null"].iter().any(|known| known.eq_ignore_ascii_case(word));
            if is_plain {
                return Ok(());
            }
            Err(start.error(format!("a text stands in quotation marks: \"{word}\"")))
        }
    }
}
