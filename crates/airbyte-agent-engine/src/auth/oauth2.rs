//! The new tokens in the JSON of a token endpoint's response.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use crate::description::Text;
use crate::error::{Error, Result};

/// New tokens, as a vendor issued them.
///
/// Vendors that rotate refresh tokens accept the old one only once: a program that keeps
/// credentials must store [`refresh_token`](Self::refresh_token).
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenUpdate {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token, where the vendor rotates it.
    pub refresh_token: Option<SecretString>,
    /// Lifetime of the access token from its issue on, where the vendor states it.
    pub expires_in: Option<Duration>,
    /// Fields of the token response that became configuration, for example `instance_url`.
    pub extracted: BTreeMap<String, String>,
}

impl TokenUpdate {
    /// A new access token of unknown lifetime, for stores and their tests.
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            expires_in: None,
            extracted: BTreeMap::new(),
        }
    }

    /// Adds a refresh token.
    #[must_use]
    pub fn refresh_token(mut self, token: impl Into<SecretString>) -> Self {
        self.refresh_token = Some(token.into());
        self
    }
}

impl fmt::Debug for TokenUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenUpdate")
            .field("rotates", &self.refresh_token.is_some())
            .field("expires_in", &self.expires_in)
            .field("extracted", &self.extracted)
            .finish_non_exhaustive()
    }
}

/// Reads a token response.
pub(crate) fn read_answer(extract: &[Text], body: &[u8]) -> Result<TokenUpdate> {
    let unreadable =
        || Error::authentication("the token endpoint's response holds no access token");
    let answer: Value = serde_json::from_slice(body).map_err(|_| {
        let is_page = body.trim_ascii_start().starts_with(b"<");
        let what = if is_page { "a page (HTML), such as one for a sign-in," } else { "no JSON" };
        let message =
            format!("the token endpoint sent {what} in place of a token; check its address");
        Error::authentication(message)
    })?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let access_token = text("access_token").ok_or_else(unreadable)?;
    let seconds = answer.get("expires_in").and_then(|value| {
        value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    });
    let mut extracted = BTreeMap::new();
    for name in extract {
        match answer.get(name.as_ref()) {
            None | Some(Value::Null) => {}
            Some(Value::String(value)) => {
                extracted.insert(name.to_string(), value.clone());
            }
            Some(value) => {
                extracted.insert(name.to_string(), value.to_string());
            }
        }
    }
    Ok(TokenUpdate {
        access_token: access_token.into(),
        refresh_token: text("refresh_token").map(SecretString::from),
        expires_in: seconds.map(Duration::from_secs),
        extracted,
    })
}
