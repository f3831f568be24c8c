//! The commands `accounts list` and `accounts remove`.

use std::io::Write as _;

use airbyte_agent_accounts::Entry;
use airbyte_agent_core::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::accounts::{account_names, open_store};
use crate::args::accounts::{AccountsArgs, AccountsCommand, ListArgs, RemoveArgs};
use crate::failure::Stop;
use crate::output::{self, ResultDocument, timestamp};
use crate::terminal;

/// Lists the stored accounts, or removes one of them.
pub(crate) fn run_accounts(args: &AccountsArgs) -> Result<(), Stop> {
    match &args.command {
        AccountsCommand::List(args) => list_accounts(args),
        AccountsCommand::Remove(args) => remove_account(args),
    }
}

fn list_accounts(args: &ListArgs) -> Result<(), Stop> {
    let entries = open_store(None)?.list()?;
    let is_selected =
        |entry: &&Entry| args.connector.as_ref().is_none_or(|name| *name == entry.connector);
    let data: Vec<Value> = entries.iter().filter(is_selected).map(entry_json).collect();
    if data.is_empty() && args.output.is_none() && terminal::stdout_is_terminal() {
        let mut stdout = terminal::stdout();
        writeln!(
            stdout,
            "No accounts are stored yet. To store one: airbyte-agent login CONNECTOR"
        )?;
        return Ok(());
    }
    output::print_result(args.output, &ResultDocument::of_data(data.into()))
}

fn entry_json(entry: &Entry) -> Value {
    json!({
        "connector": entry.connector,
        "account": entry.account,
        "scheme": entry.scheme,
        "stored_in": entry.place.as_str(),
        "expires_at": entry.expires_at.and_then(timestamp),
        "renews": entry.renews,
    })
}

fn remove_account(args: &RemoveArgs) -> Result<(), Stop> {
    let store = open_store(None)?;
    let (connector, name) = (&args.connector, &args.account);
    if !store.remove(connector, name)? {
        let entries = store.list()?;
        let names = account_names(&entries, connector);
        let known = if names.is_empty() {
            // An account may belong to a spec, so the name need not be that of a connector.
            airbyte_agent::connector(connector)
                .map_or_else(|error| error.message().to_owned(), |_| "it has none".to_owned())
        } else {
            format!("there are: {}", names.join(", "))
        };
        let message = format!("there is no account '{name}' of {connector}; {known}");
        return Err(Error::new(ErrorKind::NotFound, message).into());
    }
    let mut stdout = terminal::stdout();
    if terminal::stdout_is_terminal() {
        writeln!(
            stdout,
            "{connector}: the account '{name}' is removed from this machine; the vendor accepts \
             its credentials until they are revoked there"
        )?;
    } else {
        let report = json!({"connector": connector, "account": name, "removed": true});
        writeln!(stdout, "{report}")?;
    }
    Ok(())
}
