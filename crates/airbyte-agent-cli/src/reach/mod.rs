//! How an account is reached: the one place that turns a description into the user's credentials.
//!
//! A description says by its name which variables and stored accounts it takes, and a spec from a
//! file may bear any name. Whatever looks for credentials asks here, and here it is decided
//! whether they belong to the description.

mod owner;

use std::cell::RefCell;

use airbyte_agent_accounts::{Account, DEFAULT, Overrides, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Credentials, Error, ErrorKind, Hosted, Local};

pub(crate) use self::owner::{check_keeping, check_name, check_variable};
use crate::accounts;

/// The credentials of a connector among variables, which `variable` reads.
pub(crate) fn credentials(
    connector: &Connector,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Credentials, Error> {
    check_name(connector)?;
    let refused = RefCell::new(None);
    let found = Credentials::from_variables(connector, |name| {
        let value = variable(name)?;
        match check_variable(connector, name) {
            Ok(()) => Some(value),
            Err(error) => {
                refused.borrow_mut().get_or_insert(error);
                None
            }
        }
    });
    match refused.into_inner() {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// The stored account that a call uses: the one named, else the default one if there is one.
pub(crate) fn stored(
    connector: &Connector,
    name: Option<&str>,
) -> Result<Option<(Account, Store)>, Error> {
    check_name(connector)?;
    let store = match accounts::store(None) {
        Ok(store) => store,
        // No home folder: nothing is stored either.
        Err(_) if name.is_none() => return Ok(None),
        Err(error) => return Err(error),
    };
    let account = open(&store, connector, name.unwrap_or(DEFAULT))?;
    match (account, name) {
        (Some(account), _) => Ok(Some((account, store))),
        (None, None) => Ok(None),
        (None, Some(name)) => Err(accounts::unknown(&store, connector, name)),
    }
}

/// An account of the store. One of an earlier version is bound at its first use to the servers of
/// the built-in connector, and never to those of a file.
pub(crate) fn open(
    store: &Store,
    connector: &Connector,
    name: &str,
) -> Result<Option<Account>, Error> {
    check_name(connector)?;
    let Some(account) = store.get(&connector.name, name)? else { return Ok(None) };
    if account.is_bound() || !owner::is_built_in(connector) {
        return Ok(Some(account));
    }
    match store.bind(connector, name) {
        Ok(account) => Ok(account),
        // It is bound for this run, and again the next time.
        Err(error) => {
            tracing::warn!(%error, "the account cannot be written");
            account.bound(connector).map(Some)
        }
    }
}

/// The options of a call with a stored account.
pub(crate) fn with_stored(
    account: &Account,
    local: Local,
    connector: &Connector,
    store: &Store,
    overrides: &Overrides,
) -> Result<Local, Error> {
    account.on(local, connector, store, overrides).map_err(|error| {
        if error.kind() != ErrorKind::Authentication {
            return error;
        }
        let again = login_command(connector, account.name());
        Error::new(
            ErrorKind::Authentication,
            format!("{error}. To mend it, log in anew ({again}), or give credentials for the call"),
        )
    })
}

/// The command that makes an account.
pub(crate) fn login_command(connector: &Connector, account: &str) -> String {
    let what = if owner::is_built_in(connector) { connector.name.as_ref() } else { "--spec FILE" };
    let option = if account == DEFAULT { String::new() } else { format!(" --account {account}") };
    format!("airbyte-agent login {what}{option}")
}

/// Makes sure that the platform's secrets go where the platform's connector sends them.
pub(crate) fn check_hosted(connector: &Connector, hosted: &Hosted) -> Result<(), Error> {
    if hosted.runs_here() { owner::check_definition(connector) } else { Ok(()) }
}
