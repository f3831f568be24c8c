//! Checks what a package has to contain in addition to code that compiles.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::{Error, Package, attempt};
use crate::licences;
use crate::tidy::Crate;

/// The size in bytes that crates.io accepts.
const LIMIT: u64 = 10 * 1024 * 1024;

pub(super) fn examine(
    target: &Path,
    unpacked: &Path,
    member: &Crate,
    version: &str,
) -> Result<Package, Error> {
    let name = format!("{}-{version}", member.name);
    let archive = target.join("package").join(format!("{name}.crate"));
    let size = attempt(&archive, fs::metadata(&archive))?.len();
    let folder = unpacked.join(&name);
    let mut missing = Vec::new();
    for file in ["README.md"].iter().chain(&licences::FILES) {
        let path = folder.join(file);
        let is_empty = fs::read_to_string(path).map_or(true, |text| text.trim().is_empty());
        if is_empty {
            missing.push((*file).to_owned());
        }
    }
    // The manifest that cargo wrote, with the values that the crate takes from the workspace.
    let path = folder.join("Cargo.toml");
    let text = attempt(&path, fs::read_to_string(&path))?;
    let manifest: Table = toml::from_str(&text).map_err(|source| {
        Error::Workspace(crate::tidy::Error::Toml { path: path.display().to_string(), source })
    })?;
    let package = &manifest["package"];
    for key in ["description", "license", "repository", "readme", "rust-version"] {
        if package.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
            missing.push(format!("package.{key}"));
        }
    }
    let docs = package.get("metadata").and_then(|metadata| metadata.get("docs"));
    if docs.and_then(|docs| docs.get("rs")).is_none() {
        missing.push("package.metadata.docs.rs".to_owned());
    }
    if size > LIMIT {
        missing.push(format!("{} bytes less: crates.io takes {LIMIT}", size - LIMIT));
    }
    Ok(Package { name: member.name.clone(), size, files: count(&folder)?, missing })
}

fn count(folder: &Path) -> Result<usize, Error> {
    let mut files = 0;
    for entry in attempt(folder, fs::read_dir(folder))? {
        let path = attempt(folder, entry)?.path();
        files += if path.is_dir() { count(&path)? } else { 1 };
    }
    Ok(files)
}
