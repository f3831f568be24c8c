//! Errors of the platform, with its canonical body.

use serde_json::json;

use super::executor::ExecuteError;
use crate::response::Response;

/// Why the platform does not do what a request asks for.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: u16,
    message: String,
    /// The field of the request that is wrong.
    field: Option<String>,
    /// Seconds to wait before another attempt.
    retry_after: Option<u64>,
}

/// The result of an endpoint.
pub(crate) type ApiResult = Result<Response, ApiError>;

impl ApiError {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), field: None, retry_after: None }
    }

    /// The request has the right form but cannot be met.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A field is missing or has a wrong value.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(422, message) }
    }

    /// Nothing has this name, or nothing that the caller may see.
    pub(crate) fn not_found(what: &str, name: &str) -> Self {
        Self::new(404, format!("{what} {name} not found"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// The same error about this field.
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<ExecuteError> for ApiError {
    fn from(error: ExecuteError) -> Self {
        Self { retry_after: error.retry_after, ..Self::new(error.status, error.message) }
    }
}

impl From<ApiError> for Response {
    fn from(error: ApiError) -> Self {
        let ApiError { status, message, field, retry_after } = error;
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
        let response = Self::json(status, &json!({"message": message, "errors": [item]}));
        match retry_after {
            Some(seconds) => response.header("retry-after", seconds.to_string()),
            None => response,
        }
    }
}
