//! Exchanges a code for tokens: the request to the token endpoint, and its response.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{Authorization, Code};
use crate::auth::{TokenRequest, TokenResponse, TokenUpdate, read_answer};
use crate::description::{RefreshStyle, RetryPolicy};
use crate::error::{Error, Result};
use crate::reply::vendor_message;
use crate::retry::Budget;
use crate::wire::Network;

/// Longest wait for the token endpoint.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

impl Authorization {
    /// Exchanges the code for tokens.
    ///
    /// # Errors
    ///
    /// `Authentication` when the vendor refuses, `Network` when it does not answer.
    pub async fn exchange(&self, code: Code) -> Result<TokenUpdate> {
        let request = self.request(&code);
        let network = Network::new(self.app.http.clone(), self.via.clone());
        let outgoing = request.outgoing(READ_TIMEOUT)?;
        let patience = (&RetryPolicy::STANDARD, &Budget::default());
        let response = network.ask_for_token(&outgoing, patience, &self.redactor).await?;
        let host = self.token_url.host_str().unwrap_or_default();
        let endpoint = format!("the token endpoint at {host}");
        let clean = |text: &str| self.redactor.clean(text);
        if let Some(error) = response.passing(&endpoint, &clean) {
            return Err(error);
        }
        let TokenResponse { status, body, .. } = response;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let text = |name: &str| answer.as_ref()?.get(name)?.as_str();
        // Some vendors report a refusal with a success status.
        let is_refusal = !(200..300).contains(&status) || text("access_token").is_none();
        if is_refusal && let Some(error) = text("error") {
            let refused = self.refused(error, text("error_description"));
            return Err(refused.with_status(status));
        }
        if !(200..300).contains(&status) {
            let said = vendor_message(&String::from_utf8_lossy(&body), &clean);
            let said = said.unwrap_or_else(|| "it gave no reason".to_owned());
            let message = format!("{endpoint} refused the code (HTTP {status}): {said}");
            return Err(Error::authentication(message).with_status(status));
        }
        read_answer(&self.extract, &body)
    }

    fn request(&self, code: &Code) -> TokenRequest {
        let mut fields = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.0.expose_secret().to_owned()),
            ("redirect_uri".to_owned(), self.app.redirect_uri.clone()),
            ("code_verifier".to_owned(), self.verifier.expose_secret().to_owned()),
        ];
        let secret = self.app.client_secret.as_ref().map(SecretString::expose_secret);
        let id = self.app.client_id.as_str();
        let mut basic = None;
        match (self.style, secret) {
            (RefreshStyle::Basic, Some(secret)) => basic = Some((id, secret)),
            (RefreshStyle::Body, Some(secret)) => {
                fields.push(("client_id".to_owned(), id.to_owned()));
                fields.push(("client_secret".to_owned(), secret.to_owned()));
            }
            // A public application has no secret. It sends its id, and the verifier proves that it
            // began the sign-in.
            (_, None) | (RefreshStyle::None, _) => {
                fields.push(("client_id".to_owned(), id.to_owned()));
            }
        }
        TokenRequest::new(self.token_url.clone(), fields, basic, self.format)
    }
}
