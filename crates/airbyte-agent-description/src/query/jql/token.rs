//! The words and signs of JQL.

use super::super::QueryError;
use super::super::reader::Reader;
use super::super::tokens::{Kind, Token};

/// Longer signs before those with which they begin.
const SIGNS: [&str; 16] =
    ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "!", "&", "|", "(", ")", ","];

/// Characters that Jira takes in quotation marks only.
const RESERVED: &str = "{}*/%+^$#@?;";

/// All words and signs of a query, with the end as the last one.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut reader = Reader::new(text);
    let mut tokens = Vec::new();
    loop {
        reader.space();
        let at = reader.position();
        let Some(first) = reader.peek() else {
            tokens.push(Token { at, kind: Kind::End });
            return Ok(tokens);
        };
        let kind = if matches!(first, '"' | '\'') {
            Kind::Quoted(reader.quoted()?)
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| reader.take(sign)) {
            Kind::Sign(sign)
        } else {
            Kind::Word(word(&mut reader)?)
        };
        tokens.push(Token { at, kind });
    }
}

/// A word, to which what stands in brackets belongs: `cf[10016]`, `issue.property["a b"].c`.
fn word(reader: &mut Reader<'_>) -> Result<String, QueryError> {
    let mut word = String::new();
    loop {
        match reader.peek() {
            None => return Ok(word),
            Some('\\') => {
                word.extend(reader.next());
                word.extend(reader.next());
            }
            Some('[') => {
                let start = reader.clone();
                word.extend(reader.next());
                loop {
                    match reader.peek() {
                        Some('"' | '\'') => word.push_str(&reader.quoted()?),
                        Some(']') => break,
                        Some(_) => word.extend(reader.next()),
                        None => return Err(start.error("the bracket '[' is not closed")),
                    }
                }
                word.extend(reader.next());
            }
            Some(next) if RESERVED.contains(next) => {
                return Err(reader.error(format!(
                    "'{next}' is reserved; put the text that contains it in quotation marks: \"…\""
                )));
            }
            Some(next)
                if next.is_whitespace()
                    || matches!(next, '"' | '\'' | ']')
                    || SIGNS.iter().any(|sign| sign.starts_with(next)) =>
            {
                if word.is_empty() {
                    return Err(reader.error(format!("nothing can begin with '{next}'")));
                }
                return Ok(word);
            }
            Some(next) => {
                word.push(next);
                reader.next();
            }
        }
    }
}
