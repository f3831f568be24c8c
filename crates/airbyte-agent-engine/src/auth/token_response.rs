//! What a token endpoint responds: tokens, or why there are none.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::reply::{is_limit, vendor_message};

/// The response of a token endpoint, after all attempts.
pub(crate) struct TokenResponse {
    pub(crate) status: u16,
    /// How long the vendor asks the client to wait.
    pub(crate) wait: Option<Duration>,
    pub(crate) body: Bytes,
}

impl TokenResponse {
    /// Fails unless the response may contain tokens. `endpoint` names the endpoint in messages, and
    /// `doing` says what the request was for, such as `renew the token`. `again` says what the user
    /// can do after a refusal.
    ///
    /// # Errors
    ///
    /// `RateLimited` and `Vendor` for a temporary failure, `Authentication` for a refusal.
    pub(crate) fn check(
        &self,
        (endpoint, doing, again): (&str, &str, &str),
        clean: &dyn Fn(&str) -> String,
    ) -> Result<()> {
        if let Some(error) = self.passing(endpoint, clean) {
            return Err(error);
        }
        let is_success = (200..300).contains(&self.status);
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let holds = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
        // Some vendors report a refusal with a success status.
        let refuses =
            holds("error") || body.get("ok").or(body.get("success")) == Some(&false.into());
        if is_success && (holds("access_token") || !refuses) {
            return Ok(());
        }
        let said = self.said(clean);
        let status = self.status;
        if (300..400).contains(&status) {
            let message =
                format!("{endpoint} sent a redirect (HTTP {status}), which is not followed");
            return Err(Error::new(ErrorKind::Vendor, message).with_status(status));
        }
        let message = format!("{endpoint} refused to {doing} (HTTP {status}){said}; {again}");
        Err(Error::authentication(message).with_status(status))
    }

    /// The error of a temporary failure, which says nothing about the credentials.
    pub(crate) fn passing(&self, endpoint: &str, clean: &dyn Fn(&str) -> String) -> Option<Error> {
        let (status, wait, said) = (self.status, self.wait, self.said(clean));
        let is_limited = status == 429 || (status == 403 && (wait.is_some() || is_limit(&said)));
        let error = if is_limited {
            let when = wait.map(|wait| format!("; try again in {} s", wait.as_secs().max(1)));
            let when = when.unwrap_or_default();
            let message = format!("{endpoint} asks to slow down (HTTP {status}){said}{when}");
            Error::new(ErrorKind::RateLimited, message)
        } else if status >= 500 || status == 408 {
            let message = format!("{endpoint} failed (HTTP {status}){said}");
            Error::new(ErrorKind::Vendor, message).with_retryable(true)
        } else {
            return None;
        };
        let text = said.trim_start_matches(": ");
        Some(error.with_status(status).with_retry_after(wait).with_vendor_text(text))
    }

    fn said(&self, clean: &dyn Fn(&str) -> String) -> String {
        let text = String::from_utf8_lossy(&self.body);
        vendor_message(&text, clean).map(|message| format!(": {message}")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_told_as_what_it_is() {
        use ErrorKind::{Authentication, RateLimited, Vendor};
        let limited = r#"{"error": "rate limit exceeded"}"#;
        for (status, wait, body, expected) in [
            (200, None, r#"{"access_token": "a"}"#, None),
            // A success is left to the function that reads the tokens.
            (200, None, "{}", None),
            (
                200,
                None,
                r#"{"error": "invalid_grant", "error_description": "expired"}"#,
                Some((Authentication, "expired", false)),
            ),
            (
                200,
                None,
                r#"{"ok": false, "error": "invalid_refresh_token"}"#,
                Some((Authentication, "invalid_refresh_token", false)),
            ),
            (
                400,
                None,
                r#"{"error": "invalid_grant", "error_description": "revoked"}"#,
                Some((Authentication, "revoked", false)),
            ),
            (401, None, "", Some((Authentication, "sign in again", false))),
            (429, Some(7), limited, Some((RateLimited, "try again in 7 s", true))),
            (403, None, limited, Some((RateLimited, "slow down", true))),
            (403, None, "{}", Some((Authentication, "refused to renew", false))),
            (500, None, "<title>oops</title>", Some((Vendor, "failed (HTTP 500): oops", true))),
            (503, Some(3), "", Some((Vendor, "failed (HTTP 503)", true))),
            (302, None, "", Some((Vendor, "not followed", false))),
        ] {
            let wait = wait.map(Duration::from_secs);
            let response = TokenResponse { status, wait, body: Bytes::from(body) };
            let words = ("the token endpoint", "renew the token", "sign in again");
            let error = response.check(words, &str::to_owned).err();
            let Some((kind, part, retryable)) = expected else {
                assert!(error.is_none(), "{status} {body}");
                continue;
            };
            let error = error.unwrap();
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{error}");
            assert_eq!((error.status(), error.retry_after()), (Some(status), wait));
            assert!(error.message().contains(part), "{error}");
            assert_eq!(
                error.message().contains("sign in again"),
                kind == Authentication,
                "{error}"
            );
        }
    }
}
