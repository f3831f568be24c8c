//! A Rust file as tokens with their lines, and whether they belong to tests.

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// The kind of a token, as far as the rules need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Ident,
    /// A text, with its quotes.
    Text,
    /// A documentation comment before an item: `///` or `/**`.
    OuterDoc,
    /// A documentation comment inside an item: `//!` or `/*!`.
    InnerDoc,
    /// A comment that is not documentation.
    Comment,
    /// A bracket, an operator, a number, a lifetime.
    Other,
}

/// One token that is not whitespace.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// The line, counted from one.
    pub(crate) line: usize,
    /// Whether the token is compiled for tests only.
    pub(crate) test: bool,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Ident | Kind::Other) && self.text == text
    }

    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::OuterDoc | Kind::InnerDoc)
    }
}

/// The tokens of a file, without whitespace.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        let piece = text.get(at..end).unwrap_or_default();
        if let Some(kind) = kind(token.kind) {
            tokens.push(Token { kind, text: piece.to_owned(), line, test: false });
        }
        line += piece.matches('\n').count();
        at = end;
    }
    mark_tests(&mut tokens);
    tokens
}

fn kind(kind: TokenKind) -> Option<Kind> {
    Some(match kind {
        TokenKind::Whitespace | TokenKind::Eof => return None,
        TokenKind::LineComment { doc_style } | TokenKind::BlockComment { doc_style, .. } => {
            match doc_style {
                Some(DocStyle::Outer) => Kind::OuterDoc,
                Some(DocStyle::Inner) => Kind::InnerDoc,
                None => Kind::Comment,
            }
        }
        TokenKind::Ident | TokenKind::RawIdent => Kind::Ident,
        TokenKind::Literal {
            kind:
                LiteralKind::Str { .. }
                | LiteralKind::ByteStr { .. }
                | LiteralKind::CStr { .. }
                | LiteralKind::RawStr { .. }
                | LiteralKind::RawByteStr { .. }
                | LiteralKind::RawCStr { .. },
            ..
        } => Kind::Text,
        _ => Kind::Other,
    })
}

/// Marks every item behind `#[cfg(test)]`, up to its semicolon or closing brace.
fn mark_tests(tokens: &mut [Token]) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut at = 0;
    while at + MARK.len() <= tokens.len() {
        let run = tokens.get(at..at + MARK.len()).unwrap_or_default();
        if run.iter().zip(MARK).all(|(token, text)| token.is(text)) {
            let end = item_end(tokens, at + MARK.len());
            tokens.iter_mut().take(end).skip(at).for_each(|token| token.test = true);
            at = end;
        } else {
            at += 1;
        }
    }
}

/// The position behind the item that begins at `at`: behind the first semicolon outside of
/// brackets, or behind the first group in braces.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_usize;
    for (n, token) in tokens.iter().enumerate().skip(at) {
        if token.kind != Kind::Other {
            continue;
        }
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token.text == "}" {
                    return n + 1;
                }
            }
            ";" if depth == 0 => return n + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The words of an identifier in lower case: `HubSpotToken` and `hub_spot_token` give equal words.
pub(crate) fn words(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in identifier.split('_') {
        let mut word = String::new();
        let mut previous_is_upper = true;
        for c in part.chars() {
            if c.is_uppercase() && !previous_is_upper && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            previous_is_upper = c.is_uppercase();
            word.extend(c.to_lowercase());
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_code_and_a_test_module_ends_at_its_brace() {
        let tokens =
            tokens("fn a() { \"fn b\" }\n#[cfg(test)]\nmod tests { fn c() {} }\nfn d() {}\n");
        let seen: Vec<_> = tokens
            .iter()
            .filter(|token| token.kind == Kind::Ident && token.text.len() == 1)
            .map(|token| (token.text.as_str(), token.line, token.test))
            .collect();
        assert_eq!(seen, [("a", 1, false), ("c", 3, true), ("d", 4, false)]);
    }

    #[test]
    fn identifiers_fall_into_words() {
        assert_eq!(words("HubSpotToken"), ["hub", "spot", "token"]);
        assert_eq!(words("single_flight"), ["single", "flight"]);
        assert_eq!(words("MAX_URL"), ["max", "url"]);
    }
}
