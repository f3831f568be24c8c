//! The words and signs of JQL.

use super::super::QueryError;
use super::super::reader::{Reader, is_word};

/// A word or a sign, and how many characters stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotation marks.
    Word(String),
    /// A text in quotation marks.
    Quoted(String),
    /// An operator, a comma or a parenthesis.
    Sign(&'static str),
    /// The end of the query.
    End,
}

/// Longer signs before those with which they begin.
const SIGNS: [&str; 16] =
    ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "!", "&", "|", "(", ")", ","];

/// Characters that Jira takes in quotation marks only.
const RESERVED: &str = "{}*/%+^$#@?;";

impl Token {
    /// Whether it is this word, without quotation marks.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if is_word(own, word))
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign(own(sign))
    }

    /// How messages show it.
    pub(super) fn shown(&self) -> String {
        match &self.kind {
            Kind::Word(text) => format!("'{text}'"),
            Kind::Quoted(text) => format!("\"{text}\""),
            Kind::Sign(sign) => format!("'{sign}'"),
            Kind::End => "the end".to_owned(),
        }
    }
}

fn own(sign: &str) -> &'static str {
    SIGNS.into_iter().find(|known| *known == sign).unwrap_or("")
}

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
