//! Failures with the platform's canonical body.

use serde_json::json;

use crate::reply::Reply;

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: u16,
    message: String,
    field: Option<String>,
    retry_after: Option<u64>,
}

/// What a request leads to.
pub(crate) type Answer = Result<Reply, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), field: None, retry_after: None }
    }

    /// The request is understood and cannot be met.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A field is missing or is not what it is to be.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(422, message) }
    }

    /// There is no such thing, or not for the one who asks.
    pub(crate) fn missing(what: &str, name: &str) -> Self {
        Self::new(404, format!("{what} {name} not found"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// The same about this field.
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same with seconds to wait.
    pub(crate) fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let Refusal { status, message, field, retry_after } = refusal;
        let code = match status {
            400 | 422 => "value_error",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not_found",
            409 => "conflict",
            429 => "rate_limited",
            501 => "not_implemented",
            _ => "error",
        };
        let mut item = json!({"message": message, "error_code": code});
        if let Some(field) = field {
            item["field"] = field.into();
        }
        let reply = Self::json(status, &json!({"message": message, "errors": [item]}));
        match retry_after {
            Some(seconds) => reply.header("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}
