//! The Rust files of a connector crate. Text in, text out; names and types are settled before.

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
    // Request types derive, and some methods take what serde can write; a connector without
    // either needs no serde of its own.
    let derives =
        files.values().any(|text| text.contains("use serde::") || text.contains("request! {"));
    files.insert("Cargo.toml".to_owned(), manifest::manifest(model, derives));
    Ok(files)
}

/// Makes sure that the file `path` is Rust.
pub(crate) fn parse(path: &str, text: &str) -> Result<(), Error> {
    let parsed = syn::parse_file(text).map(|_| ());
    parsed.map_err(|error| Error::Unparsable { message: format!("{path}: {error}") })
}
