//! The Rust files of a connector crate, as texts. Names and types come from the model.

mod auth;
mod connector;
mod description;
mod entities;
mod example;
mod kinds;
mod manifest;
mod requests;
mod store;
mod types;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Error;
use crate::model::Model;

pub(crate) use entities::remarks;
pub(crate) use example::{
    bare_call, call_example, connect_example, imports, params, print, record_name,
};
pub(crate) use store::class as store_class;
pub(crate) use writer::{Writer, header};

/// Every Rust file and the manifest, by path inside the crate.
pub(crate) fn files(model: &Model<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut files = BTreeMap::new();
    files.insert("src/lib.rs".to_owned(), connector::library(model));
    files.insert("src/connector.rs".to_owned(), connector::connector(model));
    files.insert("src/auth.rs".to_owned(), auth::auth(model));
    files.extend(description::files(model));
    files.extend(types::files(model));
    files.extend(entities::files(model));
    files.extend(store::files(model));
    for (path, text) in &files {
        if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
            parse(path, text)?;
        }
    }
    // Only request types and methods that take any serializable value need serde in the crate itself.
    let derives =
        files.values().any(|text| text.contains("use serde::") || text.contains("request! {"));
    files.insert("Cargo.toml".to_owned(), manifest::manifest(model, derives));
    Ok(files)
}

/// Checks that `text`, the file `path`, is valid Rust.
pub(crate) fn parse(path: &str, text: &str) -> Result<(), Error> {
    let parsed = syn::parse_file(text).map(|_| ());
    parsed.map_err(|error| Error::Unparsable { message: format!("{path}: {error}") })
}
