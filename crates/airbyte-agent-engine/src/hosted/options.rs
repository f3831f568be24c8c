//! The options that say how the platform is reached.

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

/// The time within which the platform executes a call.
const TIMEOUT: Duration = Duration::from_secs(300);
/// The workspace that every organization has.
const WORKSPACE: &str = "default";

/// The environment variable that replaces the address of the platform.
pub(super) const ADDRESS: &str = "SDK_DEV_ADP_API_HOST";

/// Options for calls through Airbyte's platform, which keeps the vendor's credentials and renews
/// its tokens.
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
    /// Address of the platform. The default is that of the generation.
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
    /// Options with the client id and secret of an application. The default workspace is `default`.
    ///
    /// If the environment variable `SDK_DEV_ADP_API_HOST` is set and not empty, it replaces the
    /// platform's address.
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

    /// Sets the workspace that contains the connector, usually one for each customer. The default
    /// is `default`.
    #[must_use]
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.workspace = if name.is_empty() { WORKSPACE.to_owned() } else { name };
        self
    }

    /// Sets the [`workspace`](Self::workspace), under the name that the platform uses.
    #[must_use]
    pub fn workspace_name(self, name: impl Into<String>) -> Self {
        self.workspace(name)
    }

    /// Sets the [`workspace`](Self::workspace), under the name that older clients used.
    #[must_use]
    pub fn customer_name(self, name: impl Into<String>) -> Self {
        self.workspace(name)
    }

    /// Sets the [`workspace`](Self::workspace), under the name that the oldest clients used.
    #[must_use]
    pub fn external_user_id(self, id: impl Into<String>) -> Self {
        self.workspace(id)
    }

    /// Sets the identifier of the connector, so that it need not be looked up.
    #[must_use]
    pub fn connector_id(mut self, id: impl Into<String>) -> Self {
        self.connector_id = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets the organization, for accounts that belong to several.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets another address of the platform, for example a gateway or the sandbox. Tokens are
    /// requested there, too. It gets the client id, the secret and tokens. Therefore plain http is
    /// accepted for this machine only, and a user name or a password in the address is refused.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// Uses an older form of the platform's API.
    #[must_use]
    pub fn generation(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// Executes operations on this machine, with secrets from `provider`.
    ///
    /// The platform checks and authorizes each call and says which secrets it needs. The secrets
    /// are sent to the vendor only. A call that cannot be executed on this machine fails; it is not
    /// sent through the platform instead.
    #[must_use]
    pub fn secrets(mut self, provider: impl SecretProvider + 'static) -> Self {
        self.secrets = Some(Arc::new(provider));
        self
    }

    /// Whether operations are executed on this machine with secrets of a provider. Requests are
    /// then sent to the addresses in the connector's description.
    pub fn runs_here(&self) -> bool {
        self.secrets.is_some()
    }

    /// Sends every request to this origin instead, with unchanged path and query and with the
    /// intended host in `X-Forwarded-Host`: for example to a recording proxy or a gateway. It gets
    /// everything that the platform would get, including secrets. A user name or a password in the
    /// origin is refused.
    #[must_use]
    pub fn via(mut self, origin: impl Into<String>) -> Self {
        self.via = Some(origin.into());
        self
    }

    /// Sets the longest time for a call with all its attempts; the default is 300 s. A single call
    /// can set its own time by [`CallOptions::timeout`](crate::CallOptions::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Replaces the retry policy; the default is [`RetryPolicy::STANDARD`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets how often a request is sent at most, the first time included; 0 counts as 1. When it is
    /// sent again, and after what delay, is decided by the retry policy. A single call can set its
    /// own number by [`CallOptions::max_attempts`](crate::CallOptions::max_attempts).
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Adds the secrets that are used and obtained to this redactor. The engine also removes the
    /// secrets that this redactor knows already from its texts.
    #[must_use]
    pub fn redactor(mut self, redactor: &Redactor) -> Self {
        self.redactor = redactor.clone();
        self
    }

    /// Sends requests with this client instead of the one that all connectors of the process share:
    /// an [`Http`](crate::Http) with a proxy or certificates of its own, or another implementation
    /// of [`HttpClient`].
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
