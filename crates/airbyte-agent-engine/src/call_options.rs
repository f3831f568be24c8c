//! The options of a single call.

use std::time::Duration;

use crate::arguments::TextRules;
use crate::description::Operation;
use crate::error::{Error, Result};

/// The options of a single call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    timeout: Option<Duration>,
    max_attempts: Option<u32>,
    idempotency_key: Option<String>,
    select: Vec<String>,
    exclude: Vec<String>,
    intent: Option<String>,
    truncate: bool,
    if_range: Option<String>,
    confined: bool,
    strict: bool,
    held_bytes: Option<usize>,
    known: Option<String>,
}

impl CallOptions {
    /// Sets the longest time for the call, with all its attempts.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how often a request of this call is sent at most, the first time included; 0 counts as
    /// 1.
    /// When it is sent again, and after what delay, is decided by the client's retry policy.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// Sets a key that makes it harmless to repeat the call, where the vendor supports such keys
    /// for the operation; the call is then retried like one that only reads.
    ///
    /// A call that changes something, of an operation for which the vendor supports no key, is
    /// refused with an error of the kind [`Validation`](crate::ErrorKind::Validation) before
    /// anything is sent, because repeating it would not be harmless. Calls that only read, and
    /// those that may be repeated anyway, need no key and ignore it.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Keeps only these fields of every record, by dotted names. Takes precedence over
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

    /// States why the call is made, in at most 512 characters; the hosted platform records it.
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

    /// For a download of a part of a file: the vendor sends the whole file unless it still is the
    /// one with this entity tag or time of change, which
    /// [`Download::validator`](crate::Download::validator) returned. Only calls that go directly to
    /// the vendor send this condition; for other calls, compare the validator of the response.
    #[must_use]
    pub fn if_range(mut self, validator: impl Into<String>) -> Self {
        self.if_range = Some(validator.into());
        self
    }

    /// Restricts a selection of fields to those that the operation reads by default. A policy over
    /// operations needs this restriction.
    pub fn confine(&mut self) {
        self.confined = true;
    }

    /// Refuses arguments that break a rule which the vendor has for texts, before anything is sent: a format such as
    /// that of a date, a pattern, or the grammar of a query language.
    ///
    /// Without this option such a call is made, because vendors sometimes accept more than their
    /// documents say. A warning is then written to the log, and
    /// [`Call::doubts`](crate::Call::doubts) returns the reasons before the call.
    #[must_use]
    pub fn strict_texts(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets how many bytes of memory the values of one response may take; a larger response is an
    /// error. The default is that of the client, see
    /// [`Local::max_held_bytes`](crate::Local::max_held_bytes).
    #[must_use]
    pub fn max_held_bytes(mut self, bytes: usize) -> Self {
        self.held_bytes = Some(bytes);
        self
    }

    /// Of a list that the vendor can answer with "not modified": requests it only if it is no longer what it was when
    /// it had this [validator](crate::Outcome::validator). If it is, [`Outcome::unchanged`](crate::Outcome::unchanged)
    /// is set. Only calls straight to the vendor say so, and only those that give an
    /// [`Outcome`](crate::Outcome) understand the response; with others the option does nothing.
    #[must_use]
    pub fn unless_matches(mut self, validator: impl Into<String>) -> Self {
        self.known = Some(validator.into());
        self
    }

    /// The validator of what is known, of an operation whose vendor compares it.
    pub(crate) fn known(&self, operation: &Operation) -> Option<&str> {
        self.known.as_deref().filter(|_| operation.is_conditional())
    }

    pub(crate) const fn held(&self) -> Option<usize> {
        self.held_bytes
    }

    pub(crate) const fn text_rules(&self) -> TextRules {
        if self.strict { TextRules::Refuse } else { TextRules::Warn }
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

    pub(crate) const fn attempts(&self) -> Option<u32> {
        self.max_attempts
    }

    /// Refuses an idempotency key that would have no effect. `carries_key` says whether the
    /// transport passes keys on to the vendor.
    pub(crate) fn check_idempotency(&self, operation: &Operation, carries_key: bool) -> Result<()> {
        let hints = operation.hints;
        let place = operation.place();
        let Some(key) = &self.idempotency_key else { return Ok(()) };
        if key.trim().is_empty() {
            return Err(Error::validation(format!(
                "{place}: the idempotency key is empty, so that the vendor would not recognize a repetition; \
                 pass a text that is unique to this change"
            )));
        }
        if hints.read_only || hints.idempotent {
            return Ok(());
        }
        if operation.idempotency_header.is_none() {
            return Err(Error::validation(format!(
                "{place}: the vendor takes no idempotency key for this operation, so that \
                 repeating it would not be harmless; leave the key out"
            )));
        }
        if !carries_key {
            return Err(Error::validation(format!(
                "{place}: the platform does not hand an idempotency key to the vendor, so that \
                 repeating the call would not be harmless; leave the key out"
            )));
        }
        Ok(())
    }

    /// The options without a selection of fields.
    pub(crate) fn with_all_fields(mut self) -> Self {
        self.select.clear();
        self.exclude.clear();
        self
    }

    /// The options without an idempotency key.
    pub(crate) fn without_idempotency(mut self) -> Self {
        self.idempotency_key = None;
        self
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
