//! The accounts that this user has stored: opening the store, finding an account for a call, and
//! the messages about accounts that are missing.
//!
//! A description says by its name which stored accounts it takes, and a spec from a file may bear
//! any name. Every function that opens an account asks `ownership` first.

use airbyte_agent_accounts::{
    Account, DEFAULT, Entry, Options, Overrides, Passphrase, Place, Purpose, SHORTEST_PASSPHRASE,
    Store,
};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Error, ErrorKind, Local, closest, suggestion};
use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::usage_error;
use crate::{ownership, prompt};

/// The store of this user. Its passphrase is asked for where no variable holds it and there is
/// somebody to ask.
pub(crate) fn open_store(place: Option<Place>) -> Result<Store, Error> {
    let mut options = Options::from_env()?;
    options.place = place.or(options.place);
    if options.passphrase.is_none() && prompt::is_possible() {
        options = options.passphrase(Passphrase::by(ask_passphrase));
    }
    Ok(Store::open(options))
}

fn ask_passphrase(purpose: Purpose) -> Result<SecretString, Error> {
    if purpose == Purpose::Open {
        return prompt::ask_secret("Passphrase of the accounts on this machine");
    }
    prompt::print_paragraph(&format!(
        "There is no keyring here, so accounts are sealed by a passphrase of your choice, of at \
         least {SHORTEST_PASSPHRASE} characters."
    ));
    let first = prompt::ask_secret("New passphrase")?;
    let second = prompt::ask_secret("The same passphrase again")?;
    if first.expose_secret() != second.expose_secret() {
        return Err(usage_error("the two passphrases differ"));
    }
    Ok(first)
}

/// The stored account that a call uses: the named one, otherwise the default one if there is one.
pub(crate) fn find_account(
    connector: &Connector,
    name: Option<&str>,
) -> Result<Option<(Account, Store)>, Error> {
    ownership::check_name(connector)?;
    let store = match open_store(None) {
        Ok(store) => store,
        // Without a home folder nothing can be stored.
        Err(_) if name.is_none() => return Ok(None),
        Err(error) => return Err(error),
    };
    let account = open_account(&store, connector, name.unwrap_or(DEFAULT))?;
    match (account, name) {
        (Some(account), _) => Ok(Some((account, store))),
        (None, None) => Ok(None),
        (None, Some(name)) => Err(unknown_account(&store, connector, name)),
    }
}

/// Opens an account of the store. An account of an earlier version is not bound to any servers; it
/// is bound to those of the built-in connector when it is first used, and never to those of a spec
/// from a file.
pub(crate) fn open_account(
    store: &Store,
    connector: &Connector,
    name: &str,
) -> Result<Option<Account>, Error> {
    ownership::check_name(connector)?;
    let Some(account) = store.get(&connector.name, name)? else { return Ok(None) };
    if account.is_bound() || !ownership::is_built_in(connector) {
        return Ok(Some(account));
    }
    match store.bind(connector, name) {
        Ok(account) => Ok(account),
        // The account is bound for this run only; the next run tries again.
        Err(error) => {
            tracing::warn!(%error, "the account cannot be written");
            account.bound(connector).map(Some)
        }
    }
}

/// Adds the credentials and settings of a stored account to the options of a local call.
pub(crate) fn apply_account(
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
        let command = login_command(connector, account.name());
        Error::new(
            ErrorKind::Authentication,
            format!(
                "{error}. To fix it, log in again ({command}), or give credentials for the call"
            ),
        )
    })
}

/// The command line that stores an account.
pub(crate) fn login_command(connector: &Connector, account: &str) -> String {
    let target =
        if ownership::is_built_in(connector) { connector.name.as_ref() } else { "--spec FILE" };
    let option = if account == DEFAULT { String::new() } else { format!(" --account {account}") };
    format!("airbyte-agent login {target}{option}")
}

/// The error that there is no account of this name.
fn unknown_account(store: &Store, connector: &Connector, name: &str) -> Error {
    let entries = store.list().unwrap_or_default();
    let names = account_names(&entries, &connector.name);
    let known = if names.is_empty() { String::new() } else { known_names(name, &names) };
    usage_error(format!(
        "there is no account '{name}' of {}{known}. To create it: {}",
        connector.name,
        login_command(connector, name)
    ))
}

/// The names that are near to one that does not exist, and all that there are.
fn known_names(name: &str, names: &[&str]) -> String {
    if closest(name, names.iter().copied()).is_empty() {
        return suggestion(name, names);
    }
    format!("{} There are: {}", suggestion(name, names), names.join(", "))
}

/// The engine's error that credentials are missing, completed with what the user can do.
pub(crate) fn missing_credentials(connector: &Connector, error: &Error) -> Error {
    let name = &connector.name;
    let entries = open_store(None).and_then(|store| store.list()).unwrap_or_default();
    let names = account_names(&entries, name);
    let hint = if names.is_empty() {
        format!("To store credentials once for all calls: {}", login_command(connector, DEFAULT))
    } else {
        format!("To use a stored account, add --account with one of: {}", names.join(", "))
    };
    Error::new(ErrorKind::Authentication, format!("{error}. {hint}"))
}

/// The names of the accounts of a connector.
pub(crate) fn account_names<'e>(entries: &'e [Entry], connector: &str) -> Vec<&'e str> {
    let of_connector = entries.iter().filter(|entry| entry.connector == connector);
    of_connector.map(|entry| entry.account.as_str()).collect()
}
