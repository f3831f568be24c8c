//! The specs in `specs/`: their names and paths.

use std::fs;
use std::path::{Path, PathBuf};

/// The reason why a spec was not found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A directory cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path of the directory.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// There is no spec of that name.
    #[error("there is no specs/{slug}.yaml; known: {known}")]
    Unknown {
        /// The name that was given.
        slug: String,
        /// The names that exist, separated by commas.
        known: String,
    },
}

/// The path of a connector's spec.
pub fn path(root: &Path, slug: &str) -> PathBuf {
    root.join("specs").join(format!("{slug}.yaml"))
}

/// The connectors with these names, each of which must have a spec; all connectors when no name is
/// given.
///
/// # Errors
///
/// When a name has no spec, or `specs/` cannot be read.
pub fn slugs(root: &Path, named: &[String]) -> Result<Vec<String>, Error> {
    let all = all(root)?;
    if named.is_empty() {
        return Ok(all);
    }
    let mut slugs = Vec::new();
    for slug in named {
        if !path(root, slug).is_file() {
            return Err(Error::Unknown { slug: slug.clone(), known: all.join(", ") });
        }
        if !slugs.contains(slug) {
            slugs.push(slug.clone());
        }
    }
    Ok(slugs)
}

/// The paths of spec files, which are given by names of connectors or by paths; those of all
/// connectors when none is given.
///
/// # Errors
///
/// Those of [`slugs`].
pub fn files(root: &Path, named: &[String]) -> Result<Vec<PathBuf>, Error> {
    if named.is_empty() {
        return Ok(all(root)?.iter().map(|slug| path(root, slug)).collect());
    }
    let mut files = Vec::new();
    for name in named {
        if Path::new(name).is_file() {
            files.push(PathBuf::from(name));
        } else {
            files.extend(
                slugs(root, std::slice::from_ref(name))?.iter().map(|slug| path(root, slug)),
            );
        }
    }
    Ok(files)
}

fn all(root: &Path) -> Result<Vec<String>, Error> {
    let folder = root.join("specs");
    let read = |source| Error::Read { path: folder.clone(), source };
    let mut slugs = Vec::new();
    for entry in fs::read_dir(&folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let slug = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(slug) = slug
            && path.extension().is_some_and(|extension| extension == "yaml")
            && describes_a_connector(&path)
        {
            slugs.push(slug.to_owned());
        }
    }
    slugs.sort();
    Ok(slugs)
}

/// Whether the file is written in the connector dialect, which is `OpenAPI` 3.1. The document of the hosted
/// platform is `OpenAPI` 3.0, from which another generator makes a client.
fn describes_a_connector(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    !text.lines().take(50).any(|line| {
        let version = line.strip_prefix("openapi:").unwrap_or_default();
        version.trim().trim_matches(['"', '\'']).starts_with("3.0")
    })
}
