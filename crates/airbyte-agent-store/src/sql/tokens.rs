//! The words and signs of a statement, with their places.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
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
pub(super) struct Token<'s> {
    pub(super) kind: TokenKind,
    pub(super) text: &'s str,
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// The name that it is, without quotes.
    pub(super) fn name(&self) -> Option<String> {
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

/// The tokens, without comments. A quote that is not closed reaches to the end.
pub(super) fn tokens(sql: &str) -> Vec<Token<'_>> {
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
                at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                continue;
            }
            [b'/', b'*', ..] => {
                let end = sql.get(at + 2..).and_then(|rest| rest.find("*/"));
                at = end.map_or(bytes.len(), |end| at + 2 + end + 2);
                continue;
            }
            [b'\'', ..] => (TokenKind::Text, quoted(rest, b'\'')),
            [quote @ (b'"' | b'`'), ..] => (TokenKind::Quoted, quoted(rest, *quote)),
            [b'[', ..] => (
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
