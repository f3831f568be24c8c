//! The files of an imported connector: the spec, and beside it the lock file and the overlay.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::import::Imported;
use crate::lock::{Lock, sha256};

/// The most bytes of a lock file or an overlay.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Where the files of an imported connector are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The spec that was made of the document.
    pub spec: PathBuf,
    /// What the import remembers.
    pub lock: PathBuf,
    /// The corrections by hand.
    pub overlay: PathBuf,
}

/// What was there before an import.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// What the last import remembers.
    pub lock: Option<Lock>,
    /// The text of the overlay.
    pub overlay: Option<String>,
}

/// Why the files of an import cannot be read or written over.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The spec was not written by an import.
    #[error(
        "{0} is there already and was not written by an import; choose another file with -o, or write over it with --force"
    )]
    Foreign(String),
    /// The spec was changed since it was written.
    #[error(
        "{spec} was edited since it was imported, and would be lost; move the changes to {overlay}, where they survive, \
         or write over them with --force"
    )]
    Edited {
        /// The spec.
        spec: String,
        /// The overlay, in which changes survive.
        overlay: String,
    },
    /// The lock file cannot be used.
    #[error("{path} cannot be used: {reason}")]
    Lock {
        /// The lock file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
}

impl Files {
    /// The files that belong to a spec: `acme.yaml`, `acme.import.lock` and `acme.overlay.yaml`.
    pub fn of(spec: &Path) -> Self {
        let stem = spec.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let beside = |ending: &str| spec.with_file_name(format!("{stem}.{ending}"));
        Self { spec: spec.to_owned(), lock: beside("import.lock"), overlay: beside("overlay.yaml") }
    }

    /// What is there now.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or when an import would write over a spec that was not written by one, or was
    /// edited since. With `force` such a spec is written over, and a lock file that cannot be used is ignored.
    pub fn before(&self, force: bool) -> Result<Before, FilesError> {
        let lock = match read(&self.lock)?.map(|text| Lock::parse(&text)) {
            Some(Ok(lock)) => Some(lock),
            Some(Err(_)) if force => None,
            Some(Err(reason)) => return Err(FilesError::Lock { path: shown(&self.lock), reason }),
            None => None,
        };
        if let Some(text) = read(&self.spec)?.filter(|_| !force) {
            match &lock {
                None => return Err(FilesError::Foreign(shown(&self.spec))),
                Some(lock) if lock.spec_sha256 != sha256(text.as_bytes()) => {
                    return Err(FilesError::Edited {
                        spec: shown(&self.spec),
                        overlay: shown(&self.overlay),
                    });
                }
                Some(_) => {}
            }
        }
        Ok(Before { lock, overlay: read(&self.overlay)? })
    }

    /// Writes the spec and the lock file, each completely or not at all.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; the message of the error names it.
    pub fn write(&self, imported: &Imported) -> io::Result<()> {
        let overlay = self.overlay.file_name().unwrap_or_default().to_string_lossy();
        let (text, lock) = imported.written(&overlay);
        // The lock file comes first: with it alone, the next import finds a spec that was edited, and says so.
        write(&self.lock, &lock.to_text())?;
        write(&self.spec, &text)
    }
}

/// Writes a file completely or not at all: beside its place first.
///
/// # Errors
///
/// When the file cannot be written; the message of the error names it.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&new)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&new);
        io::Error::new(error.kind(), format!("{} cannot be written: {error}", path.display()))
    })
}

/// The text of a file; `None` if there is no file.
fn read(path: &Path) -> Result<Option<String>, FilesError> {
    let fail = |source| FilesError::Read { path: shown(path), source };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail(error)),
        Ok(about) if !about.is_file() => Err(fail(io::Error::other("it is no file"))),
        Ok(about) if about.len() > LARGEST => Err(fail(io::Error::other("it is too long"))),
        Ok(_) => fs::read_to_string(path).map(Some).map_err(fail),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
