//! How to reach the platform.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::description::RetryPolicy;
use crate::error::{Error, Result};
use crate::http::HttpClient;

/// The platform's public address.
const BASE_URL: &str = "https://api.airbyte.ai";
/// The platform runs a call within this time.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Through Airbyte's platform, which keeps the vendor's credentials and renews its tokens.
///
/// ```
/// use airbyte_agent_core::Hosted;
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
    pub(super) base_url: String,
    pub(super) via: Option<String>,
    pub(super) http: Option<Arc<dyn HttpClient>>,
    pub(super) timeout: Duration,
    pub(super) retry: Option<RetryPolicy>,
}

impl Hosted {
    /// An application's client id and secret; the workspace is `default` unless set.
    ///
    /// `SDK_DEV_ADP_API_HOST`, where it is set and not empty, moves the platform's address.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let base_url = variable("SDK_DEV_ADP_API_HOST").unwrap_or_else(|| BASE_URL.to_owned());
        Self {
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
            workspace: "default".to_owned(),
            connector_id: None,
            organization: None,
            base_url,
            via: None,
            http: None,
            timeout: TIMEOUT,
            retry: None,
        }
    }

    /// From `AIRBYTE_CLIENT_ID`, `AIRBYTE_CLIENT_SECRET` and, where set, `AIRBYTE_ORGANIZATION_ID`.
    ///
    /// # Errors
    ///
    /// `Authentication` when one of the first two is missing.
    pub fn from_env() -> Result<Self> {
        let needed = |name: &str| {
            variable(name).ok_or_else(|| Error::authentication(format!("{name} is not set")))
        };
        let hosted = Self::new(needed("AIRBYTE_CLIENT_ID")?, needed("AIRBYTE_CLIENT_SECRET")?);
        Ok(match variable("AIRBYTE_ORGANIZATION_ID") {
            Some(organization) => hosted.organization(organization),
            None => hosted,
        })
    }

    /// The workspace that holds the connector, usually one per customer.
    #[must_use]
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = name.into();
        self
    }

    /// The connector itself, so that it need not be looked up.
    #[must_use]
    pub fn connector_id(mut self, id: impl Into<String>) -> Self {
        self.connector_id = Some(id.into());
        self
    }

    /// The organization, for accounts that belong to several.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// Another address of the platform: a gateway, the sandbox.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sends every request to this origin instead, path and query unchanged, with the intended
    /// host in `X-Forwarded-Host`: a recording proxy, a gateway.
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

    /// Sends requests by a client of your own.
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(client));
        self
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

impl fmt::Debug for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosted")
            .field("client_id", &self.client_id)
            .field("workspace", &self.workspace)
            .field("connector_id", &self.connector_id)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
