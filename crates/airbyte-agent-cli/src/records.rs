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
    let accounts = Options::from_env()?.folder;
    Ok(accounts.parent().unwrap_or(&accounts).join(FILE))
}

/// Whether the store is in a database with an address.
fn has_address(path: &Path) -> bool {
    path.to_str().is_some_and(is_address)
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
