//! What arrived: kept for tests, shown with secrets masked.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::fault::Target;
use crate::incoming::{Incoming, pairs};

/// A request that arrived, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// HTTP method.
    pub method: String,
    /// Host it was meant for (`X-Forwarded-Host`), empty when not said.
    pub host: String,
    /// Path, percent-encoded.
    pub path: String,
    /// Query, percent-encoded.
    pub query: String,
    /// Headers in the order of arrival, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as text; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Connector it led to, `platform` for the platform, empty when none.
    pub connector: String,
    /// Entity it led to, empty when none.
    pub entity: String,
    /// Action it led to, empty when none.
    pub action: String,
    /// Status of the answer; 0 when the connection was closed instead.
    pub status: u16,
}

impl LoggedRequest {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let wanted = name.to_ascii_lowercase();
        self.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
    }

    /// The decoded pairs of the query.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        pairs(self.query.as_bytes())
    }

    pub(crate) fn new(incoming: &Incoming, target: &Target, status: u16) -> Self {
        let headers = incoming.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Self {
            method: incoming.method.clone(),
            host: incoming.host.clone().unwrap_or_default(),
            path: incoming.path.clone(),
            query: incoming.query.clone(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&incoming.body).into_owned(),
            connector: target.connector.clone(),
            entity: target.entity.clone(),
            action: target.action.clone(),
            status,
        }
    }

    /// The same with everything that may be a secret masked.
    fn masked(mut self) -> Self {
        for (name, value) in &mut self.headers {
            if is_secret(name) {
                MASK.clone_into(value);
            }
        }
        self.query = mask_form(&self.query);
        self.body = match serde_json::from_str::<Value>(&self.body) {
            Ok(mut value) => {
                mask_json(&mut value);
                value.to_string()
            }
            Err(_) if self.header("content-type").is_some_and(|t| t.contains("urlencoded")) => {
                mask_form(&self.body)
            }
            Err(_) => self.body,
        };
        self
    }
}

const MASK: &str = "***";
const KEPT: usize = 5_000;

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = ["authorization", "token", "secret", "password", "api-key", "api_key", "apikey"];
    let more = ["credential", "cookie", "assertion", "private_key"];
    let paging = ["page_token", "pagetoken", "next_token", "nexttoken"];
    parts.iter().chain(&more).any(|part| name.contains(part))
        && !paging.iter().any(|part| name.contains(part))
        || name == "key"
        || name.ends_with("-key") && name != "idempotency-key"
        || name == "code"
}

fn mask_form(text: &str) -> String {
    if !pairs(text.as_bytes()).iter().any(|(name, _)| is_secret(name)) {
        return text.to_owned();
    }
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs(text.as_bytes()) {
        out.append_pair(&name, if is_secret(&name) { MASK } else { &value });
    }
    out.finish()
}

fn mask_json(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                if is_secret(name) && !value.is_null() {
                    *value = MASK.into();
                } else {
                    mask_json(value);
                }
            }
        }
        _ => {}
    }
}

/// The requests that arrived, the latest ones only.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<LoggedRequest>>);

impl Log {
    pub(crate) fn add(&self, request: LoggedRequest) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == KEPT {
            all.pop_front();
        }
        all.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn masked(&self) -> Vec<LoggedRequest> {
        self.all().into_iter().map(LoggedRequest::masked).collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
