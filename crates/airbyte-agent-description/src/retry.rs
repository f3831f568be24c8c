//! Retry policies: how failed requests are sent again.

use std::borrow::Cow;

use serde::Serialize;

use super::{List, Text};

/// How often, and after which delays, a failed request is sent again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetryPolicy {
    /// Largest number of attempts, the first one included.
    pub max_attempts: u32,
    /// Delay before the second attempt, in milliseconds.
    pub initial_delay_ms: u64,
    /// Factor from one delay to the next.
    pub base: f64,
    /// Longest delay, in milliseconds; a vendor that asks for a longer one is not asked again.
    pub max_delay_ms: u64,
    /// Whether the delay is a random time between zero and the computed one.
    pub jitter: bool,
    /// The statuses after which a request is sent again.
    pub statuses: List<u16>,
    /// Whether a request is sent again after a timeout.
    pub on_timeout: bool,
    /// Whether a request is sent again after a failed connection.
    pub on_network_error: bool,
    /// Name of the header in which the vendor says how long to wait.
    pub wait_header: Text,
    /// What a plain number in that header means.
    pub wait_format: WaitFormat,
}

impl Default for RetryPolicy {
    /// [`RetryPolicy::STANDARD`].
    fn default() -> Self {
        Self::STANDARD
    }
}

impl RetryPolicy {
    /// No request is sent a second time, whatever happens to it.
    pub const NONE: Self = Self { max_attempts: 1, ..Self::STANDARD };

    /// No request is sent a second time, whatever happens to it: [`RetryPolicy::NONE`].
    #[must_use]
    pub const fn none() -> Self {
        Self::NONE
    }

    /// The same policy with another number of attempts in all, the first included; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The policy of a spec that declares none: at most 3 attempts; after a timeout, a failed
    /// connection and the statuses 408, 429, 500, 502, 503 and 504; after the time that the vendor
    /// asks for in `Retry-After`, else a random one of up to 1 s, then up to 2 s. A request to wait
    /// for more than 60 s is an error at once, with that time in it.
    pub const STANDARD: Self = Self {
        max_attempts: 3,
        initial_delay_ms: 1_000,
        base: 2.0,
        max_delay_ms: 60_000,
        jitter: true,
        statuses: Cow::Borrowed(&[408, 429, 500, 502, 503, 504]),
        on_timeout: true,
        on_network_error: true,
        wait_header: Cow::Borrowed("retry-after"),
        wait_format: WaitFormat::Seconds,
    };
}

/// What a number in the header about the delay means. An HTTP date is understood in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFormat {
    /// The number is seconds from now.
    Seconds,
    /// The number is milliseconds from now.
    Milliseconds,
    /// The number is seconds since 1970, UTC.
    UnixTimestamp,
    /// The number is milliseconds since 1970, UTC.
    UnixMilliseconds,
    /// The text is a date and time in ISO 8601.
    Iso8601,
}
