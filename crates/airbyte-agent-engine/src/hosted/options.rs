//! How to reach the platform.

use std::env;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::generation::Generation;
use super::secrets::SecretProvider;
use crate::description::RetryPolicy;
use crate::http::{HttpClient, shown};
use crate::secret::Redactor;

/// The platform runs a call within this time.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The workspace that every organization has.
const WORKSPACE: &str = "default";

/// Moves the platform to another address.
pub(super) const ADDRESS: &str = "SDK_DEV_ADP_API_HOST";

/// Through Airbyte's platform, which keeps the vendor's credentials and renews its tokens.
///
/// ```
/// use airbyte_agent_engine::Hosted;
///
/// let hosted = Hosted::new("client-id", "client-secret").workspace("customer-123");
/// ```
#[derive(Clone)]
pub struct Hosted {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) workspace: String,
    pub(super) connector_id: Option<String>,
    pub(super) organization: Option<String>,
    /// Address of the platform; that of the generation unless set.
    pub(super) base_url: Option<String>,
    pub(super) generation: Generation,
    pub(super) secrets: Option<Arc<dyn SecretProvider>>,
    pub(super) via: Option<String>,
    pub(super) http: Option<Arc<dyn HttpClient>>,
    pub(super) timeout: Duration,
    pub(super) retry: Option<RetryPolicy>,
    pub(super) max_attempts: Option<u32>,
    pub(super) redactor: Redactor,
}

impl Hosted {
    /// An application's client id and secret; the workspace is `default` unless set.
    ///
    /// `SDK_DEV_ADP_API_HOST`, where it is set and not empty, moves the platform's address.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
            workspace: WORKSPACE.to_owned(),
            connector_id: None,
            organization: None,
            base_url: address_of_environment(),
            generation: Generation::default(),
            secrets: None,
            via: None,
            http: None,
            timeout: TIMEOUT,
            retry: None,
            max_attempts: None,
            redactor: Redactor::default(),
        }
    }

    /// The workspace that holds the connector, usually one per customer; `default` unless set.
    #[must_use]
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.workspace = if name.is_empty() { WORKSPACE.to_owned() } else { name };
        self
    }

    /// Another name of [`workspace`](Self::workspace), as the platform writes it.
    #[must_use]
    pub fn workspace_name(self, name: impl Into<String>) -> Self {
        self.workspace(name)
    }

    /// Another name of [`workspace`](Self::workspace), as older clients called it.
    #[must_use]
    pub fn customer_name(self, name: impl Into<String>) -> Self {
        self.workspace(name)
    }

    /// Another name of [`workspace`](Self::workspace), as the oldest clients called it.
    #[must_use]
    pub fn external_user_id(self, id: impl Into<String>) -> Self {
        self.workspace(id)
    }

    /// The connector itself, so that it need not be looked up.
    #[must_use]
    pub fn connector_id(mut self, id: impl Into<String>) -> Self {
        self.connector_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// The organization, for accounts that belong to several.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Another address of the platform, also for tokens: a gateway, the sandbox. It gets client id,
    /// secret and tokens, so plain http is for this machine only, and a user name or a password in
    /// it is refused.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// Speaks an older form of the platform's API.
    #[must_use]
    pub fn generation(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// Runs operations on this machine with secrets from `provider`.
    ///
    /// The platform checks and authorizes each call and says which secrets it needs; they never
    /// leave this machine but to the vendor. There is no way back: a call that cannot be run here
    /// fails.
    #[must_use]
    pub fn secrets(mut self, provider: impl SecretProvider + 'static) -> Self {
        self.secrets = Some(Arc::new(provider));
        self
    }

    /// Whether operations run on this machine, with secrets of a provider: then they go where the
    /// connector's description says.
    pub fn runs_here(&self) -> bool {
        self.secrets.is_some()
    }

    /// Sends every request to this origin instead, path and query unchanged, with the intended
    /// host in `X-Forwarded-Host`: a recording proxy, a gateway. It gets what the platform would
    /// get, secrets included. A user name or a password in it is refused.
    #[must_use]
    pub fn via(mut self, origin: impl Into<String>) -> Self {
        self.via = Some(origin.into());
        self
    }

    /// Longest time for a call with all its retries; 300 s unless set. A single call can set its
    /// own by [`CallOptions::timeout`](crate::CallOptions::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Replaces the retry policy: [`RetryPolicy::STANDARD`] unless set.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// How often a request is sent at most, the first time included; 0 counts as 1. When it is
    /// sent again, and after what time, stays as the retry policy says. A single call can set its
    /// own number by [`CallOptions::max_attempts`](crate::CallOptions::max_attempts).
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Adds the secrets that are used and obtained to this redactor, which takes its own out of the
    /// texts of the engine, too.
    #[must_use]
    pub fn redactor(mut self, redactor: &Redactor) -> Self {
        self.redactor = redactor.clone();
        self
    }

    /// Sends requests by this client instead of the one that all connectors of the process share:
    /// an [`Http`](crate::Http) with a proxy or certificates of its own, or an implementation of
    /// [`HttpClient`].
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(client));
        self
    }
}

/// The address that the environment names, unless it is blank.
fn address_of_environment() -> Option<String> {
    let address = env::var(ADDRESS).ok()?.trim().to_owned();
    Some(address).filter(|address| !address.is_empty())
}

impl fmt::Debug for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted")
            .field("client_id", &self.client_id)
            .field("workspace", &self.workspace)
            .field("connector_id", &self.connector_id)
            .field("organization", &self.organization)
            .field("base_url", &self.base_url.as_deref().map(shown))
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
