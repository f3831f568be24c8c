//! Tokens that outlive a client: the seam to whoever keeps them.
//!
//! Knows no file and no keyring. A store is asked before a token is renewed, because another
//! process may have done so, and is told of new tokens before anybody uses them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::SecretString;

use super::TokenUpdate;
use crate::error::{Error, Result};

/// Tokens as a store keeps them.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct StoredTokens {
    /// The access token.
    pub access_token: Option<SecretString>,
    /// The refresh token, where the vendor gives one.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends, where the vendor says it.
    pub expires_at: Option<SystemTime>,
    /// Fields of the token answer that became configuration, for example `instance_url`.
    pub extracted: BTreeMap<String, String>,
}

impl fmt::Debug for StoredTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredTokens")
            .field("access_token", &self.access_token.is_some())
            .field("refresh_token", &self.refresh_token.is_some())
            .field("expires_at", &self.expires_at)
            .field("extracted", &self.extracted)
            .finish()
    }
}

impl StoredTokens {
    /// These tokens with what a renewal changed; what it does not mention stays.
    #[must_use]
    pub fn renewed(mut self, update: &TokenUpdate) -> Self {
        self.access_token = Some(update.access_token.clone());
        if let Some(token) = &update.refresh_token {
            self.refresh_token = Some(token.clone());
        }
        self.expires_at =
            update.expires_in.and_then(|lifetime| SystemTime::now().checked_add(lifetime));
        self.extracted.extend(update.extracted.clone());
        self
    }
}

/// Keeps the tokens of one account, possibly for several processes at once.
///
/// Vendors that rotate refresh tokens accept each only once. So a renewal is an act on the store:
/// [`begin`](Self::begin) waits for its turn and tells what is stored by then.
pub trait TokenStore: Send + Sync {
    /// The tokens as they were when the store was made; must not block.
    fn known(&self) -> StoredTokens;

    /// Slug of the connector whose tokens these are, where the store knows it: no other connector
    /// takes them.
    fn connector(&self) -> Option<&str> {
        None
    }

    /// What tells this account from others of its connector, where the store knows it: a name, an
    /// id of the tenant. It must stay the same from one process to the next, because cursors are
    /// bound to it. Without it, accounts that differ in their tokens only count as one.
    fn account(&self) -> Option<&str> {
        None
    }

    /// Waits until no other process renews tokens of this account. Called on a thread that may
    /// block.
    ///
    /// # Errors
    ///
    /// When the store cannot be read; the token is not renewed then.
    fn begin(&self) -> Result<Box<dyn TokenRenewal>>;
}

/// A renewal under way; others wait until it is dropped.
pub trait TokenRenewal: Send {
    /// What is stored now.
    fn stored(&self) -> StoredTokens;

    /// Stores new tokens. May block.
    ///
    /// # Errors
    ///
    /// When they cannot be stored; the call goes on with them, and a warning is logged.
    fn store(&mut self, update: &TokenUpdate) -> Result<()>;
}

/// Begins a renewal without blocking the runtime.
pub(super) async fn begin(
    store: Option<&Arc<dyn TokenStore>>,
) -> Result<Option<Box<dyn TokenRenewal>>> {
    let Some(store) = store.map(Arc::clone) else { return Ok(None) };
    let begun = tokio::task::spawn_blocking(move || store.begin()).await;
    begun.map_err(|_| Error::internal("the task that opens the token store was stopped"))?.map(Some)
}

/// Stores new tokens and ends the renewal.
pub(super) async fn finish(renewal: Option<Box<dyn TokenRenewal>>, update: &TokenUpdate) {
    let Some(mut renewal) = renewal else { return };
    let update = update.clone();
    let stored = tokio::task::spawn_blocking(move || renewal.store(&update)).await;
    if let Ok(Err(error)) = stored {
        tracing::warn!(%error, "the renewed token cannot be stored");
    }
}
