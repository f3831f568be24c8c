//! The words and signs of SOQL.

use super::QueryError;
use super::reader::{Reader, is_word};

/// A word or a sign, and how many characters stand before it.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword, a number or a time.
    Word(String),
    /// A text in single quotation marks.
    Text,
    /// An operator, a comma or a parenthesis.
    Sign(&'static str),
    /// The end of the query.
    End,
}

/// Longer signs before those with which they begin.
const SIGNS: [&str; 12] = ["!=", "<>", "<=", ">=", "==", "=", "<", ">", "(", ")", ",", "*"];

impl Token {
    /// Whether it is this keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(own) if is_word(own, word))
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind, Kind::Sign(own) if own == sign)
    }

    /// How messages show it.
    pub(super) fn shown(&self) -> String {
        match &self.kind {
            Kind::Word(text) => format!("'{text}'"),
            Kind::Text => "a text".to_owned(),
            Kind::Sign(sign) => format!("'{sign}'"),
            Kind::End => "the end".to_owned(),
        }
    }
}

/// All words and signs of a query, with the end as the last one.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut reader = Reader::new(text);
    let mut tokens = Vec::new();
    loop {
        reader.space();
        let at = reader.position();
        let kind = match reader.peek() {
            None => {
                tokens.push(Token { at, kind: Kind::End });
                return Ok(tokens);
            }
            Some('\'') => {
                reader.quoted()?;
                Kind::Text
            }
            Some('"') => {
                return Err(reader.error(
                    "texts stand in single quotation marks, as in Name = 'Acme', with \\' inside them",
                ));
            }
            Some(';') => return Err(reader.error("a query has no ';' at its end")),
            Some(_) => match SIGNS.into_iter().find(|sign| reader.take(sign)) {
                Some(sign) => Kind::Sign(sign),
                None => {
                    let ends = |c: char| {
                        c.is_whitespace()
                            || matches!(c, '\'' | '"' | ';')
                            || SIGNS.iter().any(|sign| sign.starts_with(c))
                            || c == '!'
                    };
                    let word = reader.take_while(|c| !ends(c));
                    if word.is_empty() {
                        return Err(reader.error(format!("{} means nothing here", reader.shown())));
                    }
                    Kind::Word(word.to_owned())
                }
            },
        };
        tokens.push(Token { at, kind });
    }
}
