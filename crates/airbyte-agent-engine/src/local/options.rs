//! How to reach a vendor directly.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::auth::{Announce, Credentials, TokenStore, TokenUpdate};
use crate::description::RetryPolicy;
use crate::http::{HttpClient, shown};
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
    pub(crate) on_token_refresh: Option<Arc<Announce>>,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
    pub(crate) http: Option<Arc<dyn HttpClient>>,
    pub(crate) private_hosts: bool,
    pub(crate) max_answer_bytes: usize,
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
            on_token_refresh: None,
            token_store: None,
            http: None,
            private_hosts: false,
            max_answer_bytes: 64 * 1024 * 1024,
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

    /// Longest silence of the vendor, before the answer and within it; 30 s unless set.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.options.read_timeout = timeout;
        self
    }

    /// Replaces the connector's retry policy.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Is told of new tokens before they are used, so that they can be stored. Must not block.
    ///
    /// ```
    /// use airbyte_agent_engine::{Credentials, ExposeSecret, Local};
    ///
    /// # fn keep(_: &str) {}
    /// let local = Local::new(Credentials::new()).on_token_refresh(|update| {
    ///     if let Some(token) = &update.refresh_token {
    ///         keep(token.expose_secret());
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn on_token_refresh(
        mut self,
        callback: impl Fn(&TokenUpdate) + Send + Sync + 'static,
    ) -> Self {
        self.options.on_token_refresh = Some(Arc::new(callback));
        self
    }

    /// Begins with the tokens of this store and keeps renewed ones there, also when several
    /// processes share the account.
    #[must_use]
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.options.token_store = Some(Arc::new(store));
        self
    }

    /// Sends requests by a client of your own.
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.options.http = Some(Arc::new(client));
        self
    }

    /// Lets redirects, download addresses and a base URL out of a token answer lead to private and
    /// local hosts, as a vendor inside one's own network may need, or a proxy that alone can resolve
    /// names. The configured base URL may be private in any case.
    #[must_use]
    pub fn allow_private_hosts(mut self) -> Self {
        self.options.private_hosts = true;
        self
    }

    /// Largest JSON answer that is read; 64 MiB unless set. Downloads have no limit.
    #[must_use]
    pub fn max_answer_bytes(mut self, limit: usize) -> Self {
        self.options.max_answer_bytes = limit;
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
