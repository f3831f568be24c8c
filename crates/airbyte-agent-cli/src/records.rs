//! The store of records: its place, opening it, and what its errors mean to scripts.

use std::path::{Path, PathBuf};

use airbyte_agent_accounts::Options;
use airbyte_agent_core::Error;
use airbyte_agent_store::{OpenOptions, Store};
pub(crate) use airbyte_agent_sync::engine_error as error;

use crate::args::sync::StoreArgs;
use crate::failure::{unwritable, usage_error};

/// Name of the store in the folder of the settings.
const FILE: &str = "records.db";

/// The account of records that come from the sandbox.
pub(crate) const SANDBOX_ACCOUNT: &str = "sandbox";

/// The account of records of which no name was given.
pub(crate) const DEFAULT_ACCOUNT: &str = "default";

/// The file of the store.
pub(crate) fn path(args: &StoreArgs) -> Result<PathBuf, Error> {
    if let Some(path) = &args.store {
        let is_address = path.to_str().is_some_and(|text| text.contains("://"));
        if is_address {
            return Err(usage_error(format!(
                "--store {}: only files can be a store; give the path of a file",
                path.display()
            )));
        }
        return Ok(path.clone());
    }
    let accounts = Options::from_env()?.folder;
    Ok(accounts.parent().unwrap_or(&accounts).join(FILE))
}

/// Opens the store, which is made if it does not exist.
pub(crate) fn open(path: &Path, most_bytes: Option<u64>) -> Result<Store, Error> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
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

/// Opens the store in this file, which exists.
pub(crate) fn open_existing_file(path: &Path) -> Result<Store, Error> {
    if !path.exists() {
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
