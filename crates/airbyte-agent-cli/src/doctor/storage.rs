//! The store of accounts: where it is, whether it can be opened, what it holds.

use std::env;

use airbyte_agent_accounts::{Entry, Place, Store};
use airbyte_agent_core::{Error, ErrorKind};

use super::report::Report;
use crate::prompt;

/// Looks at the store; gives what its index holds.
pub(super) fn look(report: &mut Report, store: &Result<Store, Error>) -> Vec<Entry> {
    report.area("Accounts");
    let store = match store {
        Ok(store) => store,
        Err(error) => {
            report.problem(error.to_string(), "check the variables AIRBYTE_…");
            return Vec::new();
        }
    };
    match store.keyring() {
        Ok(()) => report.good("there is a keyring"),
        Err(error) => report.note(error.to_string()),
    }
    let entries = match store.list() {
        Ok(entries) => entries,
        Err(error) => {
            let folder = store.folder().display();
            let next = match error.kind() {
                ErrorKind::Validation => format!("rm -r {folder}    (and log in again)"),
                _ => format!("chmod 700 {folder}"),
            };
            report.problem(error.to_string(), next);
            return Vec::new();
        }
    };
    let sealed = entries.iter().filter(|entry| entry.place == Place::File).count();
    let folder = store.folder().display();
    match (entries.len(), sealed) {
        (0, _) => report.note(format!("none is stored yet; they would be in {folder}")),
        (all, sealed) => report.good(format!(
            "{all} stored, {} in the keyring and {sealed} in sealed files ({folder})",
            all - sealed
        )),
    }
    passphrase(report, sealed > 0, store.place().ok() == Some(Place::File));
    entries
}

/// Whether sealed files can be opened, as far as that can be told without doing so.
fn passphrase(report: &mut Report, is_needed: bool, would_be_needed: bool) {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let known = ["AIRBYTE_AGENT_PASSPHRASE", "AIRBYTE_AGENT_PASSPHRASE_FILE"]
        .into_iter()
        .find(|name| set(name));
    if let Some(name) = known.filter(|_| is_needed || would_be_needed) {
        report.good(format!("{name} opens sealed files"));
    } else if is_needed && !prompt::is_possible() {
        report.problem(
            "the passphrase of the sealed files is not known, and nobody can be asked for it",
            "export AIRBYTE_AGENT_PASSPHRASE=…",
        );
    } else if is_needed || would_be_needed {
        report.note("sealed files need a passphrase: it is asked for, or AIRBYTE_AGENT_PASSPHRASE");
    }
}
