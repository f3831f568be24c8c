//! Tokens of a stored account, renewed by one process at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airbyte_agent_core::{BoxFuture, Error, Result, StoredTokens, TokenLock, TokenStore};

use crate::{Account, Store};

/// Keeps the renewed tokens of an account in its store.
pub struct AccountTokens {
    connector: String,
    name: String,
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    connector: String,
    name: String,
    state: Mutex<State>,
}

struct State {
    /// The account as it was read last; `None` once it was removed.
    account: Option<Account>,
    /// Whether `account` is what was opened to make this store, so that it need not be opened once
    /// more for the first call.
    is_fresh: bool,
}

impl AccountTokens {
    /// The tokens of this account in this store.
    pub fn new(account: &Account, store: &Store) -> Self {
        let (connector, name) = (account.connector().to_owned(), account.name().to_owned());
        let state = State { account: Some(account.clone()), is_fresh: true };
        let inner = Inner {
            store: store.clone(),
            connector: connector.clone(),
            name: name.clone(),
            state: Mutex::new(state),
        };
        Self { connector, name, inner: Arc::new(inner) }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // Replaced as a whole, so one that a panic poisoned is still good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<StoredTokens> {
        let mut state = self.state();
        if !std::mem::take(&mut state.is_fresh) {
            state.account = self.store.get(&self.connector, &self.name)?;
        }
        let account = state.account.as_ref();
        Ok(account.and_then(Account::stored_tokens).cloned().unwrap_or_default())
    }

    fn save(&self, tokens: StoredTokens) -> Result<()> {
        let mut state = self.state();
        // An account that was removed meanwhile does not come back.
        let Some(account) = state.account.take() else { return Ok(()) };
        let account = account.renewed(tokens);
        let saved = self.store.put_renewed(&account);
        state.account = Some(account);
        saved
    }
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
) -> Result<T> {
    let inner = Arc::clone(inner);
    let done = tokio::task::spawn_blocking(move || work(&inner)).await;
    done.map_err(|_| Error::internal("the task that opens the store of accounts was stopped"))?
}

impl TokenStore for AccountTokens {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(blocking(&self.inner, Inner::load))
    }

    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        let tokens = tokens.clone();
        Box::pin(blocking(&self.inner, move |inner| inner.save(tokens)))
    }

    fn lock(&self) -> BoxFuture<'_, Result<TokenLock>> {
        Box::pin(async {
            let lock = blocking(&self.inner, |inner| {
                let lock = inner.store.lock_renewal(&inner.connector, &inner.name)?;
                // What was read before is out of date once there is a lock.
                inner.state().is_fresh = false;
                Ok(lock)
            });
            lock.await.map(TokenLock::new)
        })
    }

    fn connector(&self) -> Option<&str> {
        Some(&self.connector)
    }

    fn account(&self) -> Option<&str> {
        Some(&self.name)
    }
}
