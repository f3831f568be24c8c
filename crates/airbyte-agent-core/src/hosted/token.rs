//! The platform's token: kept until shortly before its end, asked for once by many.

use std::future::Future;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::{Error, Result};

/// How long before its end a token is replaced.
const MARGIN: Duration = Duration::from_secs(60);
/// Lifetime when the platform does not say.
const LIFETIME: u64 = 900;

/// A token as it was issued.
pub(super) struct Issued {
    pub(super) text: SecretString,
    pub(super) lifetime: Duration,
}

impl Issued {
    /// Reads the token endpoint's answer.
    pub(super) fn read(answer: &Value) -> Result<Self> {
        let text = answer.get("access_token").and_then(Value::as_str).ok_or_else(|| {
            Error::decode("platform token: the platform's answer has no 'access_token'")
        })?;
        let lifetime = answer.get("expires_in").and_then(Value::as_u64).unwrap_or(LIFETIME);
        Ok(Self { text: text.into(), lifetime: Duration::from_secs(lifetime) })
    }
}

/// Keeps one token.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Option<Kept>>);

struct Kept {
    text: SecretString,
    until: Instant,
}

impl Tokens {
    /// The current token, or one that `issue` gives. `refused` is one that the platform no longer
    /// accepts; it is replaced unless somebody did so meanwhile.
    pub(super) async fn get<F>(
        &self,
        refused: Option<&SecretString>,
        issue: impl FnOnce() -> F,
    ) -> Result<SecretString>
    where
        F: Future<Output = Result<Issued>>,
    {
        let mut kept = self.0.lock().await;
        if let Some(token) = &*kept {
            let is_refused = refused
                .is_some_and(|refused| refused.expose_secret() == token.text.expose_secret());
            if !is_refused && Instant::now() < token.until {
                return Ok(token.text.clone());
            }
        }
        let issued = issue().await?;
        let usable = issued.lifetime.saturating_sub(MARGIN);
        let until = Instant::now() + usable;
        let text = issued.text.clone();
        *kept = Some(Kept { text: issued.text, until });
        Ok(text)
    }
}
