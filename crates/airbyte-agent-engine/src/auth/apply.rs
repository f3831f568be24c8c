//! Adds credentials to a request.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use crate::description::{ApiKeyLocation, AuthKind, AuthScheme};
use crate::error::{Error, Result};

/// What authentication adds to a request.
#[derive(Default)]
pub(crate) struct Credential {
    /// Headers; they replace those of the same name.
    pub(crate) headers: Vec<(String, SecretString)>,
    /// Query parameters.
    pub(crate) query: Vec<(String, SecretString)>,
}

/// Computes what the scheme adds. `access_token` is the current one of an OAuth account.
pub(crate) fn apply(
    scheme: &AuthScheme,
    secrets: &BTreeMap<String, SecretString>,
    access_token: Option<&str>,
) -> Result<Credential> {
    let secret = |name: &str| {
        let value = secrets.get(name).map(ExposeSecret::expose_secret);
        value.filter(|text| !text.is_empty()).ok_or_else(|| {
            Error::authentication(format!("{}: the credential '{name}' is missing", scheme.name))
        })
    };
    let mut credential = Credential::default();
    match &scheme.kind {
        AuthKind::Bearer => {
            let value = format!("Bearer {}", secret("token")?);
            credential.headers.push(("authorization".to_owned(), value.into()));
        }
        AuthKind::Basic => {
            for name in ["username", "password"] {
                if !secrets.contains_key(name) {
                    let scheme = &scheme.name;
                    let message = format!("{scheme}: the credential for '{name}' is missing");
                    return Err(Error::authentication(message));
                }
            }
            let value = format!("Basic {}", basic(secrets));
            credential.headers.push(("authorization".to_owned(), value.into()));
        }
        AuthKind::ApiKey { location, name } => {
            let value = secret("api_key")?;
            match location {
                ApiKeyLocation::Header => {
                    credential.headers.push((name.to_string(), value.into()));
                }
                ApiKeyLocation::Query => credential.query.push((name.to_string(), value.into())),
                ApiKeyLocation::Cookie => {
                    let value = format!("{name}={value}");
                    credential.headers.push(("cookie".to_owned(), value.into()));
                }
            }
        }
        AuthKind::OAuth2 { header, prefix } => {
            let token = match access_token {
                Some(token) => token,
                None => secret("access_token")?,
            };
            let value =
                if prefix.is_empty() { token.to_owned() } else { format!("{prefix} {token}") };
            credential.headers.push((header.to_string(), value.into()));
        }
    }
    for header in scheme.headers.iter() {
        let value = header.value.render(|name| {
            let current = access_token.filter(|_| name == "access_token");
            let known = secrets.get(name).map(ExposeSecret::expose_secret);
            Ok::<_, Error>(current.or(known).unwrap_or_default().to_owned())
        })?;
        credential.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(&header.name));
        credential.headers.push((header.name.to_string(), value.into()));
    }
    for (name, value) in &credential.headers {
        if value.expose_secret().chars().any(char::is_control) {
            return Err(Error::authentication(format!(
                "{}: the credential for header '{name}' holds a line break or another control \
                 character",
                scheme.name
            )));
        }
    }
    Ok(credential)
}

/// `base64(username:password)`.
pub(super) fn basic(secrets: &BTreeMap<String, SecretString>) -> String {
    let part = |name: &str| secrets.get(name).map(ExposeSecret::expose_secret).unwrap_or_default();
    STANDARD.encode(format!("{}:{}", part("username"), part("password")))
}
