//! Tries the credentials of an account before it is stored.

use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_accounts::{Account, Overrides, Store};
use airbyte_agent_core::{
    BoxFuture, CheckStatus, Client, Credentials, Description, Error, ErrorKind, Local, Result,
    StoredTokens, TokenStore,
};

/// How credentials are tried.
pub(super) struct Trial<'t> {
    /// The origin to which every request goes instead.
    pub(super) via: Option<&'t str>,
    /// Whether nothing is sent.
    pub(super) is_skipped: bool,
    /// The error that tells a user of the check's error.
    pub(super) explain: fn(&Error) -> Error,
}

/// Runs the connector's check, unless it is skipped. Returns the account, with tokens that the check has renewed,
/// and the outcome: `healthy`, or `skipped` if no operation could be called.
pub(super) async fn try_account(
    description: &Description,
    account: Account,
    store: &Store,
    trial: Trial<'_>,
) -> Result<(Account, &'static str)> {
    let tokens = account.stored_tokens().cloned().unwrap_or_default();
    let unsaved = UnsavedTokens(Arc::new(Mutex::new(tokens)));
    let local = Local::new(Credentials::new());
    let mut local = account.on(local, description, store, &Overrides::new())?;
    if let Some(origin) = trial.via {
        local = local.via(origin);
    }
    let client = Client::local(description.clone(), local.token_store(unsaved.clone()))?;
    if trial.is_skipped {
        return Ok((account, "skipped"));
    }
    let report = client.check().await;
    let outcome = match (report.error, report.status) {
        (Some(error), _) => return Err((trial.explain)(&error)),
        (None, CheckStatus::Healthy) => "healthy",
        (None, _) => "skipped",
    };
    let tokens = unsaved.get();
    let account = if tokens.access_token.is_some() { account.tokens(tokens) } else { account };
    Ok((account, outcome))
}

/// The error of the check, with the information that nothing has been stored.
pub(super) fn trial_error(error: &Error) -> Error {
    let message = match error.kind() {
        ErrorKind::Authentication | ErrorKind::Permission => {
            format!("the credentials do not work and were not kept: {error}")
        }
        _ => format!(
            "the credentials were not kept, because they cannot be tried: {error}; --no-check \
             stores them without trying"
        ),
    };
    Error::new(error.kind(), message)
}

/// Holds the tokens of an account that is not stored yet.
#[derive(Clone)]
struct UnsavedTokens(Arc<Mutex<StoredTokens>>);

impl UnsavedTokens {
    fn get(&self) -> StoredTokens {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenStore for UnsavedTokens {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(async { Ok(self.get()) })
    }

    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tokens.clone();
        Box::pin(async { Ok(()) })
    }
}
