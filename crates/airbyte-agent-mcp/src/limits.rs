//! What the operator allows a call to take.

use std::time::Duration;

/// What the operator allows a call to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest time for a call, waiting for its turn included.
    pub timeout: Duration,
    /// Calls that run at the same time; further ones wait.
    pub concurrency: usize,
}

impl Limits {
    /// Two minutes, sixteen calls at a time.
    pub const STANDARD: Self = Self { timeout: Duration::from_secs(120), concurrency: 16 };

    /// Sets the longest time for a call.
    #[must_use]
    pub const fn timeout(mut self, longest: Duration) -> Self {
        self.timeout = longest;
        self
    }

    /// Sets how many calls run at the same time; at least one does.
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
