//! The store of accounts in the report: where it is, whether it can be opened, and what it holds.

use std::env;

use airbyte_agent_accounts::{Entry, Place, Store};
use airbyte_agent_core::{Error, ErrorKind};

use super::report::Report;
use crate::prompt;

/// Reports the state of the store, and returns the entries of its index.
pub(super) fn examine_store(report: &mut Report, store: &Result<Store, Error>) -> Vec<Entry> {
    report.start_area("Accounts");
    let store = match store {
        Ok(store) => store,
        Err(error) => {
            report.add_problem(error.to_string(), "check the variables AIRBYTE_…");
            return Vec::new();
        }
    };
    match store.keyring() {
        Ok(()) => report.add_good("there is a keyring"),
        Err(error) => report.add_note(error.to_string()),
    }
    let entries = match store.list() {
        Ok(entries) => entries,
        Err(error) => {
            let folder = store.folder().display();
            let step = match error.kind() {
                ErrorKind::Validation => format!("rm -r {folder}    (and log in again)"),
                _ => format!("chmod 700 {folder}"),
            };
            report.add_problem(error.to_string(), step);
            return Vec::new();
        }
    };
    let sealed = entries.iter().filter(|entry| entry.place == Place::File).count();
    let folder = store.folder().display();
    match (entries.len(), sealed) {
        (0, _) => {
            report.add_note(format!("no account is stored yet; they would be in {folder}"));
        }
        (count, sealed) => report.add_good(format!(
            "{count} stored, {} in the keyring and {sealed} in sealed files ({folder})",
            count - sealed
        )),
    }
    examine_passphrase(report, sealed > 0, store.place().ok() == Some(Place::File));
    entries
}

/// Reports whether sealed files can be opened, as far as this is known without opening them.
/// `is_needed`: there are sealed files. `would_be_needed`: a new account would be sealed.
fn examine_passphrase(report: &mut Report, is_needed: bool, would_be_needed: bool) {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let variable = ["AIRBYTE_AGENT_PASSPHRASE", "AIRBYTE_AGENT_PASSPHRASE_FILE"]
        .into_iter()
        .find(|name| is_set(name));
    if let Some(name) = variable.filter(|_| is_needed || would_be_needed) {
        report.add_good(format!("{name} opens sealed files"));
    } else if is_needed && !prompt::is_possible() {
        report.add_problem(
            "the passphrase of the sealed files is not known, and standard input is not a terminal where it could be asked for",
            "export AIRBYTE_AGENT_PASSPHRASE=…",
        );
    } else if is_needed || would_be_needed {
        report.add_note(
            "sealed files need a passphrase: it is asked for, or AIRBYTE_AGENT_PASSPHRASE",
        );
    }
}
