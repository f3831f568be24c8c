//! Tokens of a stored account, renewed by one process at a time.

use airbyte_agent_core::{Result, StoredTokens, TokenRenewal, TokenStore, TokenUpdate};

use crate::folder::Lock;
use crate::{Account, Store};

/// Keeps the renewed tokens of an account in its store.
pub struct AccountTokens {
    store: Store,
    connector: String,
    name: String,
    known: StoredTokens,
}

impl AccountTokens {
    /// The tokens of this account in this store.
    pub fn new(account: &Account, store: &Store) -> Self {
        Self {
            store: store.clone(),
            connector: account.connector().to_owned(),
            name: account.name().to_owned(),
            known: account.stored_tokens().cloned().unwrap_or_default(),
        }
    }
}

impl TokenStore for AccountTokens {
    fn known(&self) -> StoredTokens {
        self.known.clone()
    }

    fn connector(&self) -> Option<&str> {
        Some(&self.connector)
    }

    fn account(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn begin(&self) -> Result<Box<dyn TokenRenewal>> {
        let lock = self.store.lock_renewal(&self.connector, &self.name)?;
        let account = self.store.get(&self.connector, &self.name)?;
        Ok(Box::new(Renewal { _lock: lock, store: self.store.clone(), account }))
    }
}

struct Renewal {
    _lock: Lock,
    store: Store,
    /// The account as it is stored now; `None` when it was removed.
    account: Option<Account>,
}

impl TokenRenewal for Renewal {
    fn stored(&self) -> StoredTokens {
        let account = self.account.as_ref();
        account.and_then(Account::stored_tokens).cloned().unwrap_or_default()
    }

    fn store(&mut self, update: &TokenUpdate) -> Result<()> {
        let Some(account) = self.account.take() else { return Ok(()) };
        let tokens = account.stored_tokens().cloned().unwrap_or_default().renewed(update);
        let account = account.renewed(tokens);
        let stored = self.store.put_renewed(&account);
        self.account = Some(account);
        stored
    }
}
