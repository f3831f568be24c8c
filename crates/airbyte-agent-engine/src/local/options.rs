//! How to reach a vendor directly.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::auth::{Announce, Credentials, TokenStore, TokenUpdate};
use crate::description::RetryPolicy;
use crate::error::Result;
use crate::http::{HttpClient, shown};
use crate::local_store::{LocalStore, Source};
use crate::secret::Redactor;

/// Straight to the vendor, with the user's credentials.
///
/// ```
/// use airbyte_agent_engine::{Credentials, Local};
/// use std::time::Duration;
///
/// let local = Local::new(Credentials::new().field("api_token", "…").field("email", "a@b.c"))
///     .config("subdomain", "acme")
///     .timeout(Duration::from_secs(20));
/// ```
///
/// `A` is the type of the credentials. A generated connector takes options with credentials of its
/// own types only (see [`AuthFor`](crate::AuthFor)); `Local` without a parameter holds
/// [`Credentials`], of which it shows at run time whose they are.
pub struct Local<A = Credentials> {
    pub(crate) options: Options,
    auth: PhantomData<fn() -> A>,
}

/// What [`Local`] holds, whatever the type of its credentials.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) credentials: Credentials,
    pub(crate) config: Map<String, Value>,
    pub(crate) via: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) on_token_refresh: Option<Arc<Announce>>,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    pub(crate) private_hosts: bool,
    pub(crate) max_answer_bytes: usize,
    pub(crate) max_held_bytes: usize,
    pub(crate) local_store: Option<Source>,
    /// Knows the secrets that must not appear in texts; shared with whoever made the options.
    pub(crate) redactor: Redactor,
}

impl<A: Into<Credentials>> Local<A> {
    /// These credentials, and otherwise what suits most.
    pub fn new(credentials: A) -> Self {
        Self::of(Options {
            credentials: credentials.into(),
            config: Map::new(),
            via: None,
            timeout: Duration::from_secs(120),
            read_timeout: Duration::from_secs(30),
            retry: None,
            max_attempts: None,
            on_token_refresh: None,
            token_store: None,
            http: None,
            private_hosts: false,
            max_answer_bytes: 64 * 1024 * 1024,
            max_held_bytes: 1024 * 1024 * 1024,
            local_store: None,
            redactor: Redactor::default(),
        })
    }
}

impl<A> Local<A> {
    const fn of(options: Options) -> Self {
        Self { options, auth: PhantomData }
    }

    /// Replaces the credentials, and with them the type of credentials that these options hold.
    #[must_use]
    pub fn credentials<B: Into<Credentials>>(self, credentials: B) -> Local<B> {
        let mut options = self.options;
        options.credentials = credentials.into();
        Local::of(options)
    }

    /// Sets a server variable or another setting of the connector, for example a subdomain.
    #[must_use]
    pub fn config(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.config.insert(key.into(), value.into());
        self
    }

    /// Sends every request to this origin instead, path and query unchanged, with the intended
    /// host in `X-Forwarded-Host`: a recording proxy, a gateway, the sandbox. It gets what the
    /// vendor would get, credentials included. A user name or a password in it is refused.
    #[must_use]
    pub fn via(mut self, origin: impl Into<String>) -> Self {
        self.options.via = Some(origin.into());
        self
    }

    /// Longest time for a call with all its retries; 120 s unless set. A single call can set its
    /// own by [`CallOptions::timeout`](crate::CallOptions::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Longest silence of the vendor, before the response and within it; 30 s unless set.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.options.read_timeout = timeout;
        self
    }

    /// Replaces the connector's retry policy as a whole, with what the vendor asks of those who
    /// try again. [`RetryPolicy::none`] switches retries off;
    /// [`max_attempts`](Self::max_attempts) changes their number only.
    ///
    /// Unless set, the policy is that of the connector's spec, or [`RetryPolicy::STANDARD`] where
    /// the spec has none. Calls that change something are repeated only when the vendor has
    /// certainly not acted on them.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// How often a request is sent at most, the first time included; 0 counts as 1. When it is
    /// sent again, and after what time, stays as the retry policy says. A single call can set its
    /// own number by [`CallOptions::max_attempts`](crate::CallOptions::max_attempts).
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.options.max_attempts = Some(attempts);
        self
    }

    /// Is called with new tokens before they are used, so that they can be stored. When it fails,
    /// so does the call; the client keeps the new tokens in memory and calls again before it uses
    /// them. [`token_store`](Self::token_store) also reads them back.
    ///
    /// ```
    /// use airbyte_agent_engine::{Credentials, Error, ExposeSecret, Local};
    ///
    /// # async fn write(_: &str) -> std::io::Result<()> { Ok(()) }
    /// let local = Local::new(Credentials::new()).on_token_refresh(|update| async move {
    ///     let Some(token) = &update.refresh_token else { return Ok(()) };
    ///     let written = write(token.expose_secret()).await;
    ///     written.map_err(|error| Error::storage("the tokens' table cannot be written", error))
    /// });
    /// ```
    #[must_use]
    pub fn on_token_refresh<F>(
        mut self,
        callback: impl Fn(TokenUpdate) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        self.options.on_token_refresh = Some(Arc::new(move |update| Box::pin(callback(update))));
        self
    }

    /// Begins with the tokens of this store and saves renewed ones there, also when several
    /// processes share the account. See [`TokenStore`].
    #[must_use]
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.options.token_store = Some(Arc::new(store));
        self
    }

    /// Answers the operations of the [context store](crate::context_store) from the store on this machine, with the
    /// records that `sync` has copied for this account, which is `default` unless it was given a name.
    #[must_use]
    pub fn local_store(mut self, store: Arc<dyn LocalStore>, account: impl Into<String>) -> Self {
        self.options.local_store = Some(Source { store, account: account.into() });
        self
    }

    /// Adds the secrets that are used and obtained to this redactor, which takes its own out of the
    /// texts of the engine, too.
    #[must_use]
    pub fn redactor(mut self, redactor: &Redactor) -> Self {
        self.options.redactor = redactor.clone();
        self
    }

    /// Sends requests by this client instead of the one that all connectors of the process share:
    /// an [`Http`](crate::Http) with a proxy or certificates of its own, or an implementation of
    /// [`HttpClient`].
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.options.http = Some(Arc::new(client));
        self
    }

    /// Lets redirects, download addresses and a base URL out of a token response lead to private and
    /// local hosts, as a vendor inside one's own network may need, or a proxy that alone can resolve
    /// names. The configured base URL may be private in any case.
    #[must_use]
    pub fn allow_private_hosts(mut self) -> Self {
        self.options.private_hosts = true;
        self
    }

    /// Largest JSON response that is read; 64 MiB unless set. Downloads have no limit.
    #[must_use]
    pub fn max_answer_bytes(mut self, limit: usize) -> Self {
        self.options.max_answer_bytes = limit;
        self
    }

    /// How many bytes of memory the values of one response may take; 1 GiB unless set. Small values take
    /// many times the bytes of their text. A larger response is an error of the kind
    /// [`Decode`](crate::ErrorKind::Decode); servers that response several callers at once set less.
    #[must_use]
    pub fn max_held_bytes(mut self, limit: usize) -> Self {
        self.options.max_held_bytes = limit;
        self
    }
}

impl<A> Clone for Local<A> {
    fn clone(&self) -> Self {
        Self::of(self.options.clone())
    }
}

/// What [`Client::local`](crate::Client::local) takes: credentials of any type, or [`Local`] made
/// of them.
pub trait IntoLocal {
    /// The options, with nothing known any more of the type of their credentials.
    fn into_local(self) -> Local;
}

impl<A> IntoLocal for Local<A> {
    fn into_local(self) -> Local {
        Local::of(self.options)
    }
}

impl<C: Into<Credentials>> IntoLocal for C {
    fn into_local(self) -> Local {
        Local::new(self.into())
    }
}

impl<A> fmt::Debug for Local<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("credentials", &self.options.credentials)
            .field("config", &self.options.config.keys().collect::<Vec<_>>())
            .field("via", &self.options.via.as_deref().map(shown))
            .field("timeout", &self.options.timeout)
            .finish_non_exhaustive()
    }
}
