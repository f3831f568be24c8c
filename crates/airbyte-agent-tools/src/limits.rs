//! Limits of results: how much a model is given to read.

/// How much a model is given to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultLimits {
    /// The longest text of a result, in bytes.
    pub max_bytes: usize,
    /// The longest text of a result, in tokens as [estimated](super::estimate_tokens).
    pub max_tokens: usize,
    /// The longest text inside a record of a list, in characters. A longer text is cut, and a note says so.
    pub list_text: usize,
    /// The longest text inside a single record, in characters. A longer text is cut, and a note says so.
    pub record_text: usize,
    /// The most records of a list that a call gives that does not say how many it wants.
    pub list_records: usize,
    /// The longest text of such a list, in tokens as estimated.
    pub list_tokens: usize,
    /// The most fields that are shown of a record of a list, unless the call names the fields, or the
    /// description of the entity does.
    pub list_fields: usize,
    /// Whether results are whole, for programs that read them themselves: records have all of their fields unless the call
    /// names some, and a list of which the call does not say how many records it wants is read on up to `list_records`.
    pub whole: bool,
    /// The most bytes of a file that one call gives.
    pub file_bytes: usize,
    /// The most bytes of an image that is given as such.
    pub image_bytes: usize,
    /// The most bytes of a file that is stored in a folder.
    pub stored_bytes: u64,
    /// How many bytes of memory the values of one response of a vendor may take. A server answers several
    /// calls at once, so that it is less than for a program.
    pub held_bytes: usize,
}

impl ResultLimits {
    /// The default limits: 48 KiB or 10,000 tokens, whichever is reached first.
    pub const STANDARD: Self = Self {
        max_bytes: 48 * 1_024,
        max_tokens: 10_000,
        list_records: 20,
        list_tokens: 3_000,
        list_text: 240,
        record_text: 4_000,
        list_fields: 14,
        whole: false,
        file_bytes: 24 * 1_024,
        image_bytes: 1_024 * 1_024,
        stored_bytes: 1_024 * 1_024 * 1_024,
        held_bytes: 256 * 1_024 * 1_024,
    };

    /// No limits, for programs that read results themselves.
    pub const NONE: Self = Self {
        max_bytes: usize::MAX,
        max_tokens: usize::MAX,
        list_records: usize::MAX,
        list_tokens: usize::MAX,
        list_text: usize::MAX,
        record_text: usize::MAX,
        list_fields: usize::MAX,
        whole: false,
        file_bytes: usize::MAX,
        image_bytes: usize::MAX,
        stored_bytes: u64::MAX,
        held_bytes: 1_024 * 1_024 * 1_024,
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

    /// The tighter ones of these limits and others, as far as the length of the whole result is concerned.
    pub(crate) fn within(self, others: &Self) -> Self {
        self.bytes(self.max_bytes.min(others.max_bytes))
            .tokens(self.max_tokens.min(others.max_tokens))
    }

    /// The share of each of so many results that are one answer together.
    pub(crate) const fn divided_by(self, results: usize) -> Self {
        let results = if results == 0 { 1 } else { results };
        self.bytes(self.max_bytes / results).tokens(self.max_tokens / results)
    }

    /// Sets how much of a list a call gives that does not say how many records it wants: the most records,
    /// and the longest text in tokens as estimated.
    #[must_use]
    pub const fn lists(mut self, records: usize, tokens: usize) -> Self {
        (self.list_records, self.list_tokens) = (records, tokens);
        self
    }

    /// The limits of a list of which the call does not say how many records it wants.
    pub(crate) fn of_default_list(self) -> Self {
        self.tokens(self.max_tokens.min(self.list_tokens))
    }

    /// Sets the longest text inside a record of a list and inside a single record, in characters.
    #[must_use]
    pub const fn texts(mut self, in_list: usize, in_record: usize) -> Self {
        (self.list_text, self.record_text) = (in_list, in_record);
        self
    }

    /// Sets how many bytes of memory the values of one response may take.
    #[must_use]
    pub const fn held(mut self, most: usize) -> Self {
        self.held_bytes = most;
        self
    }

    /// Gives whole results, for programs that read them themselves.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Takes the limits of files from others: the bytes of a call, of an image and of a stored file.
    pub(crate) const fn like_files_of(mut self, others: &Self) -> Self {
        self.file_bytes = others.file_bytes;
        self.image_bytes = others.image_bytes;
        self.stored_bytes = others.stored_bytes;
        self
    }

    /// Sets the most fields that are shown of a record of a list.
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
