//! SOSL: the words that are searched, where, and what is returned.

use super::QueryError;
use super::reader::{Reader, is_word};

/// Where words can be searched.
const GROUPS: [&str; 5] = ["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"];

/// Checks a whole search.
pub(super) fn check(text: &str) -> Result<(), QueryError> {
    let mut reader = Reader::new(text);
    reader.space();
    let start = reader.clone();
    if !is_word(reader.take_while(char::is_alphabetic), "find") {
        return Err(
            start.error(format!("a search begins with FIND {{words}}, found {}", start.shown()))
        );
    }
    words(&mut reader)?;
    reader.space();
    let before = reader.clone();
    if is_word(reader.take_while(char::is_alphabetic), "in") {
        reader.space();
        let place = reader.clone();
        let group = reader.take_while(char::is_alphabetic);
        if !GROUPS.iter().any(|known| is_word(group, known)) {
            return Err(place.error(format!(
                "IN is followed by {} FIELDS, found {}",
                GROUPS.join(", "),
                place.shown()
            )));
        }
        reader.space();
        let place = reader.clone();
        if !is_word(reader.take_while(char::is_alphabetic), "fields") {
            return Err(place.error(format!("FIELDS is expected, found {}", place.shown())));
        }
    } else {
        reader = before;
    }
    rest(&mut reader)
}

/// The words, in braces.
fn words(reader: &mut Reader<'_>) -> Result<(), QueryError> {
    reader.space();
    let start = reader.clone();
    if !reader.take("{") {
        return Err(reader.error(format!(
            "the words to find stand in braces, as in FIND {{acme}}, found {}",
            reader.shown()
        )));
    }
    let mut letters = 0;
    let mut in_quotes = false;
    loop {
        match reader.next() {
            None => {
                return Err(start.error("the brace '{' is not closed; write \\{ and \\} inside"));
            }
            Some('\\') => {
                letters += 1;
                reader.next();
            }
            Some('"') => in_quotes = !in_quotes,
            Some('}') => break,
            Some(c) => letters += usize::from(c.is_alphanumeric()),
        }
    }
    if in_quotes {
        return Err(start.error("a quotation mark inside the braces is not closed"));
    }
    if letters < 2 {
        return Err(start.error("at least two letters are needed between the braces"));
    }
    Ok(())
}

/// What is returned: parentheses are balanced, and texts closed.
fn rest(reader: &mut Reader<'_>) -> Result<(), QueryError> {
    reader.space();
    let start = reader.clone();
    let word = reader.take_while(char::is_alphabetic);
    let known = ["RETURNING", "WITH", "LIMIT", "UPDATE"];
    if !reader.is_done() || !word.is_empty() {
        if !known.iter().any(|clause| is_word(word, clause)) {
            return Err(start.error(format!(
                "IN … FIELDS, RETURNING, WITH, LIMIT or the end is expected, found {}",
                start.shown()
            )));
        }
        reader.space();
        if reader.is_done() {
            return Err(reader.error(format!("{} is followed by something", word.to_uppercase())));
        }
    }
    let mut open = Vec::new();
    while let Some(next) = reader.peek() {
        let place = reader.clone();
        match next {
            '\'' => {
                reader.quoted()?;
                continue;
            }
            '(' => open.push(place),
            ')' if open.pop().is_none() => {
                return Err(place.error("')' closes no parenthesis"));
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
