//! How long a text is, against the limits of results.

use super::tokens::Estimator;
use crate::limits::ResultLimits;

/// The length of a text in bytes and in tokens as estimated, counted piece by piece.
#[derive(Debug, Clone, Default)]
pub(crate) struct Size {
    bytes: usize,
    tokens: Estimator,
}

impl Size {
    /// The size of a text.
    pub(crate) fn of(text: &str) -> Self {
        let mut size = Self::default();
        size.add(text);
        size
    }

    /// Counts the next piece of the text.
    pub(crate) fn add(&mut self, text: &str) {
        self.bytes += text.len();
        self.tokens.add(text);
    }

    /// Whether a text of this size is within the limits.
    pub(crate) fn fits(&self, limits: &ResultLimits) -> bool {
        self.bytes <= limits.max_bytes && self.tokens.tokens() <= limits.max_tokens
    }
}
