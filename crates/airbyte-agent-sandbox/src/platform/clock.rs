//! The platform's clock, which tests can advance.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::data::format_instant;

/// The real time, plus what a test added to it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicU64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn milliseconds(&self) -> u64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let real = u64::try_from(real.as_millis()).unwrap_or(u64::MAX);
        real.saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Seconds since 1970.
    pub(crate) fn seconds(&self) -> u64 {
        self.milliseconds() / 1_000
    }

    /// The present instant as responses show it, for example `2026-05-01T00:00:00Z`.
    pub(crate) fn now(&self) -> String {
        format_instant(self.seconds())
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Seconds by which the clock is ahead of the real time.
    pub(crate) fn seconds_ahead(&self) -> u64 {
        self.ahead_ms.load(Ordering::Relaxed) / 1_000
    }
}
