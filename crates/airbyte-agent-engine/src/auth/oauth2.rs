//! Renewing access tokens: what is asked, what came back, and who asks.
//!
//! Renewal is single-flight: however many requests find a token expired, one asks for a new one.
//! It runs on a task of its own, so that a cancelled call never burns a rotating refresh token,
//! and a refusal is remembered for a while instead of being repeated.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::token_store::{self, StoredTokens, TokenStore};
use super::{Account, assertion};
use crate::description::{Connector, Refresh, RefreshFormat, RefreshGrant, RefreshStyle, Text};
use crate::endpoint::{self, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::request::encode_pairs;
use crate::secret::Redactor;

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

/// A request to a token endpoint.
pub(crate) struct TokenRequest {
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// Puts the request together; `Ok(None)` when there is nothing to exchange for a token.
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
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    match refresh.style {
        RefreshStyle::Body if refresh.grant != RefreshGrant::JwtBearer => {
            for name in ["client_id", "client_secret"] {
                fields.push((name.to_owned(), secret(name)));
            }
        }
        RefreshStyle::Basic => {
            let pair = format!("{}:{}", secret("client_id"), secret("client_secret"));
            let value = format!("Basic {}", STANDARD.encode(pair));
            headers.push(("authorization".to_owned(), value));
        }
        RefreshStyle::Body | RefreshStyle::None => {}
    }
    let (content_type, body) = match refresh.format {
        RefreshFormat::Form => ("application/x-www-form-urlencoded", encode_pairs(&fields)),
        RefreshFormat::Json => {
            let object: Map<String, Value> =
                fields.into_iter().map(|(name, value)| (name, json!(value))).collect();
            ("application/json", Value::Object(object).to_string())
        }
    };
    headers.push(("content-type".to_owned(), content_type.to_owned()));
    Ok(Some(TokenRequest { url, headers, body: body.into() }))
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
pub(crate) struct Renewal {
    state: Arc<Mutex<State>>,
}

struct State {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    /// Counts renewals, so that a late 401 can tell that its token is already replaced.
    generation: u64,
    renew_at: Option<Instant>,
    extracted: BTreeMap<String, String>,
    refusal: Option<(Instant, Option<u16>, String)>,
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
        let state = State {
            renew_at: known.renew_at(),
            access_token: known.access_token.or_else(|| secret("access_token")),
            refresh_token: known.refresh_token.or_else(|| secret("refresh_token")),
            generation: 0,
            extracted: known.extracted,
            refusal: None,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// The current token, and whether it is time to renew it.
    pub(crate) async fn current(&self, needs_extracted: bool) -> (Token, bool) {
        let state = self.state.lock().await;
        let due = state.access_token.is_none()
            || (needs_extracted && state.generation == 0 && state.extracted.is_empty())
            || state.renew_at.is_some_and(|at| Instant::now() >= at);
        (state.token(), due)
    }

    /// Renews the token, unless somebody did since `seen`.
    ///
    /// `send` performs a token request and gives back status and body. `renewed` is told of new
    /// tokens before anybody uses them.
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
        let state = Arc::clone(&self.state);
        let task = tokio::spawn(async move {
            let mut state = state.lock().await;
            if state.generation != seen {
                return Ok(state.token());
            }
            if let Some((since, status, message)) = &state.refusal
                && since.elapsed() < COOLDOWN
            {
                return Err(refused(*status, message.clone()));
            }
            let slot = token_store::begin(context.store.as_ref()).await?;
            if let Some(slot) = &slot
                && state.adopt(slot.stored())
            {
                context.learn(&state);
                return Ok(state.token());
            }
            let token = state.refresh_token.as_ref().map(ExposeSecret::expose_secret);
            let request =
                token_request(&context.refresh, &context.account, token, &context.config)?;
            let Some(request) = request else {
                return Err(Error::authentication(
                    "the access token expired and there is no refresh token to renew it",
                ));
            };
            let (status, body) = send(request).await?;
            if !(200..300).contains(&status) {
                let text: String = String::from_utf8_lossy(&body).chars().take(500).collect();
                let text = context.redactor.clean(&text);
                let message = format!("the token endpoint refused to renew the token: {text}");
                if (400..500).contains(&status) && status != 429 {
                    state.refusal = Some((Instant::now(), Some(status), message.clone()));
                }
                return Err(refused(Some(status), message));
            }
            let update = read_answer(&context.refresh.extract, &body)?;
            context.announce(&update);
            token_store::finish(slot, &update).await;
            state.accept(update);
            Ok(state.token())
        });
        task.await.map_err(|_| Error::internal("the task that renews the token was stopped"))?
    }
}

fn refused(status: Option<u16>, message: String) -> Error {
    let retryable = status.is_some_and(|status| status >= 500);
    let error = Error::new(ErrorKind::Authentication, message).with_retryable(retryable);
    match status {
        Some(status) => error.with_status(status),
        None => error,
    }
}

impl State {
    fn token(&self) -> Token {
        Token {
            access_token: self.access_token.clone(),
            generation: self.generation,
            extracted: self.extracted.clone(),
        }
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
            self.refusal = None;
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
        self.refusal = None;
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
