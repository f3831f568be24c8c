//! The words and signs of a statement, with their places.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or keyword without quotes.
    Word,
    /// A name in double quotes, brackets or backquotes.
    Quoted,
    /// A text in single quotes.
    Text,
    /// A number.
    Number,
    /// Anything else; `::` is one sign.
    Sign,
}

/// A word or sign of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'s str,
    pub(crate) start: usize,
}

impl Token<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// The name that it is, without quotes.
    pub(crate) fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_owned()),
            TokenKind::Quoted => {
                let inner = self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default();
                Some(inner.replace("\"\"", "\"").replace("``", "`"))
            }
            _ => None,
        }
    }
}

/// Whose words and signs they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    Sqlite,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only with the feature"))]
    Postgres,
}

/// The tokens of a statement for SQLite.
pub(super) fn tokens(sql: &str) -> Vec<Token<'_>> {
    tokens_of(sql, Flavor::Sqlite)
}

/// The tokens, without comments. A quote that is not closed reaches to the end.
pub(crate) fn tokens_of(sql: &str, flavor: Flavor) -> Vec<Token<'_>> {
    let is_postgres = flavor == Flavor::Postgres;
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (kind, length) = match rest {
            [b' ' | b'\t' | b'\n' | b'\r' | b'\x0c', ..] => {
                at += 1;
                continue;
            }
            // A byte order mark is a space for SQLite, wherever it stands.
            [0xef, 0xbb, 0xbf, ..] => {
                at += 3;
                continue;
            }
            [b'-', b'-', ..] => {
                let is_end = |byte: &u8| *byte == b'\n' || (is_postgres && *byte == b'\r');
                at += rest.iter().position(is_end).unwrap_or(rest.len());
                continue;
            }
            [b'/', b'*', ..] => {
                at += comment(rest, is_postgres);
                continue;
            }
            [b'\'', ..] => (TokenKind::Text, quoted(rest, b'\'')),
            [b'"', ..] => (TokenKind::Quoted, quoted(rest, b'"')),
            [b'`', ..] if !is_postgres => (TokenKind::Quoted, quoted(rest, b'`')),
            [b'[', ..] if !is_postgres => (
                TokenKind::Quoted,
                rest.iter().position(|byte| *byte == b']').map_or(rest.len(), |end| end + 1),
            ),
            [b'0'..=b'9', ..] => (TokenKind::Number, run(rest, is_word)),
            [byte, ..] if is_word(*byte) => (TokenKind::Word, run(rest, is_word)),
            [b':', b':', ..] => (TokenKind::Sign, 2),
            _ => (TokenKind::Sign, 1),
        };
        let text = sql.get(at..at + length).unwrap_or_default();
        found.push(Token { kind, text, start: at });
        at += length;
    }
    found
}

/// Length of a comment between `/*` and `*/`. Those of Postgres have comments inside.
fn comment(bytes: &[u8], is_nested: bool) -> usize {
    let (mut at, mut depth) = (2, 1);
    while at < bytes.len() {
        match bytes.get(at..at + 2) {
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            Some(b"/*") if is_nested => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn run(bytes: &[u8], is_part: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !is_part(*byte)).unwrap_or(bytes.len())
}

/// Length of something in quotes; a doubled quote is part of it.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_quotes_are_understood() {
        for (sql, expected) in [
            ("select a::int", vec!["select", "a", "::", "int"]),
            ("select 'it''s -- no' -- yes\n, b", vec!["select", "'it''s -- no'", ",", "b"]),
            ("/* ; */ \"a\"\"b\" [c d] `e`", vec!["\"a\"\"b\"", "[c d]", "`e`"]),
            ("'open", vec!["'open"]),
            ("a->>'$.b'", vec!["a", "-", ">", ">", "'$.b'"]),
            ("größe=1", vec!["größe", "=", "1"]),
            ("/* open", vec![]),
            ("from \u{feff}a", vec!["from", "a"]),
        ] {
            let texts: Vec<&str> = tokens(sql).iter().map(|token| token.text).collect();
            assert_eq!(texts, expected, "{sql}");
        }
    }
}
