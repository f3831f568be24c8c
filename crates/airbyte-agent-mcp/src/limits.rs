//! Limits of the operator on the time and the number of calls.

use std::time::Duration;

/// How long a call may take, and how many calls may run at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest time for a call, including the time in which it waits for its turn.
    pub timeout: Duration,
    /// The most calls that run at the same time. Further calls wait.
    pub concurrency: usize,
    /// How long a person has to approve a call.
    pub approval: Duration,
    /// The most calls of a session that may destroy data; any number unless it is set. For clients without a
    /// session, all requests of one caller count until there are none for half an hour.
    pub destructive: Option<u32>,
}

impl Limits {
    /// The default limits: two minutes, sixteen calls at the same time, five minutes to approve a call, and any
    /// number of calls that destroy data.
    pub const STANDARD: Self = Self {
        timeout: Duration::from_secs(120),
        concurrency: 16,
        approval: Duration::from_secs(300),
        destructive: None,
    };

    /// Sets the longest time for a call.
    #[must_use]
    pub const fn timeout(mut self, longest: Duration) -> Self {
        self.timeout = longest;
        self
    }

    /// Sets how many calls may run at the same time. At least one may.
    #[must_use]
    pub const fn concurrency(mut self, most: usize) -> Self {
        self.concurrency = if most == 0 { 1 } else { most };
        self
    }

    /// Sets how long a person has to approve a call.
    #[must_use]
    pub const fn approval(mut self, longest: Duration) -> Self {
        self.approval = longest;
        self
    }

    /// Sets the most calls of a session that may destroy data.
    #[must_use]
    pub const fn destructive(mut self, most: u32) -> Self {
        self.destructive = Some(most);
        self
    }

    /// The longest time for a call, with the question to a person where there are questions.
    pub(crate) fn longest_call(&self, asks: bool) -> Duration {
        if asks { self.timeout.saturating_add(self.approval) } else { self.timeout }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
