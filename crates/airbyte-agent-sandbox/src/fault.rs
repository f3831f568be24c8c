//! Failures on demand: which requests they hit, how often, and what happens to them.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::reply::{Delivery, Reply};

/// A failure that the next matching requests meet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Fault {
    /// Requests it applies to; all when empty.
    #[serde(default, rename = "match")]
    pub matching: Matching,
    /// How many requests it hits.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
}

fn once() -> u32 {
    1
}

/// Which requests a fault hits: those that agree with every part that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matching {
    /// Slug of the connector; `platform` for the hosted platform.
    pub connector: Option<String>,
    /// Entity.
    pub entity: Option<String>,
    /// Action.
    pub action: Option<String>,
    /// Text that the path contains.
    pub path: Option<String>,
}

/// What happens to a request that a fault hits.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It is carried out; the connection breaks after half of the body.
    Truncate,
    /// It is carried out; the answer is not valid JSON.
    Malformed,
    /// It is not carried out; the connection closes without an answer.
    Close,
    /// Every access token seen or issued so far is refused from now on, at once.
    ExpireTokens,
    /// It is carried out; the body arrives in eight pieces, each after a wait.
    Slow {
        /// The wait, in milliseconds.
        ms: u64,
    },
    /// It is not carried out but answered like this.
    #[serde(untagged)]
    Status {
        /// HTTP status.
        status: u16,
        /// Headers.
        #[serde(default)]
        headers: Map<String, Value>,
        /// Body: JSON, or text as it is.
        #[serde(default)]
        body: Value,
    },
}

impl Fault {
    /// One request, any, meets `kind`.
    pub fn new(kind: FaultKind) -> Self {
        Self { matching: Matching::default(), times: 1, kind }
    }

    /// One request, any, is answered with this status and JSON body.
    pub fn status(status: u16, body: Value) -> Self {
        Self::new(FaultKind::Status { status, headers: Map::new(), body })
    }

    /// The same with one more header in the answer, if it is a status fault.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let FaultKind::Status { headers, .. } = &mut self.kind {
            headers.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The same for that many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same for requests of one connector (`platform`: the hosted platform) only.
    #[must_use]
    pub fn connector(mut self, name: &str) -> Self {
        self.matching.connector = Some(name.to_owned());
        self
    }

    /// The same for one operation only.
    #[must_use]
    pub fn operation(mut self, entity: &str, action: &str) -> Self {
        self.matching.entity = Some(entity.to_owned());
        self.matching.action = Some(action.to_owned());
        self
    }

    /// The same for requests whose path contains `path` only.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.matching.path = Some(path.to_owned());
        self
    }
}

/// Where a request leads, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    pub(crate) connector: String,
    pub(crate) entity: String,
    pub(crate) action: String,
}

/// The faults that wait for requests.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes the first fault that hits this request.
    pub(crate) fn take(&self, target: &Target, path: &str) -> Option<FaultKind> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let agrees = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        let at = faults.iter().position(|fault| {
            fault.times > 0
                && agrees(&fault.matching.connector, &target.connector)
                && agrees(&fault.matching.entity, &target.entity)
                && agrees(&fault.matching.action, &target.action)
                && fault.matching.path.as_deref().is_none_or(|part| path.contains(part))
        })?;
        let fault = faults.get_mut(at)?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        if fault.times == 0 {
            faults.remove(at);
        }
        Some(kind)
    }
}

impl FaultKind {
    /// The answer of a request that is not carried out.
    pub(crate) fn instead(&self) -> Option<Reply> {
        match self {
            Self::Close => Some(Reply { delivery: Delivery::Closed, ..Reply::empty(500) }),
            Self::Status { status, headers, body } => {
                let mut reply = match body {
                    Value::Null => Reply::empty(*status),
                    Value::String(text) => Reply::bytes(*status, "text/plain", text.clone()),
                    body => Reply::json(*status, body),
                };
                for (name, value) in headers {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    reply.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    reply = reply.header(name, text);
                }
                Some(reply)
            }
            _ => None,
        }
    }

    /// What becomes of the answer of a request that was carried out.
    pub(crate) fn spoil(&self, mut reply: Reply) -> Reply {
        match self {
            Self::Truncate => reply.delivery = Delivery::Truncated,
            Self::Slow { ms } => reply.delivery = Delivery::Slow(*ms),
            Self::Malformed => {
                let end = reply.body.len().saturating_sub(2).max(1);
                let mut body = reply.body.slice(..end.min(reply.body.len())).to_vec();
                body.extend_from_slice(b"\x22<oops");
                reply.body = Bytes::from(body);
            }
            _ => {}
        }
        reply
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

    #[test]
    fn a_fault_hits_as_often_as_it_says_and_only_what_matches() {
        let faults = Faults::default();
        faults.add(Fault::new(FaultKind::Close).operation("users", "list").times(2));
        let target = |entity: &str| Target {
            connector: "acme".into(),
            entity: entity.into(),
            action: "list".into(),
        };
        assert_eq!(faults.take(&target("teams"), "/x"), None);
        assert!(faults.take(&target("users"), "/x").is_some());
        assert!(faults.take(&target("users"), "/x").is_some());
        assert_eq!(faults.take(&target("users"), "/x"), None);
    }
}
