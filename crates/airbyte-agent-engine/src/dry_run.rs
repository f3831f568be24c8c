//! The request that a call would send.

use serde::Serialize;
use serde_json::Value;

/// The HTTP request of a call, with every secret masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DryRun {
    /// HTTP method, for example `GET`.
    pub method: String,
    /// The whole address, including the query.
    pub url: String,
    /// Headers, in the order in which they are set.
    pub headers: Vec<(String, String)>,
    /// The body: as JSON if it is JSON, as a text otherwise, `null` if there is none.
    pub body: Value,
    /// The operations that follow with requests of their own, as in `uploads.create`, if the call is made of several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
}

impl DryRun {
    /// A request made of these parts, which must contain no secret. A body that is JSON is shown as
    /// JSON.
    pub fn new(method: &str, url: String, headers: Vec<(String, String)>, body: &str) -> Self {
        let body = match body {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        };
        Self { method: method.to_owned(), url, headers, body, then: Vec::new() }
    }
}
