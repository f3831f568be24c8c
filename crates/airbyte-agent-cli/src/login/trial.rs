//! Tries an account before it is kept.

use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_accounts::{Account, Overrides, Store};
use airbyte_agent_core::{
    BoxFuture, CheckStatus, Client, Credentials, Description, Error, ErrorKind, Local, Result,
    StoredTokens, TokenStore,
};

use super::args::LoginArgs;

/// Runs the connector's check and gives back the account, with the tokens renewed on the way, and
/// what came out: `healthy`, or `skipped` where there was nothing to call.
pub(super) async fn check(
    description: &Description,
    account: Account,
    store: &Store,
    args: &LoginArgs,
) -> Result<(Account, &'static str)> {
    let tokens = account.stored_tokens().cloned().unwrap_or_default();
    let fresh = Fresh(Arc::new(Mutex::new(tokens)));
    let local = Local::new(Credentials::new());
    let mut local = account.on(local, description, store, &Overrides::new())?;
    if let Some(origin) = &args.via {
        local = local.via(origin);
    }
    let client = Client::local(description.clone(), local.token_store(fresh.clone()))?;
    if args.no_check {
        return Ok((account, "skipped"));
    }
    let report = client.check().await;
    let checked = match (report.error, report.status) {
        (Some(error), _) => return Err(refused(&error)),
        (None, CheckStatus::Healthy) => "healthy",
        (None, _) => "skipped",
    };
    let tokens = fresh.get();
    let account = if tokens.access_token.is_some() { account.tokens(tokens) } else { account };
    Ok((account, checked))
}

/// The failure of the check; nothing was kept.
fn refused(error: &Error) -> Error {
    match error.kind() {
        kind @ (ErrorKind::Authentication | ErrorKind::Permission) => {
            let message = format!("the credentials do not work and were not kept: {error}");
            Error::new(kind, message)
        }
        kind => {
            let message = format!(
                "not kept, because it cannot be tried: {error}; --no-check keeps it untried"
            );
            Error::new(kind, message)
        }
    }
}

/// Tokens that are not kept yet.
#[derive(Clone)]
struct Fresh(Arc<Mutex<StoredTokens>>);

impl Fresh {
    fn get(&self) -> StoredTokens {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TokenStore for Fresh {
    fn load(&self) -> BoxFuture<'_, Result<StoredTokens>> {
        Box::pin(async { Ok(self.get()) })
    }

    fn save<'a>(&'a self, tokens: &'a StoredTokens) -> BoxFuture<'a, Result<()>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tokens.clone();
        Box::pin(async { Ok(()) })
    }
}
