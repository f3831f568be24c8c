//! The request that is sent to a token endpoint.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};
use url::Url;

use super::{Account, assertion};
use crate::description::{Refresh, RefreshFormat, RefreshGrant, RefreshStyle};
use crate::endpoint::{self, Source};
use crate::error::{Error, Result};
use crate::request::encode_pairs;
use crate::wire::{Outgoing, header};

/// A request to a token endpoint: its address, headers and body.
pub(crate) struct TokenRequest {
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl TokenRequest {
    /// A request with these fields in the body. `basic` are the id and the secret of the
    /// application, if they belong into a header.
    pub(crate) fn new(
        url: Url,
        fields: Vec<(String, String)>,
        basic: Option<(&str, &str)>,
        format: RefreshFormat,
    ) -> Self {
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        if let Some((id, secret)) = basic {
            let value = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
            headers.push(("authorization".to_owned(), value));
        }
        let (content_type, body) = match format {
            RefreshFormat::Form => ("application/x-www-form-urlencoded", encode_pairs(&fields)),
            RefreshFormat::Json => {
                let object: Map<String, Value> =
                    fields.into_iter().map(|(name, value)| (name, json!(value))).collect();
                ("application/json", Value::Object(object).to_string())
            }
        };
        headers.push(("content-type".to_owned(), content_type.to_owned()));
        Self { url, headers, body: body.into() }
    }

    /// The request in the form that the wire sends.
    pub(crate) fn outgoing(self, read_timeout: Duration) -> Result<Outgoing> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let (name, value) = header(name, value, true)?;
            headers.insert(name, value);
        }
        Ok(Outgoing {
            method: Method::POST,
            url: self.url,
            headers,
            body: self.body,
            reads: false,
            repeatable: false,
            what: "the request for a token".to_owned(),
            read_timeout,
            max_attempts: None,
            deadline: None,
            whole: None,
            asks_for_token: true,
            no_redirect: None,
        })
    }
}

/// Builds the request. Returns `Ok(None)` when the account has nothing that can be exchanged for a
/// token.
pub(crate) fn token_request(
    refresh: &Refresh,
    account: &Account,
    refresh_token: Option<&str>,
    config: &Map<String, Value>,
) -> Result<Option<TokenRequest>> {
    let secret = |name: &str| account.secret(name).unwrap_or_default().to_owned();
    let what = "the address of the token endpoint";
    let url = endpoint::fill(what, &refresh.url, |name| {
        let configured =
            config.get(name).and_then(Value::as_str).map(|text| (text, Source::Setting));
        let credential = || account.secret(name).map(|text| (text, Source::Credential));
        let (text, source) = configured
            .or_else(credential)
            .ok_or_else(|| Error::validation(format!("{what} needs the setting '{name}'")))?;
        Ok(endpoint::Value { text: text.to_owned(), source })
    })?
    .url;
    endpoint::with_tls(what, &url)?;
    let mut fields: Vec<(String, String)> = Vec::new();
    match refresh.grant {
        RefreshGrant::RefreshToken => {
            let Some(token) = refresh_token else { return Ok(None) };
            fields.push(("grant_type".to_owned(), "refresh_token".to_owned()));
            fields.push(("refresh_token".to_owned(), token.to_owned()));
        }
        RefreshGrant::JwtBearer => {
            let Some(key) = account.secret("credentials_json") else { return Ok(None) };
            let scopes: Vec<String> = refresh.scopes.iter().map(ToString::to_string).collect();
            let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
            fields.push(("grant_type".to_owned(), grant.to_owned()));
            fields.push(("assertion".to_owned(), assertion::sign(key, &scopes, url.as_str())?));
        }
        RefreshGrant::ClientCredentials => {
            fields.push(("grant_type".to_owned(), "client_credentials".to_owned()));
        }
    }
    for field in refresh.fields.iter() {
        let value = field.value.render(|name| account.secret(name).map(str::to_owned).ok_or(()));
        if let Ok(value) = value {
            fields.push((field.target.to_string(), value));
        }
    }
    let (id, secret) = (secret("client_id"), secret("client_secret"));
    let mut basic = None;
    match refresh.style {
        RefreshStyle::Body if refresh.grant != RefreshGrant::JwtBearer => {
            fields.push(("client_id".to_owned(), id));
            fields.push(("client_secret".to_owned(), secret));
        }
        RefreshStyle::Basic => basic = Some((id.as_str(), secret.as_str())),
        RefreshStyle::Body | RefreshStyle::None => {}
    }
    Ok(Some(TokenRequest::new(url, fields, basic, refresh.format)))
}
