//! The platform's token: requested once for many calls, and stored until shortly before it expires.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::single_flight::SingleFlight;

/// How long before its expiry a token is replaced.
const MARGIN: Duration = Duration::from_secs(60);
/// Lifetime of a token when the platform does not state it.
const LIFETIME: Duration = Duration::from_secs(900);
/// How long no further token is requested after a token that replaced a refused one was refused as
/// well.
const COOLDOWN: Duration = Duration::from_secs(30);

/// Keeps the session's token.
#[derive(Default)]
pub(super) struct Tokens(SingleFlight<StoredToken>);

/// A token as it was issued.
#[derive(Clone)]
pub(super) struct StoredToken {
    text: SecretString,
    until: Instant,
    issued: Instant,
    /// Whether it replaced a token that was refused.
    replaces: bool,
    /// Whether the platform has accepted the token.
    accepted: Arc<AtomicBool>,
}

impl StoredToken {
    fn is(&self, token: &SecretString) -> bool {
        self.text.expose_secret() == token.expose_secret()
    }

    /// Reads the token endpoint's response.
    fn read(answer: &Value, replaces: bool) -> Result<Self> {
        let text = answer.get("access_token").and_then(Value::as_str).filter(|t| !t.is_empty());
        let text = text.ok_or_else(|| {
            Error::decode("platform token: the platform's response has no 'access_token'")
        })?;
        let issued = Instant::now();
        let until = issued.checked_add(usable(answer.get("expires_in"))).unwrap_or(issued);
        let accepted = Arc::default();
        Ok(Self { text: text.into(), until, issued, replaces, accepted })
    }
}

/// How long a token is used: until a minute before it expires. A token whose lifetime is no longer
/// than that minute is used for half its lifetime, since otherwise every call would request another
/// one.
fn usable(expires_in: Option<&Value>) -> Duration {
    let seconds = expires_in.and_then(|value| {
        value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
    });
    let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let lifetime = lifetime.unwrap_or(LIFETIME);
    lifetime.checked_sub(MARGIN).filter(|rest| !rest.is_zero()).unwrap_or(lifetime / 2)
}

impl Tokens {
    /// The current token, or one that `issue` returns. `refused` is a token that the platform no
    /// longer accepts; it is replaced unless another call has replaced it already.
    pub(super) async fn get<F>(
        &self,
        refused: Option<&SecretString>,
        issue: impl FnOnce() -> F + Send + 'static,
    ) -> Result<SecretString>
    where
        F: Future<Output = Result<Value>> + Send + 'static,
    {
        let replaces = refused.is_some();
        let refused = refused.cloned();
        let usable = move |stored: &StoredToken| {
            Instant::now() < stored.until && !refused.as_ref().is_some_and(|token| stored.is(token))
        };
        let fetch = move || async move { StoredToken::read(&issue().await?, replaces) };
        self.0.get(usable, fetch).await.map(|stored| stored.text)
    }

    /// Notes that the platform accepted a token.
    pub(super) fn accepted(&self, token: &SecretString) {
        self.0.peek(|stored| {
            if stored.is(token) {
                stored.accepted.store(true, Ordering::Relaxed);
            }
        });
    }

    /// Whether a refused token may be replaced. If a token has just replaced another one and was
    /// never accepted, the token is not the reason of the refusal, and a further one would be
    /// refused as well.
    pub(super) fn may_replace(&self, token: &SecretString) -> bool {
        let is_hopeless = self.0.peek(|stored| {
            stored.is(token)
                && stored.replaces
                && !stored.accepted.load(Ordering::Relaxed)
                && stored.issued.elapsed() < COOLDOWN
        });
        is_hopeless != Some(true)
    }

    /// Drops a refused token, so that the next call requests another one.
    pub(super) fn drop_refused(&self, token: &SecretString) {
        if self.may_replace(token) {
            self.0.forget(|stored| stored.is(token));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_used_until_a_minute_before_its_end() {
        for (expires_in, seconds) in [
            (json!(900), 840),
            (json!("900"), 840),
            (json!(61), 1),
            (json!(60), 30),
            (json!(10), 5),
            (json!(null), 840),
            (json!(-1), 840),
        ] {
            assert_eq!(usable(Some(&expires_in)), Duration::from_secs(seconds), "{expires_in}");
        }
    }
}
