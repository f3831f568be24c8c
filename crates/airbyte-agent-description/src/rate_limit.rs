//! The rate limits that a vendor publishes, and how its responses report them.

use serde::Serialize;

use super::{JsonPath, Text, WaitFormat};

/// Where a response says what its request costs and how fast the account's balance is restored, in
/// the vendor's own unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateLimitCost {
    /// Place of the cost of the request.
    pub needed: JsonPath,
    /// Place of the balance that the account has left.
    pub available: JsonPath,
    /// Place of the amount that is restored each second.
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
    /// Remarks in the words of the spec; may be empty.
    pub description: Text,
    /// Address of the vendor's page that says so.
    pub source: Text,
    /// How long the vendor refuses requests once the limit is exceeded, for refusals that do not say it
    /// themselves, in seconds; 0 when nothing is published.
    pub wait_seconds: u64,
}

/// Names of the headers that report the state of the vendor's rate limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateLimitHeaders {
    /// Header with the requests allowed in the window; empty if the vendor sends none.
    pub limit: Text,
    /// Header with the requests left in the window; empty if the vendor sends none.
    pub remaining: Text,
    /// Header with the requests used and allowed in one value (`32/40`); empty if the vendor sends none.
    pub used_of: Text,
    /// Header that says when the window ends; empty if the vendor sends none.
    pub reset: Text,
    /// How the end of the window is written.
    pub reset_format: WaitFormat,
}
