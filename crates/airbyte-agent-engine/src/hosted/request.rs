//! A request to the platform, before token and organization.

use std::time::{Duration, Instant};

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde_json::Value;

/// What stands for itself in a segment of a path.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// Longest time for a token or a lookup.
const BRIEF: Duration = Duration::from_secs(60);

/// A request to the platform; [`Session::send`](super::Session::send) makes it.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing unless a session sends it"]
pub struct PlatformRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    pub(super) bearer: Bearer,
    /// Whether doing it twice is harmless.
    pub(super) repeatable: bool,
    /// Whether a 401 may mean that the request was acted upon before somebody refused.
    pub(super) vendor_behind: bool,
    /// Whether it goes to where tokens come from, which once was another address.
    pub(super) at_token_host: bool,
    /// Longest time for it with all its tries, where that is less than the session's.
    pub(super) limit: Option<Duration>,
    /// When whoever waits for it gives up, where that is not decided by the limits.
    pub(super) deadline: Option<Instant>,
    /// How often it is sent at most, where that is another number than the session's.
    pub(super) max_attempts: Option<u32>,
    /// What it is for, in messages.
    pub(super) what: String,
}

/// Whose token a request carries.
#[derive(Debug, Clone)]
pub(super) enum Bearer {
    /// That of the session, renewed when it is refused.
    Session,
    /// Another, which is used as it is.
    Given(SecretString),
    /// None.
    Nobody,
}

impl PlatformRequest {
    /// A request to a path below the platform's address, for example `/api/v1/workspaces`. The
    /// path is percent-encoded already; [`to`](Self::to) does that.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            // What reads, replaces or removes may be done twice.
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

    /// Adds a pair to the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Says whether doing it twice is harmless, so that it is tried again after a failure. It is
    /// for all methods but POST and PATCH, unless told otherwise.
    pub fn repeatable(mut self, repeatable: bool) -> Self {
        self.repeatable = repeatable;
        self
    }

    /// Is sent at most so often, the first time included; as the session says without a number.
    pub(super) fn max_attempts(mut self, attempts: Option<u32>) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Is given up at this time.
    pub(super) fn until(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Carries this token instead of the session's, for example a scoped one.
    pub fn bearer(mut self, token: SecretString) -> Self {
        self.bearer = Bearer::Given(token);
        self
    }

    /// Sends the request without a token.
    pub fn without_token(mut self) -> Self {
        self.bearer = Bearer::Nobody;
        self
    }

    /// Says what it is for, in messages: `workspace list`. Method and path unless set.
    pub fn what(mut self, what: impl Into<String>) -> Self {
        self.what = what.into();
        self
    }

    /// Gives up early: for what is quick or broken, and what many wait for.
    pub(super) fn brief(mut self) -> Self {
        self.limit = Some(BRIEF);
        self
    }

    /// Goes to where tokens come from.
    pub(super) fn at_token_host(mut self) -> Self {
        self.at_token_host = true;
        self
    }

    /// Says that somebody else stands behind the platform and may refuse with a 401 that the
    /// platform hands on: then only a repeatable request is made again with a new token.
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
