//! Words and signs of a GraphQL document; white space, commas and comments are gone.

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or a number.
    Word(String),
    /// A quoted text, as written.
    Text(String),
    /// A sign; `...` is one.
    Sign(char),
}

/// Stands for `...`.
pub(crate) const SPREAD: char = '…';

/// The tokens of `source`.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            c if c.is_whitespace() || c == ',' || c == '\u{feff}' => c.len_utf8(),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => {
                let length = text_length(rest).ok_or("Unterminated string")?;
                out.push(Token::Text(rest[..length].to_owned()));
                length
            }
            '.' if rest.starts_with("...") => {
                out.push(Token::Sign(SPREAD));
                3
            }
            '{' | '}' | '(' | ')' | '[' | ']' | '$' | '!' | ':' | '=' | '@' | '|' | '&' => {
                out.push(Token::Sign(c));
                1
            }
            c if c.is_alphanumeric() || c == '_' || c == '-' => {
                let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
                let end = rest.find(|c| !word(c)).unwrap_or(rest.len());
                out.push(Token::Word(rest[..end].to_owned()));
                end
            }
            other => return Err(format!("Unexpected character \"{other}\"")),
        };
        rest = &rest[taken..];
    }
    Ok(out)
}

/// Length of the quoted text that `source` begins with.
fn text_length(source: &str) -> Option<usize> {
    if let Some(block) = source.strip_prefix("\"\"\"") {
        return block.find("\"\"\"").map(|end| end + 6);
    }
    let mut escaped = false;
    for (at, c) in source.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            '\n' => return None,
            _ => {}
        }
    }
    None
}
