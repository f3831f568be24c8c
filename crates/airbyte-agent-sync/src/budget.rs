//! The number of calls that a run or a query may make, counted down by everybody who makes some.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// How many calls may be made. Each page of a list is one, and each record that is read alone.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    used: AtomicU64,
}

impl Budget {
    /// A budget of this many calls.
    pub const fn new(most: u64) -> Self {
        Self { most, used: AtomicU64::new(0) }
    }

    /// The number of calls that are allowed in all.
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// Number of calls that were made.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Number of calls that may still be made.
    pub fn left(&self) -> u64 {
        self.most.saturating_sub(self.used())
    }

    /// Takes one call.
    ///
    /// # Errors
    ///
    /// [`Error::Budget`] if none is left.
    pub(crate) fn take(&self) -> Result<()> {
        let take = |used| (used < self.most).then_some(used + 1);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Budget(format!("all of the {} calls are used up", self.most))),
        }
    }
}
