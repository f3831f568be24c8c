//! The store of records: its place, opening it, and what its errors mean to scripts.

use std::path::{Path, PathBuf};

use airbyte_agent_accounts::Options;
use airbyte_agent_core::Error;
use airbyte_agent_store::{OpenOptions, Store, is_address};
pub(crate) use airbyte_agent_sync::engine_error as error;

use crate::args::sync::StoreArgs;
use crate::failure::{unwritable, usage_error};

/// Name of the store in the folder of the settings.
const FILE: &str = "records.db";

/// The account of records that come from the sandbox.
pub(crate) const SANDBOX_ACCOUNT: &str = "sandbox";

/// The account of records of which no name was given.
pub(crate) const DEFAULT_ACCOUNT: &str = "default";

/// The file of the store, or the address of its database.
pub(crate) fn path(args: &StoreArgs) -> Result<PathBuf, Error> {
    if let Some(path) = &args.store {
        check(path)?;
        return Ok(path.clone());
    }
    Ok(folder()?.join(FILE))
}

/// The folder of the settings.
fn folder() -> Result<PathBuf, Error> {
    let accounts = Options::from_env()?.folder;
    Ok(accounts.parent().unwrap_or(&accounts).to_owned())
}

/// The path beside which files about a store are: its own, or for a database one in the folder of the settings. It has no
/// password in it.
pub(crate) fn place(store: &Store) -> Result<PathBuf, Error> {
    let Some(address) = address_of(store.path()) else { return Ok(store.path().to_owned()) };
    let folder = folder()?;
    std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    Ok(folder.join(safe_name(address)))
}

/// A text as a part of the name of a file, different for different texts.
pub(crate) fn safe_name(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    text.bytes()
        .map(
            |byte| {
                if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }
            },
        )
        .collect()
}

/// The address of the store if it is in a database.
pub(crate) fn address_of(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| is_address(text))
}

fn has_address(path: &Path) -> bool {
    address_of(path).is_some()
}

/// The address without its password.
pub(crate) fn without_password(address: &str) -> String {
    let (start, query) = address.split_once('?').unwrap_or((address, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("password="));
    let query = others.collect::<Vec<_>>().join("&");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let parts = || {
        let (scheme, rest) = start.split_once("://")?;
        let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = authority.rsplit_once('@')?;
        let name = user.split_once(':').map_or(user, |(name, _)| name);
        Some(format!("{scheme}://{name}@{host}{}", rest.get(authority.len()..)?))
    };
    format!("{}{query}", parts().unwrap_or_else(|| start.to_owned()))
}

/// Refuses addresses of anything but Postgres. They may contain a password, so that the message does not repeat them.
fn check(path: &Path) -> Result<(), Error> {
    let scheme = path.to_str().and_then(|text| Some(text.split_once("://")?.0));
    match scheme {
        Some(scheme) if !has_address(path) => Err(usage_error(format!(
            "--store {scheme}://…: a store is a file or a Postgres database; give a path or postgres://user@host/database"
        ))),
        _ => Ok(()),
    }
}

/// Opens the store, which is made if it does not exist.
pub(crate) fn open(path: &Path, most_bytes: Option<u64>) -> Result<Store, Error> {
    check(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|_| !has_address(path)) {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let mut options = OpenOptions::default();
    options.most_bytes = most_bytes;
    Store::open(path, &options).map_err(error)
}

/// Opens a store that exists.
pub(crate) fn open_existing(args: &StoreArgs) -> Result<Store, Error> {
    open_existing_file(&path(args)?)
}

/// Opens the store at this place, which exists if it is a file.
pub(crate) fn open_existing_file(path: &Path) -> Result<Store, Error> {
    if !has_address(path) && !path.exists() {
        return Err(usage_error(format!(
            "there is no store at {}; 'airbyte-agent sync CONNECTOR' makes one",
            path.display()
        )));
    }
    open(path, None)
}

/// The error of the program that an error of a sync is.
pub(crate) fn sync_error(error: &airbyte_agent_sync::Error) -> Error {
    match error {
        airbyte_agent_sync::Error::Call(error) => error.clone(),
        other => Error::new(other.kind(), other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_taken_out_of_addresses() {
        for (address, expected) in [
            ("postgres://ann:s3cret@db/crm?schema=a", "postgres://ann@db/crm?schema=a"),
            ("postgres://ann:s@3:cret@db:5432", "postgres://ann@db:5432"),
            ("postgres://ann@db/crm", "postgres://ann@db/crm"),
            ("postgres://db/crm?a=b@c", "postgres://db/crm?a=b@c"),
            ("postgres://db/crm?password=s3cret&user=ann", "postgres://db/crm?user=ann"),
        ] {
            assert_eq!(without_password(address), expected);
        }
    }
}
