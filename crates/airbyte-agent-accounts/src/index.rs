//! The index: which accounts there are and where their secrets are, without any secret.

use std::path::Path;
use std::time::SystemTime;

use airbyte_agent_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use crate::account::{instant, seconds};
use crate::{Account, Place, name};

const VERSION: u64 = 1;
/// Name of the file.
pub(crate) const FILE: &str = "index.json";

/// What the index says about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name of the connector.
    pub connector: String,
    /// The name of the account.
    pub account: String,
    /// The name of the security scheme, where it is known.
    pub scheme: Option<String>,
    /// Where the secrets of the account are stored.
    pub place: Place,
    /// The time at which the access token expires, where that is known.
    pub expires_at: Option<SystemTime>,
    /// Whether the account can get a new access token by itself.
    pub renews: bool,
}

impl Entry {
    pub(crate) fn new(account: &Account, place: Place) -> Self {
        let tokens = account.stored_tokens();
        Self {
            connector: account.connector().to_owned(),
            account: account.name().to_owned(),
            scheme: account.scheme_name().map(str::to_owned),
            place,
            expires_at: account.expires_at(),
            renews: tokens.is_some_and(|tokens| tokens.refresh_token.is_some())
                || account.field_names().any(|name| name == "refresh_token"),
        }
    }

    pub(crate) fn is(&self, connector: &str, account: &str) -> bool {
        self.connector == connector && self.account == account
    }
}

/// Writes an index.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let entry = |entry: &Entry| {
        json!({
            "connector": entry.connector,
            "account": entry.account,
            "scheme": entry.scheme,
            "stored_in": entry.place.as_str(),
            "expires_at": entry.expires_at.map(seconds),
            "renews": entry.renews,
        })
    };
    let accounts: Vec<Value> = entries.iter().map(entry).collect();
    let file = json!({"version": VERSION, "accounts": accounts});
    format!("{file:#}\n").into_bytes()
}

/// Reads an index, which is a file of this folder.
pub(crate) fn read(folder: &Path, file: &[u8]) -> Result<Vec<Entry>> {
    let broken = || {
        let path = folder.join(FILE);
        let message = format!(
            "the index of the accounts, {}, is damaged: move it away and sign in again with 'airbyte-agent \
             login', or put a copy in its place; the stored secrets are not touched",
            path.display()
        );
        Error::new(ErrorKind::Storage, message)
    };
    let file: Value = serde_json::from_slice(file).map_err(|_| broken())?;
    if file["version"].as_u64() != Some(VERSION) {
        return Err(broken());
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    // Names become names of files.
    let name_of = |value: &Value| text(value).filter(|text| name::fits(text));
    let entry = |value: &Value| {
        Some(Entry {
            connector: name_of(&value["connector"])?,
            account: name_of(&value["account"])?,
            scheme: text(&value["scheme"]),
            place: Place::parse(value["stored_in"].as_str()?)?,
            expires_at: value["expires_at"].as_u64().and_then(instant),
            renews: value["renews"].as_bool().unwrap_or_default(),
        })
    };
    let entries = file["accounts"].as_array().ok_or_else(broken)?;
    entries.iter().map(entry).collect::<Option<Vec<_>>>().ok_or_else(broken)
}
