//! A request to the platform, before token and organization are added.

use std::time::{Duration, Instant};

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::Value;

/// Characters that are not escaped in a segment of a path.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// Longest time for a request for a token or for a lookup.
const BRIEF: Duration = Duration::from_secs(60);

/// A request to the platform, which [`Session::send`](super::Session::send) sends.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing unless a session sends it"]
pub struct PlatformRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    pub(super) bearer: Bearer,
    /// Whether it is harmless to send the request twice.
    pub(super) repeatable: bool,
    /// Whether the vendor may have acted upon the request before a response with status 401 came.
    pub(super) vendor_behind: bool,
    /// Whether the request is sent to the host of tokens, which has another address in old
    /// generations.
    pub(super) at_token_host: bool,
    /// Longest time for the request with all its attempts, if it is shorter than the session's.
    pub(super) limit: Option<Duration>,
    /// The time at which the caller stops waiting, if the limits do not decide this.
    pub(super) deadline: Option<Instant>,
    /// How often the request is sent at most, if the number differs from the session's.
    pub(super) max_attempts: Option<u32>,
    /// The purpose of the request, for messages.
    pub(super) what: String,
}

/// The token that a request is sent with.
#[derive(Debug, Clone)]
pub(super) enum Bearer {
    /// The token of the session, which is renewed when it is refused.
    Session,
    /// Another token, which is never renewed.
    Given(SecretString),
    /// No token.
    Nobody,
}

impl PlatformRequest {
    /// A request to a path below the platform's address, for example `/api/v1/workspaces`. The path
    /// has to be percent-encoded already; [`to`](Self::to) encodes the segments of a path.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            // A request that reads, replaces or removes may be repeated.
            repeatable: method != Method::POST && method != Method::PATCH,
            vendor_behind: false,
            at_token_host: false,
            limit: None,
            deadline: None,
            max_attempts: None,
            what: format!("{method} {path}"),
            query: Vec::new(),
            body: None,
            bearer: Bearer::Session,
            method,
            path,
        }
    }

    /// A request to a path of these segments, which are percent-encoded.
    pub fn to(method: Method, segments: &[&str]) -> Self {
        let add = |path: String, segment: &&str| {
            path + "/" + &utf8_percent_encode(segment, SEGMENT).to_string()
        };
        Self::new(method, segments.iter().fold(String::new(), add))
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Says whether it is harmless to send the request twice, so that it is sent again after a
    /// failure. By default, this is so for all methods except POST and PATCH.
    pub fn repeatable(mut self, repeatable: bool) -> Self {
        self.repeatable = repeatable;
        self
    }

    /// Sets how often the request is sent at most, the first time included; `None` leaves the
    /// number of the session.
    pub(super) fn max_attempts(mut self, attempts: Option<u32>) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the time at which the request is given up.
    pub(super) fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sends the request with this token instead of the session's, for example with a scoped one.
    pub fn bearer(mut self, token: SecretString) -> Self {
        self.bearer = Bearer::Given(token);
        self
    }

    /// Sends the request without a token.
    pub fn without_token(mut self) -> Self {
        self.bearer = Bearer::Nobody;
        self
    }

    /// Sets the purpose of the request for messages, such as `workspace list`. The default is its
    /// method and path.
    pub fn what(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    /// Sets a short time limit, for requests that are quick unless something is broken, and for
    /// which many calls wait.
    pub(super) fn brief(mut self) -> Self {
        self.limit = Some(BRIEF);
        self
    }

    /// Sends the request to the host of tokens.
    pub(super) fn at_token_host(mut self) -> Self {
        self.at_token_host = true;
        self
    }

    /// Says that the platform forwards the request to a vendor, whose refusal with a 401 the
    /// platform passes on. Only a repeatable request is then sent again with a new token.
    pub(super) fn vendor_behind(mut self) -> Self {
        self.vendor_behind = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_segments() {
        let request = PlatformRequest::to(Method::GET, &["api", "a b/c?d", "x:1"]);
        assert_eq!(request.path, "/api/a%20b%2Fc%3Fd/x:1");
        assert!(request.repeatable);
        assert!(!PlatformRequest::new(Method::POST, "/x").repeatable);
    }
}
