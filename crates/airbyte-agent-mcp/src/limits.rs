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
}

impl Limits {
    /// The default limits: two minutes, and sixteen calls at the same time.
    pub const STANDARD: Self = Self { timeout: Duration::from_secs(120), concurrency: 16 };

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
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
