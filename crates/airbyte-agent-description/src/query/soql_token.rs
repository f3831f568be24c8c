//! The words and signs of SOQL.

use super::QueryError;
use super::reader::Reader;
use super::tokens::{Kind, Token};

/// Longer signs before those with which they begin.
const SIGNS: [&str; 12] = ["!=", "<>", "<=", ">=", "==", "=", "<", ">", "(", ")", ",", "*"];

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
            Some('\'') => Kind::Quoted(reader.quoted()?),
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
