//! A request to a token endpoint.

use airbyte_agent_description::{RefreshFormat, RefreshGrant};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::OAuthError;
use crate::request::{Request, form_pairs};

/// A request to a token endpoint.
pub(super) struct TokenRequest {
    body: Map<String, Value>,
    media_type: String,
    /// Client id and secret of basic authentication, joined by a colon.
    pub(super) basic: Option<String>,
}

impl TokenRequest {
    pub(super) fn parse(request: &Request) -> Result<Self, OAuthError> {
        let media_type = request.media_type();
        let body = if media_type == "application/json" {
            serde_json::from_slice(&request.body)
                .map_err(|error| OAuthError::invalid_request(error.to_string()))?
        } else {
            form_pairs(&request.body)
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect()
        };
        Ok(Self { body, media_type, basic: basic_credentials(request) })
    }

    /// A text of the body.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.body.get(name)?.as_str().map(str::to_owned)
    }

    /// A text of the body that is not empty.
    pub(super) fn non_empty(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.body.contains_key(name)
    }

    /// Client id and secret of basic authentication.
    pub(super) fn basic_client(&self) -> Option<(&str, &str)> {
        self.basic.as_deref()?.split_once(':')
    }

    /// Fails when the body does not have this format.
    pub(super) fn check_format(&self, format: RefreshFormat) -> Result<(), OAuthError> {
        let expected = match format {
            RefreshFormat::Form => "application/x-www-form-urlencoded",
            RefreshFormat::Json => "application/json",
        };
        if self.media_type == expected {
            return Ok(());
        }
        Err(OAuthError::invalid_request(format!("the content type must be {expected}")))
    }
}

/// The name of a grant in token requests.
pub(super) fn grant_type(grant: RefreshGrant) -> &'static str {
    match grant {
        RefreshGrant::RefreshToken => "refresh_token",
        RefreshGrant::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        RefreshGrant::ClientCredentials => "client_credentials",
    }
}

fn basic_credentials(request: &Request) -> Option<String> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}
