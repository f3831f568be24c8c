//! Renewing access tokens: what came back, and who asks.
//!
//! Renewal is single-flight: however many requests find a token expired, one asks for a new one.
//! It runs on a task of its own, so that a cancelled call never burns a rotating refresh token,
//! and a refusal is remembered for a while instead of being repeated.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Account;
use super::token_request::{TokenRequest, token_request};
use super::token_store::{self, StoredTokens, TokenStore};
use crate::description::{Connector, Refresh, RefreshGrant, Text};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Redactor;
use crate::single_flight::SingleFlight;

/// How long a refusal stands before the token endpoint is asked again.
const COOLDOWN: Duration = Duration::from_secs(30);

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// New tokens, handed to the callback that stores them.
///
/// Vendors with rotating refresh tokens (Gong, `HubSpot` and others) accept the old one only once:
/// whoever keeps credentials must store [`refresh_token`](Self::refresh_token).
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenUpdate {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token, where the vendor rotates it.
    pub refresh_token: Option<SecretString>,
    /// Lifetime of the access token, where the vendor says it.
    pub expires_in: Option<Duration>,
    /// Fields of the token answer that became configuration, for example `instance_url`.
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

/// Reads a token answer.
pub(crate) fn read_answer(extract: &[Text], body: &[u8]) -> Result<TokenUpdate> {
    let unreadable = || Error::authentication("the token endpoint's answer holds no access token");
    let answer: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
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

/// The tokens of one account and the way to renew them.
#[derive(Clone)]
pub(crate) struct Renewal(SingleFlight<State>);

#[derive(Clone, Default)]
struct State {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    /// Counts renewals, so that a late 401 can tell that its token is already replaced.
    generation: u64,
    renew_at: Option<Instant>,
    extracted: BTreeMap<String, String>,
}

/// The access token of a moment.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) access_token: Option<SecretString>,
    pub(crate) generation: u64,
    pub(crate) extracted: BTreeMap<String, String>,
}

impl Renewal {
    /// The tokens the user gave, or newer ones that a store knows.
    pub(crate) fn new(account: &Account, known: StoredTokens) -> Self {
        let secret = |name: &str| account.secret(name).map(SecretString::from);
        Self(SingleFlight::with(State {
            renew_at: known.renew_at(),
            access_token: known.access_token.or_else(|| secret("access_token")),
            refresh_token: known.refresh_token.or_else(|| secret("refresh_token")),
            generation: 0,
            extracted: known.extracted,
        }))
    }

    /// The current token, and whether it is time to renew it. Waits for a renewal that runs.
    pub(crate) async fn current(&self, needs_extracted: bool) -> (Token, bool) {
        self.0.settled().await;
        let state = self.state();
        let due = state.access_token.is_none()
            || (needs_extracted && state.generation == 0 && state.extracted.is_empty())
            || state.renew_at.is_some_and(|at| Instant::now() >= at);
        (state.into_token(), due)
    }

    /// Renews the token, unless somebody did since `seen`.
    ///
    /// `send` performs a token request and gives back status and body.
    pub(crate) async fn renew<S, F>(
        &self,
        seen: u64,
        context: Arc<RenewalContext>,
        send: S,
    ) -> Result<Token>
    where
        S: FnOnce(TokenRequest) -> F + Send + 'static,
        F: Future<Output = Result<(u16, Bytes)>> + Send + 'static,
    {
        let is_newer = move |state: &State| state.generation != seen;
        let renewal = self.clone();
        let fetch = move || async move {
            let mut state = renewal.state();
            let slot = token_store::begin(context.store.as_ref()).await?;
            if let Some(slot) = &slot
                && state.adopt(slot.stored())
            {
                context.learn(&state);
                return Ok(state);
            }
            let update = context.ask(&state, send).await?;
            context.announce(&update);
            token_store::finish(slot, &update).await;
            state.accept(update);
            Ok(state)
        };
        self.0.get_with_cooldown(is_newer, cooldown, fetch).await.map(State::into_token)
    }

    fn state(&self) -> State {
        self.0.peek(State::clone).unwrap_or_default()
    }
}

/// How long a failed renewal is not tried again: the vendor's refusal would be the same. Other
/// failures may pass at any moment.
fn cooldown(error: &Error) -> Duration {
    let is_refusal = error.kind() == ErrorKind::Authentication
        && error.status().is_some_and(|status| (400..500).contains(&status) && status != 429);
    if is_refusal { COOLDOWN } else { Duration::ZERO }
}

impl State {
    fn into_token(self) -> Token {
        let Self { access_token, generation, extracted, .. } = self;
        Token { access_token, generation, extracted }
    }

    /// Takes what another process stored; whether its access token is a newer one that is good.
    fn adopt(&mut self, stored: StoredTokens) -> bool {
        let text = |token: &Option<SecretString>| {
            token.as_ref().map(|token| token.expose_secret().to_owned())
        };
        let renew_at = stored.renew_at();
        let is_newer = stored.access_token.is_some()
            && text(&stored.access_token) != text(&self.access_token)
            && renew_at.is_none_or(|at| Instant::now() < at);
        if stored.refresh_token.is_some() {
            self.refresh_token = stored.refresh_token;
        }
        if is_newer {
            self.access_token = stored.access_token;
            self.renew_at = renew_at;
            self.extracted.extend(stored.extracted);
            self.generation += 1;
        }
        is_newer
    }

    fn accept(&mut self, update: TokenUpdate) {
        self.access_token = Some(update.access_token);
        if let Some(token) = update.refresh_token {
            self.refresh_token = Some(token);
        }
        self.renew_at = update.expires_in.and_then(|lifetime| {
            // A lifetime shorter than the margin would renew on every call.
            let usable = lifetime.checked_sub(MARGIN).unwrap_or(lifetime);
            Instant::now().checked_add(usable)
        });
        self.extracted.extend(update.extracted);
        self.generation += 1;
    }
}

impl StoredTokens {
    /// When the access token is to be renewed.
    fn renew_at(&self) -> Option<Instant> {
        let left = self.expires_at?.duration_since(SystemTime::now()).unwrap_or_default();
        Instant::now().checked_add(left.saturating_sub(MARGIN))
    }
}

/// Is told of new tokens.
pub(crate) type Announce = dyn Fn(&TokenUpdate) + Send + Sync;

/// What renewing needs besides the tokens.
pub(crate) struct RenewalContext {
    pub(crate) refresh: Refresh,
    pub(crate) account: Account,
    pub(crate) config: Map<String, Value>,
    pub(crate) announce: Option<Arc<Announce>>,
    pub(crate) store: Option<Arc<dyn TokenStore>>,
    pub(crate) redactor: Redactor,
}

impl RenewalContext {
    /// Asks the token endpoint.
    async fn ask<S, F>(&self, state: &State, send: S) -> Result<TokenUpdate>
    where
        S: FnOnce(TokenRequest) -> F,
        F: Future<Output = Result<(u16, Bytes)>>,
    {
        let token = state.refresh_token.as_ref().map(ExposeSecret::expose_secret);
        let request = token_request(&self.refresh, &self.account, token, &self.config)?;
        let request = request.ok_or_else(|| {
            Error::authentication(
                "the access token expired and there is no refresh token to renew it",
            )
        })?;
        let (status, body) = send(request).await?;
        if (200..300).contains(&status) {
            return read_answer(&self.refresh.extract, &body);
        }
        let text: String = String::from_utf8_lossy(&body).chars().take(500).collect();
        let text = self.redactor.clean(&text);
        let message = format!("the token endpoint refused to renew the token: {text}");
        Err(Error::authentication(message).with_status(status).with_retryable(status >= 500))
    }

    /// Tells of new tokens before anybody uses them: the redactor first, then the user.
    fn announce(&self, update: &TokenUpdate) {
        self.redactor.add(update.access_token.expose_secret());
        if let Some(token) = &update.refresh_token {
            self.redactor.add(token.expose_secret());
        }
        if let Some(callback) = &self.announce {
            callback(update);
        }
    }

    /// Makes tokens of another process known to the redactor.
    fn learn(&self, state: &State) {
        for token in [&state.access_token, &state.refresh_token].into_iter().flatten() {
            self.redactor.add(token.expose_secret());
        }
    }

    /// Whether there is anything to exchange for a token.
    pub(crate) fn is_possible(connector: &Connector, account: &Account) -> bool {
        account.scheme(connector).refresh.as_ref().is_some_and(|refresh| match refresh.grant {
            RefreshGrant::RefreshToken => account.secret("refresh_token").is_some(),
            RefreshGrant::JwtBearer => account.secret("credentials_json").is_some(),
            RefreshGrant::ClientCredentials => account.secret("client_secret").is_some(),
        })
    }
}
