//! A code becomes tokens: what is sent to the token endpoint, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

use super::{Authorization, Code};
use crate::auth::{TokenUpdate, read_answer};
use crate::description::{RefreshFormat, RefreshStyle};
use crate::error::{Error, Result};
use crate::http::{DefaultClient, HttpRequest, through};
use crate::request::encode_pairs;

/// Longest wait for the token endpoint.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest token answer.
const LARGEST_ANSWER: usize = 1024 * 1024;

impl Authorization {
    /// Exchanges the code for tokens.
    ///
    /// # Errors
    ///
    /// `Authentication` when the vendor refuses, `Network` when it does not answer.
    pub async fn exchange(&self, code: Code) -> Result<TokenUpdate> {
        let request = self.request(&code)?;
        let host = self.token_url.host_str().unwrap_or_default();
        let http = self.app.http.clone().unwrap_or_else(|| Arc::new(DefaultClient::default()));
        let response = http.send(request).await.map_err(|failure| {
            let message = self.redactor.clean(&failure.message);
            Error::network(format!("no answer from the token endpoint at {host}: {message}"))
        })?;
        let status = response.status;
        let body = response.bytes(LARGEST_ANSWER).await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let text = |name: &str| answer.as_ref()?.get(name)?.as_str();
        // Some vendors refuse with a success.
        let is_refusal = !(200..300).contains(&status) || text("access_token").is_none();
        if is_refusal && let Some(error) = text("error") {
            let refused = self.refused(error, text("error_description"));
            return Err(refused.with_status(status));
        }
        if !(200..300).contains(&status) {
            let said = self.tidy(&String::from_utf8_lossy(&body));
            let message = format!("the token endpoint at {host} refused the code: {said}");
            return Err(Error::authentication(message).with_status(status));
        }
        read_answer(&self.extract, &body)
    }

    fn request(&self, code: &Code) -> Result<HttpRequest> {
        let mut fields = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.0.expose_secret().to_owned()),
            ("redirect_uri".to_owned(), self.app.redirect_uri.clone()),
            ("code_verifier".to_owned(), self.verifier.expose_secret().to_owned()),
        ];
        let mut headers = HeaderMap::new();
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
        let secret = self.app.client_secret.as_ref().map(SecretString::expose_secret);
        let id = self.app.client_id.clone();
        match (self.style, secret) {
            (RefreshStyle::Basic, Some(secret)) => {
                let value = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
                let mut value = HeaderValue::from_str(&value)
                    .map_err(|_| Error::internal("the client cannot be written as a header"))?;
                value.set_sensitive(true);
                headers.insert(http::header::AUTHORIZATION, value);
            }
            (RefreshStyle::Body, Some(secret)) => {
                fields.push(("client_id".to_owned(), id));
                fields.push(("client_secret".to_owned(), secret.to_owned()));
            }
            // A public application says who it is, and proves by the verifier that it began.
            (_, None) | (RefreshStyle::None, _) => fields.push(("client_id".to_owned(), id)),
        }
        let (content_type, body) = match self.format {
            RefreshFormat::Form => ("application/x-www-form-urlencoded", encode_pairs(&fields)),
            RefreshFormat::Json => {
                let object: Map<String, Value> =
                    fields.into_iter().map(|(name, value)| (name, json!(value))).collect();
                ("application/json", Value::Object(object).to_string())
            }
        };
        headers.insert(
            HeaderName::from_static("content-type"),
            HeaderValue::from_static(content_type),
        );
        let mut url = self.token_url.clone();
        if let Some(via) = &self.via {
            url = through(via, &url, &mut headers)?;
        }
        Ok(HttpRequest {
            method: Method::POST,
            url,
            headers,
            body: body.into(),
            read_timeout: READ_TIMEOUT,
            public_only: false,
            asks_for_token: true,
        })
    }
}
