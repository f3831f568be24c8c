//! How much a model is given to read.

/// How much a model is given to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultLimits {
    /// Longest text of a result, in bytes.
    pub max_bytes: usize,
    /// Longest text of a result, in tokens as estimated.
    pub max_tokens: usize,
    /// Longest text inside a record of a list, in characters; what is longer is cut with a note.
    pub list_text: usize,
    /// Longest text inside a single record, in characters.
    pub record_text: usize,
    /// Most fields of a record of a list, unless the call names its fields.
    pub list_fields: usize,
    /// Most bytes of a file in one call.
    pub file_bytes: usize,
}

impl ResultLimits {
    /// 48 KiB or 10,000 tokens.
    pub const STANDARD: Self = Self {
        max_bytes: 48 * 1_024,
        max_tokens: 10_000,
        list_text: 240,
        record_text: 4_000,
        list_fields: 14,
        file_bytes: 24 * 1_024,
    };

    /// No limit of any kind, for programs that read results themselves.
    pub const NONE: Self = Self {
        max_bytes: usize::MAX,
        max_tokens: usize::MAX,
        list_text: usize::MAX,
        record_text: usize::MAX,
        list_fields: usize::MAX,
        file_bytes: usize::MAX,
    };

    /// Sets the longest text of a result, in bytes.
    #[must_use]
    pub const fn bytes(mut self, most: usize) -> Self {
        self.max_bytes = most;
        self
    }

    /// Sets the longest text of a result, in tokens as estimated.
    #[must_use]
    pub const fn tokens(mut self, most: usize) -> Self {
        self.max_tokens = most;
        self
    }

    /// Sets the longest text inside a record, in characters: in lists, and in single records.
    #[must_use]
    pub const fn texts(mut self, in_list: usize, in_record: usize) -> Self {
        (self.list_text, self.record_text) = (in_list, in_record);
        self
    }

    /// Sets the most fields of a record of a list.
    #[must_use]
    pub const fn fields(mut self, most: usize) -> Self {
        self.list_fields = most;
        self
    }
}

impl Default for ResultLimits {
    fn default() -> Self {
        Self::STANDARD
    }
}
