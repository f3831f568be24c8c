//! Stored accounts: the store of this user, and the commands `accounts list` and `accounts remove`.

pub(crate) mod args;

use std::io::Write as _;
use std::time::SystemTime;

use airbyte_agent_accounts::{
    DEFAULT, Entry, Options, Passphrase, Purpose, SHORTEST_PASSPHRASE, Store,
};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Error, ErrorKind, suggestion};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use self::args::{AccountsArgs, AccountsCommand, RemoveArgs};
use crate::failure::{Stop, usage};
use crate::output::{self, Printed};
use crate::{prompt, reach, terminal};

/// The store of this user. A passphrase that no variable tells is asked for.
pub(crate) fn store(place: Option<airbyte_agent_accounts::Place>) -> Result<Store, Error> {
    let mut options = Options::from_env()?;
    options.place = place.or(options.place);
    if options.passphrase.is_none() && prompt::is_possible() {
        options = options.passphrase(Passphrase::by(ask));
    }
    Ok(Store::open(options))
}

fn ask(purpose: Purpose) -> Result<SecretString, Error> {
    if purpose == Purpose::Open {
        return prompt::secret("Passphrase of the accounts on this machine");
    }
    prompt::tell(&format!(
        "There is no keyring here, so accounts are sealed by a passphrase of your choice, of at \
         least {SHORTEST_PASSPHRASE} characters."
    ));
    let first = prompt::secret("New passphrase")?;
    let second = prompt::secret("The same again")?;
    if first.expose_secret() != second.expose_secret() {
        return Err(usage("the two passphrases differ"));
    }
    Ok(first)
}

/// That there is no account of this name.
pub(crate) fn unknown(store: &Store, connector: &Connector, name: &str) -> Error {
    let entries = store.list().unwrap_or_default();
    let names = names(&entries, &connector.name);
    let known = if names.is_empty() {
        String::new()
    } else {
        format!("{}; there are: {}", suggestion(name, &names), names.join(", "))
    };
    usage(format!(
        "there is no account '{name}' of {}{known}. To make it: {}",
        connector.name,
        reach::login_command(connector, name)
    ))
}

fn names<'e>(entries: &'e [Entry], connector: &str) -> Vec<&'e str> {
    let own = entries.iter().filter(|entry| entry.connector == connector);
    own.map(|entry| entry.account.as_str()).collect()
}

/// The engine's complaint that credentials are missing, with what would help.
pub(crate) fn missing(connector: &Connector, error: &Error) -> Error {
    let name = &connector.name;
    let entries = store(None).and_then(|store| store.list()).unwrap_or_default();
    let names = names(&entries, name);
    let hint = if names.is_empty() {
        format!("To be asked for them once: {}", reach::login_command(connector, DEFAULT))
    } else {
        format!("To use a stored account, add --account with one of: {}", names.join(", "))
    };
    Error::new(ErrorKind::Authentication, format!("{error}. {hint}"))
}

/// Lists or removes accounts.
pub(crate) fn accounts(args: AccountsArgs) -> Result<(), Stop> {
    match args.command {
        AccountsCommand::List(args) => {
            let entries = store(None)?.list()?;
            let wanted = |entry: &&Entry| {
                args.connector.as_ref().is_none_or(|name| *name == entry.connector)
            };
            let data: Vec<Value> = entries.iter().filter(wanted).map(summary).collect();
            if data.is_empty() && args.output.is_none() && terminal::shows_output() {
                let mut stdout = std::io::stdout().lock();
                writeln!(stdout, "No accounts yet. To make one: airbyte-agent login CONNECTOR")?;
                return Ok(());
            }
            let printed = Printed { data: data.into(), meta: Value::Null, next: None };
            output::print(output::format(args.output), &printed)
        }
        AccountsCommand::Remove(args) => remove(&args),
    }
}

fn summary(entry: &Entry) -> Value {
    json!({
        "connector": entry.connector,
        "account": entry.account,
        "scheme": entry.scheme,
        "stored_in": entry.place.as_str(),
        "expires_at": entry.expires_at.and_then(date),
        "renews": entry.renews,
    })
}

/// An instant as people and programs read it.
pub(crate) fn date(at: SystemTime) -> Option<String> {
    let at = Timestamp::try_from(at).ok()?;
    at.round(jiff::Unit::Second).ok().map(|at| at.to_string())
}

fn remove(args: &RemoveArgs) -> Result<(), Stop> {
    let store = store(None)?;
    let (connector, name) = (&args.connector, &args.account);
    if !store.remove(connector, name)? {
        let entries = store.list()?;
        let names = names(&entries, connector);
        let known = if names.is_empty() {
            "it has none".to_owned()
        } else {
            format!("there are: {}", names.join(", "))
        };
        let message = format!("there is no account '{name}' of {connector}; {known}");
        return Err(Error::new(ErrorKind::NotFound, message).into());
    }
    let mut stdout = std::io::stdout().lock();
    if terminal::shows_output() {
        writeln!(
            stdout,
            "{connector}: the account '{name}' is forgotten here; at the vendor it stays valid \
             until it is revoked there"
        )?;
    } else {
        let said = json!({"connector": connector, "account": name, "removed": true});
        writeln!(stdout, "{said}")?;
    }
    Ok(())
}
