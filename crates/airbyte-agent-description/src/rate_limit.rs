//! The rate limits that a vendor publishes, and how its answers report them.

use serde::Serialize;

use super::{JsonPath, Text, WaitFormat};

/// Where an answer says what a request costs and how fast the vendor gives the sum back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateLimitCost {
    /// What the request needs.
    pub needed: JsonPath,
    /// What the account has left.
    pub available: JsonPath,
    /// What comes back in a second.
    pub per_second: JsonPath,
}

/// A limit that the vendor publishes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateLimit {
    /// Number of requests allowed; `None` when the vendor publishes none.
    pub requests: Option<u64>,
    /// Length of the window, in seconds; 0 when requests are counted that run at the same time,
    /// or when nothing is published.
    pub per_seconds: u64,
    /// Who shares the limit: `account`, `token`, `ip` and the like.
    pub scope: Text,
    /// What else there is to know.
    pub description: Text,
    /// Where the vendor says so.
    pub source: Text,
}

/// Headers with the state of the vendor's limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateLimitHeaders {
    /// Requests allowed in the window, empty when not sent.
    pub limit: Text,
    /// Requests left in the window, empty when not sent.
    pub remaining: Text,
    /// Requests used and allowed in one value (`32/40`), empty when not sent.
    pub used_of: Text,
    /// When the window ends, empty when not sent.
    pub reset: Text,
    /// How the end of the window is written.
    pub reset_format: WaitFormat,
}
