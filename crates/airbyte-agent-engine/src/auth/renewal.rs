//! Renewing access tokens.
//!
//! However many requests find a token expired, only one of them asks for a new one. The renewal runs on a task of its
//! own, so that a cancelled call never loses a rotating refresh token. A refusal is remembered for a while instead of
//! asking again.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Account;
use super::oauth2::{TokenUpdate, read_answer};
use super::token_request::{TokenRequest, token_request};
use super::token_response::TokenResponse;
use super::token_store::{StoredTokens, TokenStore};
use crate::description::{Connector, Refresh, RefreshGrant};
use crate::error::{Error, ErrorKind, Result};
use crate::http::BoxFuture;
use crate::renewals::{self, UnderWay};
use crate::secret::Redactor;
use crate::single_flight::SingleFlight;

/// How long the token endpoint is not asked again after a refusal.
const COOLDOWN: Duration = Duration::from_secs(30);

/// The number of the [`Renewal`] that was made last in this process.
static LAST: AtomicUsize = AtomicUsize::new(0);

/// How long before its expiry a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// The tokens of one account, and what is needed to renew them.
#[derive(Clone)]
pub(crate) struct Renewal {
    state: SingleFlight<State>,
    /// Tokens that the vendor has issued and that could not be stored yet.
    unsaved: Arc<Mutex<Option<Unsaved>>>,
    /// Distinguishes the tokens of this account from those of others in this process.
    number: usize,
}

#[derive(Clone, Default)]
struct State {
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    /// Counts renewals, so that a call that gets a 401 late can tell that its token has been replaced already.
    generation: u64,
    renew_at: Option<Instant>,
    extracted: BTreeMap<String, String>,
    /// Whether the store, where there is one, has been read.
    is_loaded: bool,
}

/// New tokens that are still to be written to the store.
#[derive(Clone)]
struct Unsaved {
    update: TokenUpdate,
    issued: Instant,
    /// The tokens as they are to be stored.
    tokens: StoredTokens,
    /// What the store contained when the tokens were issued.
    replaced: StoredTokens,
}

impl Unsaved {
    fn new(update: TokenUpdate, replaced: StoredTokens) -> Self {
        let tokens = replaced.clone().renewed(&update);
        Self { update, issued: Instant::now(), tokens, replaced }
    }

    /// The update, with the remaining lifetime of its token.
    fn into_update(self) -> TokenUpdate {
        let left = |lifetime: Duration| lifetime.saturating_sub(self.issued.elapsed());
        TokenUpdate { expires_in: self.update.expires_in.map(left), ..self.update }
    }
}

/// The access token that is current at a moment.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) access_token: Option<SecretString>,
    pub(crate) generation: u64,
    pub(crate) extracted: BTreeMap<String, String>,
}

impl Renewal {
    /// The renewal of an account's tokens. It begins with the tokens that the user gave.
    pub(crate) fn new(account: &Account) -> Self {
        let secret = |name: &str| account.secret(name).map(SecretString::from);
        let state = State {
            access_token: secret("access_token"),
            refresh_token: secret("refresh_token"),
            ..State::default()
        };
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        Self { state: SingleFlight::with(state), unsaved: Arc::default(), number }
    }

    /// The current token, and whether it has to be renewed. Waits for a renewal that is under way, and before the first
    /// call for the store.
    ///
    /// # Errors
    ///
    /// The error with which the store fails.
    pub(crate) async fn current(
        &self,
        needs_extracted: bool,
        context: &Arc<RenewalContext>,
    ) -> Result<(Token, bool)> {
        if !self.state().is_loaded {
            self.load(Arc::clone(context)).await?;
        }
        self.state.settled().await;
        let state = self.state();
        let due = state.access_token.is_none()
            || (needs_extracted && state.generation == 0 && state.extracted.is_empty())
            || state.renew_at.is_some_and(|at| Instant::now() >= at);
        Ok((state.into_token(), due))
    }

    /// Reads the store before the first call. Tokens in the store take precedence over those that the user gave.
    async fn load(&self, context: Arc<RenewalContext>) -> Result<()> {
        let renewal = self.clone();
        let fetch = move || async move {
            let mut state = renewal.state();
            if let Some(store) = &context.store {
                let stored = store.load().await.map_err(|error| context.unreadable(error))?;
                state.begin_with(stored);
                context.learn(&state);
            }
            state.is_loaded = true;
            Ok(state)
        };
        self.state.get(|state| state.is_loaded, fetch).await.map(drop)
    }

    /// Renews the token, unless another call has renewed it since `seen` was current.
    ///
    /// `send` sends a token request and returns the response.
    pub(crate) async fn renew<S, F>(
        &self,
        seen: u64,
        context: Arc<RenewalContext>,
        send: S,
    ) -> Result<Token>
    where
        S: FnOnce(TokenRequest) -> F + Send + 'static,
        F: Future<Output = Result<TokenResponse>> + Send + 'static,
    {
        let is_newer = move |state: &State| state.generation != seen;
        let renewal = self.clone();
        let fetch = move || async move {
            let mut state = renewal.state();
            let mut stored = StoredTokens::default();
            let mut lock = None;
            if let Some(store) = &context.store {
                lock = Some(store.lock().await.map_err(|error| context.unreadable(error))?);
                stored = store.load().await.map_err(|error| context.unreadable(error))?;
            }
            if let Some(unsaved) = renewal.unsaved(&stored) {
                let is_stored = unsaved.tokens.has_same_tokens(&stored);
                stored = unsaved.tokens.clone();
                state.accept(renewal.save(&context, unsaved, is_stored).await?);
                if state.renew_at.is_none_or(|at| Instant::now() < at) {
                    return Ok(state);
                }
            } else if state.adopt(stored.clone()) {
                context.learn(&state);
                return Ok(state);
            }
            // From here on the refresh token that is stored may be worth nothing.
            let under_way = UnderWay::begin();
            let update = context.request(&state, send).await?;
            context.learn_update(&update);
            renewal.note_unstorable(&context, &state, &update);
            state.accept(renewal.save(&context, Unsaved::new(update, stored), false).await?);
            drop((lock, under_way));
            Ok(state)
        };
        self.state.get_with_cooldown(is_newer, cooldown, fetch).await.map(State::into_token)
    }

    /// Stores new tokens and returns the token to continue with. The tokens are kept in memory until they are stored,
    /// even if storing fails. `is_stored` says that the store contains them already, so that only the user has to be
    /// told.
    async fn save(
        &self,
        context: &RenewalContext,
        unsaved: Unsaved,
        is_stored: bool,
    ) -> Result<TokenUpdate> {
        *self.lock_unsaved() = Some(unsaved.clone());
        let saved = context.save(&unsaved, is_stored).await;
        saved.inspect_err(|error| renewals::note_unsaved(self.number, error.clone()))?;
        *self.lock_unsaved() = None;
        if context.keeps_tokens() {
            renewals::note_saved(self.number);
        }
        Ok(unsaved.into_update())
    }

    /// Writes to the log that a new refresh token will be lost, if there is neither a store nor a callback of the user.
    fn note_unstorable(&self, context: &RenewalContext, state: &State, update: &TokenUpdate) {
        let is_new = text(update.refresh_token.as_ref())
            .is_some_and(|new| text(state.refresh_token.as_ref()) != Some(new));
        if !is_new || context.keeps_tokens() {
            return;
        }
        let error = Error::new(
            ErrorKind::Storage,
            format!(
                "{} has issued a new refresh token, and the one that was given may no longer be \
                 accepted. There is no store for the new one: it is lost when the process ends",
                context.vendor
            ),
        );
        tracing::warn!("{error}");
        renewals::note_unsaved(self.number, error);
    }

    /// Tokens that were issued and are not stored yet. Those that another process has replaced in the store by newer
    /// ones are forgotten.
    fn unsaved(&self, stored: &StoredTokens) -> Option<Unsaved> {
        let mut unsaved = self.lock_unsaved();
        // The store may contain them although it reported a failure, or although the callback failed afterwards.
        let is_replaced = unsaved.as_ref().is_some_and(|unsaved| {
            !unsaved.replaced.has_same_tokens(stored) && !unsaved.tokens.has_same_tokens(stored)
        });
        if is_replaced {
            *unsaved = None;
            renewals::note_saved(self.number);
        }
        unsaved.clone()
    }

    fn lock_unsaved(&self) -> MutexGuard<'_, Option<Unsaved>> {
        // The value is only ever replaced as a whole, so it is intact even if a thread panicked while it held the lock.
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> State {
        self.state.peek(State::clone).unwrap_or_default()
    }
}

/// How long a failed renewal is not repeated: a refusal of the vendor would come again. Other failures may end at any
/// moment.
fn cooldown(error: &Error) -> Duration {
    let is_refusal = error.kind() == ErrorKind::Authentication
        && error.status().is_some_and(|status| status < 500 && status != 429);
    if is_refusal { COOLDOWN } else { Duration::ZERO }
}

/// The text of a token, for comparing tokens.
fn text(token: Option<&SecretString>) -> Option<&str> {
    token.map(ExposeSecret::expose_secret)
}

impl State {
    fn into_token(self) -> Token {
        let Self { access_token, generation, extracted, .. } = self;
        Token { access_token, generation, extracted }
    }

    /// Takes what was stored before the first call.
    fn begin_with(&mut self, stored: StoredTokens) {
        self.renew_at = stored.renew_at();
        self.access_token = stored.access_token.or(self.access_token.take());
        self.refresh_token = stored.refresh_token.or(self.refresh_token.take());
        self.extracted = stored.extracted;
    }

    /// Takes tokens that another process stored. Says whether their access token is newer than ours and still valid.
    fn adopt(&mut self, stored: StoredTokens) -> bool {
        let renew_at = stored.renew_at();
        let is_newer = stored.access_token.is_some()
            && text(stored.access_token.as_ref()) != text(self.access_token.as_ref())
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
            // If the lifetime is shorter than the margin, every call would renew the token.
            let usable = lifetime.checked_sub(MARGIN).unwrap_or(lifetime);
            Instant::now().checked_add(usable)
        });
        self.extracted.extend(update.extracted);
        self.generation += 1;
    }
}

impl StoredTokens {
    /// The time at which the access token is to be renewed.
    fn renew_at(&self) -> Option<Instant> {
        let left = self.expires_at?.duration_since(SystemTime::now()).unwrap_or_default();
        Instant::now().checked_add(left.saturating_sub(MARGIN))
    }

    fn has_same_tokens(&self, other: &Self) -> bool {
        text(self.access_token.as_ref()) == text(other.access_token.as_ref())
            && text(self.refresh_token.as_ref()) == text(other.refresh_token.as_ref())
    }
}

/// A callback of the user, which is called with new tokens before they are used, and may fail.
pub(crate) type Announce = dyn Fn(TokenUpdate) -> BoxFuture<'static, Result<()>> + Send + Sync;

/// What a renewal needs in addition to the tokens.
pub(crate) struct RenewalContext {
    /// The name of the vendor that issues the tokens, for messages: `GitHub`.
    pub(crate) vendor: String,
    pub(crate) refresh: Refresh,
    pub(crate) account: Account,
    pub(crate) config: Map<String, Value>,
    pub(crate) announce: Option<Arc<Announce>>,
    pub(crate) store: Option<Arc<dyn TokenStore>>,
    pub(crate) redactor: Redactor,
}

impl RenewalContext {
    /// Requests new tokens from the token endpoint.
    async fn request<S, F>(&self, state: &State, send: S) -> Result<TokenUpdate>
    where
        S: FnOnce(TokenRequest) -> F,
        F: Future<Output = Result<TokenResponse>>,
    {
        let token = text(state.refresh_token.as_ref());
        let request = token_request(&self.refresh, &self.account, token, &self.config)?;
        let request = request.ok_or_else(|| {
            Error::authentication(
                "the access token expired and there is no refresh token to renew it",
            )
        })?;
        let response = send(request).await?;
        let endpoint = format!("the token endpoint of {}", self.vendor);
        let again = match self.refresh.grant {
            RefreshGrant::RefreshToken => "sign in again to get a new refresh token",
            RefreshGrant::JwtBearer | RefreshGrant::ClientCredentials => {
                "check the credentials from which tokens are made"
            }
        };
        let clean = |text: &str| self.redactor.clean(text);
        response.check((&endpoint, "renew the token", again), &clean)?;
        read_answer(&self.refresh.extract, &response.body)
            .map_err(|error| error.context(&self.vendor))
    }

    /// Stores new tokens and calls the callback of the user, before any request uses them.
    async fn save(&self, unsaved: &Unsaved, is_stored: bool) -> Result<()> {
        let Unsaved { update, tokens, .. } = unsaved;
        if let Some(store) = self.store.as_ref().filter(|_| !is_stored) {
            store.save(tokens).await.map_err(|error| self.not_saved(update, error))?;
        }
        if let Some(callback) = &self.announce {
            callback(update.clone()).await.map_err(|error| self.not_saved(update, error))?;
        }
        Ok(())
    }

    /// Whether new tokens are stored or handed to a callback.
    fn keeps_tokens(&self) -> bool {
        self.store.is_some() || self.announce.is_some()
    }

    /// The error if tokens could not be stored. It says what happens to them.
    fn not_saved(&self, update: &TokenUpdate, cause: Error) -> Error {
        let cause = cause.cleaned(|text| self.redactor.clean(text));
        let what = if update.refresh_token.is_some() {
            "a new refresh token, which may be the only one that is still accepted"
        } else {
            "a new access token"
        };
        let message = format!(
            "the new token could not be stored: {cause}. {} has issued {what}. This client keeps \
             it in memory and stores it before the next call; it is lost when the process ends \
             before that",
            self.vendor
        );
        Error::storage(message, cause).with_retryable(true)
    }

    /// The error of a store that could not be read or locked.
    fn unreadable(&self, cause: Error) -> Error {
        let doing = format!("the stored tokens of {} cannot be loaded", self.vendor);
        cause.cleaned(|text| self.redactor.clean(text)).context(&doing)
    }

    /// Registers new tokens with the redactor.
    fn learn_update(&self, update: &TokenUpdate) {
        self.redactor.add(update.access_token.expose_secret());
        if let Some(token) = &update.refresh_token {
            self.redactor.add(token.expose_secret());
        }
    }

    /// Registers tokens from the store with the redactor.
    fn learn(&self, state: &State) {
        for token in [&state.access_token, &state.refresh_token].into_iter().flatten() {
            self.redactor.add(token.expose_secret());
        }
    }

    /// Whether the account has something that can be exchanged for a token.
    pub(crate) fn is_possible(connector: &Connector, account: &Account) -> bool {
        account.scheme(connector).refresh.as_ref().is_some_and(|refresh| match refresh.grant {
            RefreshGrant::RefreshToken => account.secret("refresh_token").is_some(),
            RefreshGrant::JwtBearer => account.secret("credentials_json").is_some(),
            RefreshGrant::ClientCredentials => account.secret("client_secret").is_some(),
        })
    }
}
