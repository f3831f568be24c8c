//! `new`: the spec of a connector that does not exist yet, ready to be filled in.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::specs;

/// The reason why no spec was started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is not a slug.
    #[error(
        "`{0}` is not a connector name; use lower-case letters, digits and single hyphens, and begin with a letter"
    )]
    Name(String),
    /// There is already a spec of that name.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The path of the file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
}

/// Writes `specs/<slug>.yaml` and returns its path.
///
/// # Errors
///
/// When the name is not a slug, the spec exists already or cannot be written.
pub fn new(root: &Path, slug: &str) -> Result<PathBuf, Error> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = slug.starts_with(|c: char| c.is_ascii_lowercase())
        && slug.chars().all(plain)
        && !slug.contains("--")
        && !slug.ends_with('-');
    if !good {
        return Err(Error::Name(slug.to_owned()));
    }
    let path = specs::path(root, slug);
    let write = |source| Error::Write { path: path.clone(), source };
    let file = fs::OpenOptions::new().write(true).create_new(true).open(&path);
    match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::Exists(path)),
        file => {
            file.and_then(|mut file| file.write_all(template(slug).as_bytes())).map_err(write)?;
            Ok(path)
        }
    }
}

/// The text of a new spec: small, complete, and commented where something has to be decided.
pub fn template(slug: &str) -> String {
    let title: Vec<String> = slug
        .split('-')
        .map(|word| {
            let (head, tail) = word.split_at(word.len().min(1));
            format!("{}{tail}", head.to_uppercase())
        })
        .collect();
    include_str!("new.yaml").replace("{{slug}}", slug).replace("{{title}}", &title.join(" "))
}
