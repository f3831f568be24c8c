//! Words and signs of a query language, and reading them from left to right.

use super::QueryError;
use super::reader::is_word;

/// A word or a sign, and how many characters stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotation marks: a name, a keyword, a number or a time.
    Word(String),
    /// A text in quotation marks, without them.
    Quoted(String),
    /// An operator, a comma or a parenthesis.
    Sign(&'static str),
    /// The end of the query.
    End,
}

impl Token {
    /// Whether it is this word, without quotation marks.
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
            Kind::Quoted(text) => format!("\"{text}\""),
            Kind::Sign(sign) => format!("'{sign}'"),
            Kind::End => "the end".to_owned(),
        }
    }
}

/// The tokens of a query, of which the last one is the end, and the place of the next one.
pub(super) struct Tokens<'t> {
    all: &'t [Token],
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) const fn new(all: &'t [Token]) -> Self {
        Self { all, at: 0 }
    }

    /// The next token.
    pub(super) fn peek(&self) -> &'t Token {
        self.ahead(0)
    }

    /// The token this many behind the next one.
    pub(super) fn ahead(&self, count: usize) -> &'t Token {
        // The last one is the end, which is never passed.
        &self.all[(self.at + count).min(self.all.len() - 1)]
    }

    /// The token before the next one.
    pub(super) fn before(&self) -> Option<&'t Token> {
        self.at.checked_sub(1).and_then(|at| self.all.get(at))
    }

    pub(super) fn next(&mut self) -> &'t Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Passes the next tokens, this many.
    pub(super) const fn pass(&mut self, count: usize) {
        self.at += count;
    }

    /// Passes the next token if it is this word, and says whether it was.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let is_next = self.peek().is(word);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes the next token if it is this sign, and says whether it was.
    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let is_next = self.peek().is_sign(sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// How many tokens have been passed.
    pub(super) const fn passed(&self) -> usize {
        self.at
    }

    /// The tokens from this one on.
    pub(super) fn from(&self, start: &Token) -> &'t [Token] {
        let first = self.all.iter().position(|token| token == start).unwrap_or(0);
        &self.all[first..]
    }

    /// A problem with the next token.
    pub(super) fn error(&self, problem: impl Into<String>) -> QueryError {
        QueryError::new(self.peek().at, problem)
    }
}
