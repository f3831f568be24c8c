//! The platform as one object: a session, and the generated client on it.

use std::fmt;

use airbyte_agent_core::hosted::Session;
use airbyte_agent_core::{Hosted, Result};
use secrecy::SecretString;

use crate::api;
use crate::hooks::{Hooks, drafts};

/// Airbyte's hosted platform, seen by one organization.
///
/// Clones share token and connections.
#[derive(Clone)]
pub struct Platform {
    session: Session,
    api: api::Client,
}

impl Platform {
    /// The platform that these options lead to. Sends nothing.
    ///
    /// # Errors
    ///
    /// `Validation` when the address or the organization cannot be right.
    pub fn new(options: Hosted) -> Result<Self> {
        Self::within(Session::new(options)?)
    }

    /// With client id, secret and organization from the environment (`AIRBYTE_CLIENT_ID`,
    /// `AIRBYTE_CLIENT_SECRET`, `AIRBYTE_ORGANIZATION_ID`).
    ///
    /// # Errors
    ///
    /// `Authentication` when one of the first two is missing.
    pub fn from_env() -> Result<Self> {
        Self::new(Hosted::from_env()?)
    }

    /// In a session that exists.
    ///
    /// # Errors
    ///
    /// `Internal` when no requests can be put together.
    pub fn within(session: Session) -> Result<Self> {
        Self::made(session, None)
    }

    /// The same platform with another token than the session's own, for example a scoped one.
    ///
    /// Only [`api`](Self::api) and what is built on it carry the token; lookups and operations of
    /// connectors use the session's.
    ///
    /// # Errors
    ///
    /// As [`within`](Self::within).
    pub fn with_token(&self, token: SecretString) -> Result<Self> {
        Self::made(self.session.clone(), Some(token))
    }

    fn made(session: Session, token: Option<SecretString>) -> Result<Self> {
        let base = session.base_url().as_str().trim_end_matches('/').to_owned();
        let hooks = Hooks::new(session.clone(), token);
        Ok(Self { api: api::Client::new_with_client(&base, drafts()?, hooks), session })
    }

    /// The whole API, operation by operation, as it is generated from its document. A request is
    /// put together and sent; [`Answer::answer`](crate::Answer::answer) takes the result out.
    pub fn api(&self) -> &api::Client {
        &self.api
    }

    /// The session that requests go out through.
    pub fn session(&self) -> &Session {
        &self.session
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform").field("session", &self.session).finish_non_exhaustive()
    }
}
