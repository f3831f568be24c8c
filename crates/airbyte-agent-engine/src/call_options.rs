//! What a caller may wish for a single call.

use std::time::Duration;

/// What a caller may wish for a single call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Option<Duration>,
    idempotency_key: Option<String>,
    select: Vec<String>,
    exclude: Vec<String>,
    intent: Option<String>,
    truncate: bool,
    if_range: Option<String>,
    confined: bool,
}

impl CallOptions {
    /// Longest time for the call with all its retries.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Makes repeating the call harmless, where the vendor has such a key; the call is then
    /// retried like one that only reads.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Keeps only these fields of every record, by dotted names. Wins over
    /// [`exclude`](Self::exclude).
    #[must_use]
    pub fn select(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.select.extend(fields.into_iter().map(Into::into));
        self
    }

    /// Leaves these fields of every record out, by dotted names.
    #[must_use]
    pub fn exclude(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.exclude.extend(fields.into_iter().map(Into::into));
        self
    }

    /// Why the call is made, at most 512 characters; the hosted platform records it.
    #[must_use]
    pub fn intent(mut self, intent: impl Into<String>) -> Self {
        self.intent = Some(intent.into());
        self
    }

    /// Lets the hosted platform cut texts of more than 200 characters in lists.
    #[must_use]
    pub fn truncate(mut self) -> Self {
        self.truncate = true;
        self
    }

    /// Of a download that asks for a part: take the whole file instead unless it still is the one
    /// with this entity tag or time of change, as [`Download::validator`](crate::Download::validator) gave it. Only calls
    /// straight to the vendor say so; with others compare what comes back.
    #[must_use]
    pub fn if_range(mut self, validator: impl Into<String>) -> Self {
        self.if_range = Some(validator.into());
        self
    }

    /// Keeps a choice of fields within what the operation reads anyway, as a policy over operations
    /// needs it.
    pub fn confine(&mut self) {
        self.confined = true;
    }

    pub(crate) const fn is_confined(&self) -> bool {
        self.confined
    }

    pub(crate) fn unchanged(&self) -> Option<&str> {
        self.if_range.as_deref()
    }

    pub(crate) const fn limit(&self) -> Option<Duration> {
        self.timeout
    }

    pub(crate) fn idempotency(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    pub(crate) fn selected(&self) -> &[String] {
        &self.select
    }

    pub(crate) fn excluded(&self) -> &[String] {
        &self.exclude
    }

    pub(crate) fn why(&self) -> Option<&str> {
        self.intent.as_deref()
    }

    pub(crate) const fn truncates(&self) -> bool {
        self.truncate
    }
}
