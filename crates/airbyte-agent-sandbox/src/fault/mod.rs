//! Faults: failures that tests ask for. This file holds what a test can ask for.

mod effect;
mod queue;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use queue::{FaultQueue, Target};

/// A failure that the next matching requests meet.
///
/// ```
/// use airbyte_agent_sandbox::{Fault, FaultKind};
///
/// // Two requests that list users are refused.
/// let fault = Fault::status(429, serde_json::json!({"error": "slow down"}))
///     .header("Retry-After", "1")
///     .operation("users", "list")
///     .times(2);
/// assert!(matches!(fault.kind, FaultKind::Status { status: 429, .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Fault {
    /// The requests that it applies to; an empty match applies to all requests.
    #[serde(default, rename = "match")]
    pub matching: Matching,
    /// The number of requests that it applies to. It is 1 in JSON that does not say it.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to these requests.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
}

fn once() -> u32 {
    1
}

/// The requests that a fault applies to: those that agree with every part that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matching {
    /// The slug of the connector, or `platform` for the hosted platform.
    pub connector: Option<String>,
    /// The entity of the operation. For requests to a token endpoint it is `token`.
    pub entity: Option<String>,
    /// The action of the operation.
    pub action: Option<String>,
    /// A text that the path of the request contains.
    pub path: Option<String>,
}

/// What happens to a request that a fault applies to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The request is executed; the connection breaks after half of the response's body.
    Truncate,
    /// The request is executed; the body of the response is not valid JSON.
    Malformed,
    /// The request is not executed; the connection is closed without a response.
    Close,
    /// Every access token that was seen or issued so far is refused from now on. This one takes
    /// effect at once and does not wait for a request.
    ExpireTokens,
    /// The request is executed; the body of the response arrives in eight pieces.
    Slow {
        /// The delay before each piece, in milliseconds.
        ms: u64,
    },
    /// The request is not executed; it gets this response.
    #[serde(untagged)]
    Status {
        /// The HTTP status of the response.
        status: u16,
        /// The headers of the response by name.
        #[serde(default)]
        headers: Map<String, Value>,
        /// The body of the response: a string is sent as plain text, `null` as no body, anything
        /// else as JSON.
        #[serde(default)]
        body: Value,
    },
}

impl Fault {
    /// A fault of this kind for the next request, whichever it is.
    pub fn new(kind: FaultKind) -> Self {
        Self { matching: Matching::default(), times: 1, kind }
    }

    /// A fault that gives the next request, whichever it is, this status and body.
    pub fn status(status: u16, body: Value) -> Self {
        Self::new(FaultKind::Status { status, headers: Map::new(), body })
    }

    /// Adds a header to the response of a [`FaultKind::Status`]; the other kinds do not change.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let FaultKind::Status { headers, .. } = &mut self.kind {
            headers.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Sets the number of requests that the fault applies to.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Limits the fault to requests of one connector, or of the hosted platform (`platform`).
    #[must_use]
    pub fn connector(mut self, name: &str) -> Self {
        self.matching.connector = Some(name.to_owned());
        self
    }

    /// Limits the fault to requests of one operation.
    #[must_use]
    pub fn operation(mut self, entity: &str, action: &str) -> Self {
        self.matching.entity = Some(entity.to_owned());
        self.matching.action = Some(action.to_owned());
        self
    }

    /// Limits the fault to requests whose path contains this text.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.matching.path = Some(path.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_read_from_json() {
        for (text, kind) in [
            (json!("truncate"), FaultKind::Truncate),
            (json!("expire_tokens"), FaultKind::ExpireTokens),
            (json!({"slow": {"ms": 5}}), FaultKind::Slow { ms: 5 }),
            (
                json!({"status": 503}),
                FaultKind::Status { status: 503, headers: Map::new(), body: Value::Null },
            ),
        ] {
            let fault: Fault = serde_json::from_value(json!({"fault": text})).unwrap();
            assert_eq!((fault.kind, fault.times), (kind, 1));
        }
        serde_json::from_value::<Fault>(json!({"fault": "nonsense"})).unwrap_err();
    }
}
