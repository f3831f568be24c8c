//! Errors of OAuth endpoints.

use serde_json::json;

use crate::response::Response;

/// An error of an OAuth endpoint, in the terms of RFC 6749.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: u16,
    error: &'static str,
    description: String,
}

impl OAuthError {
    pub(super) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }

    /// The client id or secret is missing or wrong.
    pub(super) fn unauthenticated_client() -> Self {
        Self::new(401, "invalid_client", "the client is not authenticated")
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", description)
    }

    pub(super) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_grant", description)
    }

    pub(super) fn unsupported_grant(grant: &str) -> Self {
        Self::new(400, "unsupported_grant_type", format!("the grant type is `{grant}`"))
    }

    pub(super) fn response(&self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        let response = Response::json(self.status, &body);
        if self.status == 429 { response.header("retry-after", "1") } else { response }
    }
}
