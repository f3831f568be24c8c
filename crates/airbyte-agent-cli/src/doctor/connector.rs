//! One connector: which credentials a call would use, and what they lack.

use std::collections::BTreeMap;
use std::time::SystemTime;

use airbyte_agent_accounts::{DEFAULT, Entry, Store};
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Client, Description, Error, Local};

use super::report::Report;
use crate::variables::Variables;
use crate::{accounts, reach};

/// Names of the variables that are set, by the names of their fields.
fn variables_set(
    connector: &Connector,
    variables: &Variables,
    from: Provenance,
) -> BTreeMap<String, String> {
    let mut set = BTreeMap::new();
    for field in connector.auth.iter().flat_map(|scheme| scheme.fields.iter()) {
        for name in std::iter::once(&field.name).chain(field.aliases.iter()) {
            let variable = variable(connector, name);
            let is_own = || reach::check_variable(connector, &variable).is_ok();
            if variables.get(from, &variable).is_some() && is_own() {
                set.insert(name.to_string(), variable);
            }
        }
    }
    set
}

/// Whether the environment or the folder has credentials of a connector.
pub(super) fn has_variables(connector: &Connector, variables: &Variables) -> bool {
    let from = [Provenance::Environment, Provenance::Folder];
    from.into_iter().any(|from| !variables_set(connector, variables, from).is_empty())
}

fn variable(connector: &Connector, field: &str) -> String {
    let name = |text: &str| text.to_uppercase().replace('-', "_");
    format!("AIRBYTE_AGENT_{}_{}", name(&connector.name), name(field))
}

/// Looks at what a call of this connector would use.
pub(super) fn look(
    report: &mut Report,
    description: &Description,
    variables: &Variables,
    entries: &[Entry],
    store: Option<&Store>,
) {
    let connector: &Connector = description;
    report.area(&connector.title);
    for from in [Provenance::Environment, Provenance::Folder] {
        if let Err(error) = variables.credentials(from, connector) {
            report.problem(error.to_string(), "--credentials @FILE, or another name in the spec");
            return;
        }
    }
    let set = variables_set(connector, variables, Provenance::Environment);
    let of_folder = variables_set(connector, variables, Provenance::Folder);
    let own: Vec<&Entry> =
        entries.iter().filter(|entry| entry.connector == connector.name).collect();
    let default = own.iter().find(|entry| entry.account == DEFAULT);
    let used = match (set.is_empty(), default, of_folder.is_empty()) {
        (false, _, _) => Some(Provenance::Environment),
        (true, Some(_), _) => Some(Provenance::UserFile),
        (true, None, false) => Some(Provenance::Folder),
        (true, None, true) => None,
    };
    if used == Some(Provenance::Environment) {
        of_variables(report, description, variables, &set, Provenance::Environment);
    }
    for entry in &own {
        let is_used = used == Some(Provenance::UserFile) && entry.account == DEFAULT;
        stored(report, description, entry, is_used, store);
    }
    if used == Some(Provenance::Folder) {
        of_variables(report, description, variables, &of_folder, Provenance::Folder);
    } else if let Some(stronger) = used {
        let names: Vec<String> = of_folder.into_values().collect();
        let stronger = format!("what is {stronger} goes first");
        variables.unused(&names, &stronger).into_iter().for_each(|text| report.note(text));
    }
    let login = reach::login_command(connector, DEFAULT);
    if used == Some(Provenance::Environment) && default.is_some() {
        report.note("the environment goes before the stored account; --account default names that");
    }
    if used.is_none() && own.is_empty() {
        report.problem(
            format!(
                "no credentials; calls would fail. Ways to authenticate, with the variables of \
                 each: {}",
                ways(connector)
            ),
            login,
        );
    } else if used.is_none() {
        let names: Vec<&str> = own.iter().map(|entry| entry.account.as_str()).collect();
        report.suggest(
            format!("no account 'default': calls have to name one of {}", names.join(", ")),
            format!("airbyte-agent check {} --account {}", connector.name, names[0]),
        );
    } else if report.is_healthy() {
        report.suggest("to try the credentials", format!("airbyte-agent check {}", connector.name));
    }
}

/// The credentials of the environment or of the folder.
fn of_variables(
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
    let missing = |scheme: &AuthScheme| -> Vec<String> {
        let given = |name: &str| set.contains_key(name);
        let fields = scheme.fields.iter().filter(|field| {
            field.required && !given(&field.name) && !field.aliases.iter().any(|alias| given(alias))
        });
        fields.map(|field| variable(connector, &field.name)).collect()
    };
    let complete: Vec<&AuthScheme> =
        connector.auth.iter().filter(|scheme| missing(scheme).is_empty()).collect();
    if let [scheme] = complete.as_slice() {
        report.good(format!("calls use {place} ({names}): {}", scheme.title));
    } else if complete.is_empty() {
        let takes = |scheme: &&AuthScheme| set.keys().any(|name| scheme.field(name).is_some());
        for scheme in connector.auth.iter().filter(takes) {
            let lacks = missing(scheme);
            report.problem(
                format!("{names} alone is not enough: {} lacks {}", scheme.title, lacks.join(", ")),
                format!("export {}=…", lacks.join("=… ")),
            );
        }
        return;
    } else {
        report.note(format!("calls use {place} ({names})"));
    }
    // Nothing is sent.
    let found = variables.credentials(from, connector).transpose();
    if let Some(found) = found {
        let credentials = found.and_then(|found| found.release(&Receiver::of_user()));
        let next = format!("airbyte-agent describe {}", description.name);
        verdict(report, description, credentials.map(Local::new), next);
    }
}

/// What the engine says of credentials and settings before anything is sent.
fn verdict(
    report: &mut Report,
    description: &Description,
    local: Result<Local, Error>,
    next: String,
) {
    if let Err(error) = local.and_then(|local| Client::local(description.clone(), local)) {
        let message = error.to_string();
        if message.contains("needs the setting") {
            report.suggest(
                format!("{message}; every call has to say it, or an account keeps it"),
                format!("airbyte-agent login {} --config '{{…}}'", description.name),
            );
        } else {
            report.problem(message, next);
        }
    }
}

/// A stored account.
fn stored(
    report: &mut Report,
    description: &Description,
    entry: &Entry,
    is_used: bool,
    store: Option<&Store>,
) {
    let connector: &Connector = description;
    let name = &entry.account;
    let scheme = entry.scheme.as_deref().unwrap_or("unknown scheme");
    let used = if is_used { "calls use the account" } else { "there is the account" };
    let text = format!("{used} '{name}' ({scheme}, in {})", entry.place.title());
    let again = reach::login_command(connector, name);
    let ended = entry.expires_at.filter(|at| *at <= SystemTime::now());
    match (ended, entry.renews) {
        (Some(at), false) => {
            let at = accounts::date(at).unwrap_or_default();
            report.problem(format!("{text}: its token ended at {at}"), again);
            return;
        }
        (Some(_), true) => report.good(format!("{text}; its token is renewed with the next call")),
        (None, _) => report.good(text),
    }
    if !is_used {
        return;
    }
    // Only the account that calls would use is opened: others may need another unlocking.
    match store.map(|store| (store, reach::open(store, connector, name))) {
        Some((store, Ok(Some(account)))) => {
            verdict(report, description, account.local(connector, store), again);
        }
        Some((_, Err(error))) => report.problem(error.to_string(), again),
        _ => {}
    }
}

/// Every scheme with the variables that it needs.
fn ways(connector: &Connector) -> String {
    let way = |scheme: &AuthScheme| {
        let required = scheme.fields.iter().filter(|field| field.required);
        let names: Vec<String> = required.map(|field| variable(connector, &field.name)).collect();
        format!("{} ({})", scheme.title, names.join(", "))
    };
    connector.auth.iter().map(way).collect::<Vec<_>>().join("; ")
}
