//! Tokens that outlive a client: the interface of the stores that keep them.
//!
//! This module knows neither files nor keyrings. A store is read before the first call and before a
//! token is renewed, because another process may have renewed it. New tokens are saved before any
//! request uses them.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use secrecy::SecretString;

use super::TokenUpdate;
use crate::error::Result;
use crate::http::BoxFuture;

/// Tokens as a store keeps them.
///
/// A store that loads tokens begins with [`default`](Self::default) and sets the fields that it
/// has.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct StoredTokens {
    /// The access token, which is sent with requests.
    pub access_token: Option<SecretString>,
    /// The refresh token, where the vendor gives one.
    pub refresh_token: Option<SecretString>,
    /// When the access token expires, where the vendor states it.
    pub expires_at: Option<SystemTime>,
    /// Fields of the token endpoint's response that became configuration, for example
    /// `instance_url`.
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
    /// These tokens with the changes of a renewal. Fields that the update does not contain keep
    /// their value.
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

/// Keeps the tokens of one account, in a database for example.
///
/// Vendors that rotate refresh tokens accept each of them only once: a renewed token that is not
/// saved is lost when the process ends. Therefore a call fails if the store fails; see
/// [`save`](Self::save).
///
/// ```
/// use std::sync::Mutex;
///
/// use airbyte_agent_engine::{BoxFuture, Result, StoredTokens, TokenStore};
///
/// /// A store in memory; a real one awaits its database and fails by `Error::storage`.
/// #[derive(Default)]
/// struct InMemory(Mutex<StoredTokens>);
///
/// impl TokenStore for InMemory {
///     fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
///         Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
///     }
///
///     fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
///         Box::pin(async {
///             *self.0.lock().unwrap() = tokens.clone();
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait TokenStore: Send + Sync {
    /// Returns the tokens that are stored now. The store is read before a client's first call, and
    /// again before each renewal, under the [`lock`](Self::lock).
    ///
    /// Stored tokens take precedence over those in the credentials. A store that contains nothing
    /// returns [`StoredTokens::default`].
    ///
    /// # Errors
    ///
    /// When the store cannot be read. The call fails with this error, and no token is renewed.
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>>;

    /// Saves renewed tokens in the place of those that were loaded, before any request uses them.
    ///
    /// # Errors
    ///
    /// When the tokens cannot be saved. The call fails with an error of the kind
    /// [`Storage`](crate::ErrorKind::Storage). The client keeps the new tokens in memory, and
    /// saves them before it uses them in a later call.
    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>>;

    /// Waits until no other process renews tokens of this account, and keeps others waiting until
    /// the lock is dropped. The default locks nothing, which is enough for a single process.
    ///
    /// # Errors
    ///
    /// When the lock cannot be acquired. The call fails with this error, and no token is renewed.
    fn lock(&self) -> BoxFuture<'_, Result<TokenLock>> {
        Box::pin(async { Ok(TokenLock::none()) })
    }

    /// Slug of the connector to which these tokens belong, where the store knows it: every other
    /// connector refuses them.
    fn connector(&self) -> Option<&str> {
        None
    }

    /// A text that distinguishes this account from others of its connector, where the store knows
    /// one: a name, or an id of the tenant. It must be identical in every process, because cursors
    /// are bound to it. Without it, a cursor works only with the client that returned it.
    fn account(&self) -> Option<&str> {
        None
    }
}

/// The lock of a store. It is released when this value is dropped.
pub struct TokenLock {
    _guard: Option<Box<dyn Any + Send>>,
}

impl TokenLock {
    /// A lock that keeps this guard, such as a locked file or a transaction, until the renewal has
    /// ended.
    pub fn new(guard: impl Send + 'static) -> Self {
        Self { _guard: Some(Box::new(guard)) }
    }

    /// A lock that locks nothing, for stores that no other process uses.
    pub const fn none() -> Self {
        Self { _guard: None }
    }
}

impl fmt::Debug for TokenLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenLock").finish_non_exhaustive()
    }
}
