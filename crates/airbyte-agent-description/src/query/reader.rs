//! Reads a text from left to right and knows where it is.

use super::QueryError;

/// A text that is read from left to right.
#[derive(Debug, Clone)]
pub(super) struct Reader<'t> {
    text: &'t str,
    /// How many bytes have been read.
    at: usize,
    /// How many characters have been read.
    characters: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, characters: 0 }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// How many characters stand before the present place.
    pub(super) fn position(&self) -> usize {
        self.characters
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        self.characters += 1;
        Some(next)
    }

    /// Reads a text if it is next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.pass(text);
        }
        is_next
    }

    /// Reads as long as the characters fit.
    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.pass(&rest[..end]);
        &rest[..end]
    }

    fn pass(&mut self, text: &str) {
        self.at += text.len();
        self.characters += text.chars().count();
    }

    /// Skips spaces; returns whether there were any.
    pub(super) fn space(&mut self) -> bool {
        !self.take_while(char::is_whitespace).is_empty()
    }

    /// Whether nothing is left.
    pub(super) fn is_done(&self) -> bool {
        self.rest().is_empty()
    }

    /// An error at the present place.
    pub(super) fn error(&self, problem: impl Into<String>) -> QueryError {
        QueryError::new(self.position(), problem)
    }

    /// What stands at the present place, for messages: a word, or one character.
    pub(super) fn shown(&self) -> String {
        let rest = self.rest();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word: String = match rest.chars().next() {
            None => return "the end".to_owned(),
            Some(first) if end == 0 => first.to_string(),
            Some(_) => rest[..end].chars().take(40).collect(),
        };
        format!("'{word}'")
    }

    /// Reads the rest of a text in quotation marks, whose first mark is next, in which a backslash makes the
    /// next character a part of the text. Returns what stands between the marks, without the backslashes.
    pub(super) fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.clone();
        let Some(mark) = self.next() else { return Err(self.error("a quotation mark is missing")) };
        let mut content = String::new();
        while let Some(next) = self.next() {
            match next {
                '\\' => content.extend(self.next()),
                next if next == mark => return Ok(content),
                next => content.push(next),
            }
        }
        Err(start.error(format!(
            "the text that begins with {mark} has no {mark} at its end; write a {mark} inside it as \\{mark}"
        )))
    }
}

/// Whether two words are the same, in capitals or not.
pub(super) fn is_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
