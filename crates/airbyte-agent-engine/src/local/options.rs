//! The options that say how a vendor is called directly.

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

/// Options for calls directly to the vendor, with the user's credentials.
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
/// `A` is the type of the credentials. A generated connector takes only options with credentials of
/// its own types (see [`AuthFor`](crate::AuthFor)). `Local` without a parameter contains
/// [`Credentials`], whose connector is checked at run time.
pub struct Local<A = Credentials> {
    pub(crate) options: Options,
    auth: PhantomData<fn() -> A>,
}

/// The content of [`Local`], whatever the type of its credentials.
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
    /// Knows the secrets that must not appear in texts. The program that made the options may share
    /// it.
    pub(crate) redactor: Redactor,
}

impl<A: Into<Credentials>> Local<A> {
    /// Options with these credentials and defaults for everything else.
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

    /// Replaces the credentials, and with them the type of credentials of these options.
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

    /// Sends every request to this origin instead, with unchanged path and query and with the
    /// intended host in `X-Forwarded-Host`: for example to a recording proxy, a gateway or the
    /// sandbox. It gets everything that the vendor would get, including credentials. A user name or
    /// a password in the origin is refused.
    #[must_use]
    pub fn via(mut self, origin: impl Into<String>) -> Self {
        self.options.via = Some(origin.into());
        self
    }

    /// Sets the longest time for a call with all its attempts; the default is 120 s. A single call
    /// can set its own time by [`CallOptions::timeout`](crate::CallOptions::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Sets how long the client waits at most for the response and for each further piece of it;
    /// the default is 30 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.options.read_timeout = timeout;
        self
    }

    /// Replaces the connector's whole retry policy, including what the vendor requires of repeated
    /// requests. [`RetryPolicy::none`] switches retries off; [`max_attempts`](Self::max_attempts)
    /// changes only their number.
    ///
    /// The default is the policy in the connector's spec, or [`RetryPolicy::STANDARD`] where the
    /// spec has none. Calls that change something are repeated only when the vendor has certainly
    /// not acted on them.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Sets how often a request is sent at most, the first time included; 0 counts as 1. When it is
    /// sent again, and after what delay, is decided by the retry policy. A single call can set its
    /// own number by [`CallOptions::max_attempts`](crate::CallOptions::max_attempts).
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.options.max_attempts = Some(attempts);
        self
    }

    /// Sets a callback that is called with new tokens before they are used, so that it can store
    /// them. If the callback fails, the call fails. The client then keeps the new tokens in memory,
    /// and calls the callback again before it uses them. A [`token_store`](Self::token_store) also
    /// loads stored tokens.
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

    /// Begins with the tokens of this store, and saves renewed tokens there. Several processes may
    /// use one account in this way. See [`TokenStore`].
    #[must_use]
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.options.token_store = Some(Arc::new(store));
        self
    }

    /// Answers the operations of the [context store](crate::context_store) from the store on this
    /// machine, with the records that `sync` has copied for this account. An account without a name
    /// is called `default`.
    #[must_use]
    pub fn local_store(mut self, store: Arc<dyn LocalStore>, account: impl Into<String>) -> Self {
        self.options.local_store = Some(Source { store, account: account.into() });
        self
    }

    /// Adds the secrets that are used and obtained to this redactor. The engine also removes the
    /// secrets that this redactor knows already from its texts.
    #[must_use]
    pub fn redactor(mut self, redactor: &Redactor) -> Self {
        self.options.redactor = redactor.clone();
        self
    }

    /// Sends requests with this client instead of the one that all connectors of the process share:
    /// an [`Http`](crate::Http) with a proxy or certificates of its own, or another implementation
    /// of [`HttpClient`].
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.options.http = Some(Arc::new(client));
        self
    }

    /// Lets redirects, download addresses and a base URL from a token response lead to private and
    /// local hosts. This is needed for a vendor inside the user's own network, or a proxy that
    /// alone can resolve names. The configured base URL may be private in any case.
    #[must_use]
    pub fn allow_private_hosts(mut self) -> Self {
        self.options.private_hosts = true;
        self
    }

    /// Sets the size of the largest JSON response that is read, in bytes; the default is 64 MiB.
    /// Downloads have no limit.
    #[must_use]
    pub fn max_answer_bytes(mut self, limit: usize) -> Self {
        self.options.max_answer_bytes = limit;
        self
    }

    /// Sets how many bytes of memory the values of one response may take; the default is 1 GiB.
    /// Small values take many times the bytes of their text. A larger response is an error of the
    /// kind [`Decode`](crate::ErrorKind::Decode). Servers that answer several callers at once set a
    /// lower limit.
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
    /// Converts the value into options without a static type of credentials.
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
