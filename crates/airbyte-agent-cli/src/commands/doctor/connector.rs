//! One connector in the report: which credentials a call would use, and what is missing.

use std::collections::BTreeMap;
use std::time::SystemTime;

use airbyte_agent_accounts::{DEFAULT, Entry, Store};
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Client, Description, Error, Local};

use super::report::Report;
use crate::variables::{Variables, credential_variable};
use crate::{accounts, output, ownership};

/// The names of the credential variables that are set, by the names of their fields.
fn variables_set(
    connector: &Connector,
    variables: &Variables,
    from: Provenance,
) -> BTreeMap<String, String> {
    let mut set = BTreeMap::new();
    for field in connector.auth.iter().flat_map(|scheme| scheme.fields.iter()) {
        for name in std::iter::once(&field.name).chain(field.aliases.iter()) {
            let variable = credential_variable(connector, name);
            let may_use = || ownership::check_variable(connector, &variable).is_ok();
            if variables.get(from, &variable).is_some() && may_use() {
                set.insert(name.to_string(), variable);
            }
        }
    }
    set
}

/// Whether the environment or the folder has credentials for a connector.
pub(super) fn has_variables(connector: &Connector, variables: &Variables) -> bool {
    let from = [Provenance::Environment, Provenance::Folder];
    from.into_iter().any(|from| !variables_set(connector, variables, from).is_empty())
}

/// Reports what a call of this connector would use.
pub(super) fn examine_connector(
    report: &mut Report,
    description: &Description,
    variables: &Variables,
    entries: &[Entry],
    store: Option<&Store>,
) {
    let connector: &Connector = description;
    report.start_area(&connector.title);
    for from in [Provenance::Environment, Provenance::Folder] {
        if let Err(error) = variables.credentials(from, connector) {
            report
                .add_problem(error.to_string(), "--credentials @FILE, or another name in the spec");
            return;
        }
    }
    let in_environment = variables_set(connector, variables, Provenance::Environment);
    let in_folder = variables_set(connector, variables, Provenance::Folder);
    let accounts: Vec<&Entry> =
        entries.iter().filter(|entry| entry.connector == connector.name).collect();
    let default = accounts.iter().find(|entry| entry.account == DEFAULT);
    let used = match (in_environment.is_empty(), default, in_folder.is_empty()) {
        (false, _, _) => Some(Provenance::Environment),
        (true, Some(_), _) => Some(Provenance::UserFile),
        (true, None, false) => Some(Provenance::Folder),
        (true, None, true) => None,
    };
    if used == Some(Provenance::Environment) {
        let from = Provenance::Environment;
        examine_variables(report, description, variables, &in_environment, from);
    }
    for entry in &accounts {
        let is_used = used == Some(Provenance::UserFile) && entry.account == DEFAULT;
        examine_account(report, description, entry, is_used, store);
    }
    if used == Some(Provenance::Folder) {
        examine_variables(report, description, variables, &in_folder, Provenance::Folder);
    } else if let Some(stronger) = used {
        let names: Vec<String> = in_folder.into_values().collect();
        let reason = format!("what is {stronger} goes first");
        variables.unused_note(&names, &reason).into_iter().for_each(|text| report.add_note(text));
    }
    if used == Some(Provenance::Environment) && default.is_some() {
        report.add_note(
            "the environment goes before the stored account; --account default uses the account",
        );
    }
    add_next_step(report, connector, used, &accounts);
}

/// Says what to do where a call would find no credentials, and otherwise how to try them.
fn add_next_step(
    report: &mut Report,
    connector: &Connector,
    used: Option<Provenance>,
    accounts: &[&Entry],
) {
    if used.is_none() && accounts.is_empty() {
        report.add_problem(
            format!(
                "no credentials; calls would fail. Schemes, with the variables of each: {}",
                scheme_list(connector)
            ),
            accounts::login_command(connector, DEFAULT),
        );
    } else if used.is_none() {
        let names: Vec<&str> = accounts.iter().map(|entry| entry.account.as_str()).collect();
        report.add_suggestion(
            format!("no account 'default': calls have to name one of {}", names.join(", ")),
            format!("airbyte-agent check {} --account {}", connector.name, names[0]),
        );
    } else if report.is_healthy() {
        report.add_suggestion(
            "to try the credentials",
            format!("airbyte-agent check {}", connector.name),
        );
    }
}

/// Reports the credentials of the environment or of the folder.
fn examine_variables(
    report: &mut Report,
    description: &Description,
    variables: &Variables,
    set: &BTreeMap<String, String>,
    from: Provenance,
) {
    let connector: &Connector = description;
    let place = if from == Provenance::Folder { ".env of this folder" } else { "the environment" };
    let names: Vec<&str> = set.values().map(String::as_str).collect();
    let names = names.join(", ");
    let missing_variables = |scheme: &AuthScheme| -> Vec<String> {
        let is_set = |name: &str| set.contains_key(name);
        let fields = scheme.fields.iter().filter(|field| {
            field.required
                && !is_set(&field.name)
                && !field.aliases.iter().any(|alias| is_set(alias))
        });
        fields.map(|field| credential_variable(connector, &field.name)).collect()
    };
    let complete: Vec<&AuthScheme> =
        connector.auth.iter().filter(|scheme| missing_variables(scheme).is_empty()).collect();
    if let [scheme] = complete.as_slice() {
        report.add_good(format!("calls use {place} ({names}): {}", scheme.title));
    } else if complete.is_empty() {
        let uses_any = |scheme: &&AuthScheme| set.keys().any(|name| scheme.field(name).is_some());
        for scheme in connector.auth.iter().filter(uses_any) {
            let missing = missing_variables(scheme);
            report.add_problem(
                format!(
                    "{names} alone is not enough: {} also needs {}",
                    scheme.title,
                    missing.join(", ")
                ),
                format!("export {}=…", missing.join("=… ")),
            );
        }
        return;
    } else {
        report.add_note(format!("calls use {place} ({names})"));
    }
    if let Some(credentials) = variables.credentials(from, connector).transpose() {
        let local = credentials
            .and_then(|credentials| credentials.release(&Receiver::of_user()))
            .and_then(|credentials| {
                let settings = variables.settings(from, description)?;
                let local = Local::new(credentials);
                Ok(settings
                    .into_iter()
                    .fold(local, |local, (name, value)| local.config(name, value)))
            });
        let step = format!("airbyte-agent describe {}", description.name);
        try_client(report, description, local, step);
    }
}

/// Reports what the engine finds wrong with credentials and settings. Nothing is sent.
fn try_client(
    report: &mut Report,
    description: &Description,
    local: Result<Local, Error>,
    step: String,
) {
    if let Err(error) = local.and_then(|local| Client::local(description.clone(), local)) {
        let message = error.to_string();
        if message.contains("needs the setting") {
            report.add_suggestion(
                format!("{message}; give it with every call, or store it in an account"),
                format!("{} --config '{{…}}'", accounts::login_command(description, DEFAULT)),
            );
        } else {
            report.add_problem(message, step);
        }
    }
}

/// Reports a stored account.
fn examine_account(
    report: &mut Report,
    description: &Description,
    entry: &Entry,
    is_used: bool,
    store: Option<&Store>,
) {
    let connector: &Connector = description;
    let name = &entry.account;
    let scheme = entry.scheme.as_deref().unwrap_or("unknown scheme");
    let use_text = if is_used { "calls use the account" } else { "there is the account" };
    let text = format!("{use_text} '{name}' ({scheme}, in {})", entry.place.title());
    let login = accounts::login_command(connector, name);
    let expired_at = entry.expires_at.filter(|at| *at <= SystemTime::now());
    match (expired_at, entry.renews) {
        (Some(at), false) => {
            let at = output::timestamp(at).unwrap_or_default();
            report.add_problem(format!("{text}: its token expired at {at}"), login);
            return;
        }
        (Some(_), true) => {
            report.add_good(format!("{text}; its token is renewed with the next call"));
        }
        (None, _) => report.add_good(text),
    }
    if !is_used {
        return;
    }
    // Only the account that calls would use is opened, because others may need another passphrase.
    match store.map(|store| (store, accounts::open_account(store, connector, name))) {
        Some((store, Ok(Some(account)))) => {
            try_client(report, description, account.local(connector, store), login);
        }
        Some((_, Err(error))) => report.add_problem(error.to_string(), login),
        _ => {}
    }
}

/// Every scheme with the variables that it requires.
fn scheme_list(connector: &Connector) -> String {
    let scheme_text = |scheme: &AuthScheme| {
        let required = scheme.fields.iter().filter(|field| field.required);
        let names: Vec<String> =
            required.map(|field| credential_variable(connector, &field.name)).collect();
        format!("{} ({})", scheme.title, names.join(", "))
    };
    connector.auth.iter().map(scheme_text).collect::<Vec<_>>().join("; ")
}
