//! The platform: a session, and the generated client that uses it.

use std::fmt;

use airbyte_agent_core::hosted::Session;
use airbyte_agent_core::{Hosted, Result};
use secrecy::SecretString;

use crate::client::Client;

/// Airbyte's hosted platform, as one organization uses it.
///
/// Clones share the token and the connections.
#[derive(Clone)]
pub struct Platform {
    session: Session,
    api: Client,
}

impl Platform {
    /// A client of the platform with these options. Sends nothing.
    ///
    /// # Errors
    ///
    /// `Validation` when the address or the organization is malformed.
    pub fn new(options: Hosted) -> Result<Self> {
        Session::new(options).map(Self::within)
    }

    /// A client with client id, secret and organization from the environment: `AIRBYTE_CLIENT_ID`,
    /// `AIRBYTE_CLIENT_SECRET` and `AIRBYTE_ORGANIZATION_ID`.
    ///
    /// # Errors
    ///
    /// `Authentication` when one of the first two is missing.
    pub fn from_env() -> Result<Self> {
        Self::new(Hosted::from_env()?)
    }

    /// A client that sends its requests through an existing session.
    pub fn within(session: Session) -> Self {
        Self { api: Client::new(session.clone(), None), session }
    }

    /// The same platform with another token than the session's own, for example a scoped one.
    ///
    /// Only [`api`](Self::api) and what is built on it carry the token; lookups and operations of
    /// connectors use the session's.
    #[must_use]
    pub fn with_token(&self, token: SecretString) -> Self {
        let session = self.session.clone();
        Self { api: Client::new(session.clone(), Some(token)), session }
    }

    /// The whole API, operation by operation.
    pub fn api(&self) -> &Client {
        &self.api
    }

    /// The session through which requests are sent.
    pub fn session(&self) -> &Session {
        &self.session
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("session", &self.session).finish_non_exhaustive()
    }
}
