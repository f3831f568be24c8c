//! Reads a spec file and lowers it to a description.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _};
use std::path::Path;
use std::time::Duration;

use airbyte_agent_description::Connector;

use crate::{Problem, Spec};

/// The most bytes of a spec that are read, which is many times the length of the longest known spec.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The longest time that somebody has to begin to write to a pipe.
#[cfg(unix)]
const LONGEST_WAIT: Duration = Duration::from_millis(800);

/// Why a spec file could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be opened or read, or is too long.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path of the file.
        path: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file was read, but cannot be lowered to a connector.
    #[error("{}", list(path, problems))]
    Spec {
        /// The path of the file.
        path: String,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
}

impl LoadError {
    /// The problems of the spec; empty when the file could not be read.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Read { .. } => &[],
            Self::Spec { problems, .. } => problems,
        }
    }
}

fn list(path: &str, problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(|problem| format!("{path}:{problem}")).collect();
    lines.join("\n")
}

/// Reads, parses and lowers a spec file.
///
/// # Errors
///
/// When the file cannot be read, or is no usable spec; the message lists every problem as `file:line:column`.
pub fn load(path: &Path) -> Result<Connector, LoadError> {
    load_with_text(path).map(|(connector, _)| connector)
}

/// The same as [`load`], with the text of the file.
///
/// # Errors
///
/// The same as those of [`load`].
pub fn load_with_text(path: &Path) -> Result<(Connector, String), LoadError> {
    let text = read_text(path, LARGEST)?;
    let connector = lower_text(path, &text)?;
    Ok((connector, text))
}

/// The text of a file of at most so many bytes. The file may be a pipe or a device; only that of a regular file is
/// longer than a spec may be.
///
/// # Errors
///
/// When the file cannot be read, is longer, or is no UTF-8.
pub fn read_text(path: &Path, largest: u64) -> Result<String, LoadError> {
    let is_regular = std::fs::metadata(path).is_ok_and(|about| about.is_file());
    let largest = if is_regular { largest } else { largest.min(LARGEST) };
    let fail = |source| LoadError::Read { path: path.display().to_string(), source };
    read(path, largest).map_err(fail)
}

/// Parses and lowers the text of a spec, which was read from `path`.
///
/// # Errors
///
/// When the text is no usable spec; the message lists every problem as `file:line:column`.
pub fn lower_text(path: &Path, text: &str) -> Result<Connector, LoadError> {
    let fail = |problems| LoadError::Spec { path: path.display().to_string(), problems };
    Spec::parse(text).and_then(|spec| spec.lower()).map_err(fail)
}

/// Reads the text of a file, which may be a pipe or a device, and these may never end.
fn read(path: &Path, largest: u64) -> Result<String, Error> {
    let mut text = String::new();
    // One byte more than allowed shows that the file is too long.
    let mut file = open(path)?.take(largest.saturating_add(1));
    let read = file.read_to_string(&mut text);
    if file.limit() == 0 {
        let message = format!("it is longer than {} MiB", largest / (1024 * 1024));
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    read.map(|_| text)
}

/// Opens a file. A pipe is opened when somebody writes to it, and nobody may.
#[cfg(unix)]
fn open(path: &Path) -> Result<File, Error> {
    use std::os::unix::fs::FileTypeExt as _;

    if !std::fs::metadata(path)?.file_type().is_fifo() {
        return File::open(path);
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let path = path.to_owned();
    // The thread waits for the rest of the process where nobody writes.
    std::thread::spawn(move || sender.send(File::open(path)));
    receiver.recv_timeout(LONGEST_WAIT).unwrap_or_else(|_| {
        let message = "it is a pipe, and nobody writes to it";
        Err(Error::new(ErrorKind::TimedOut, message))
    })
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, Error> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_has_an_end() {
        let path = std::env::temp_dir().join(format!("spec-{}.yaml", std::process::id()));
        std::fs::write(&path, "openapi: 3.1.0").unwrap();
        assert_eq!(read(&path, 14).unwrap(), "openapi: 3.1.0");
        assert_eq!(read(&path, 13).unwrap_err().kind(), ErrorKind::FileTooLarge);
        // Cut inside a letter it is too long, and not broken.
        std::fs::write(&path, "ää").unwrap();
        assert_eq!(read(&path, 2).unwrap_err().kind(), ErrorKind::FileTooLarge);
        std::fs::write(&path, b"a\xff").unwrap();
        assert_eq!(read(&path, 9).unwrap_err().kind(), ErrorKind::InvalidData);
        std::fs::remove_file(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_device_that_never_ends_is_refused() {
        let message = load(Path::new("/dev/zero")).unwrap_err().to_string();
        assert_eq!(message, "cannot read /dev/zero: it is longer than 16 MiB");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_when_somebody_writes_to_it() {
        let pipe = |name: &str| {
            let path =
                std::env::temp_dir().join(format!("spec-{}-{name}.pipe", std::process::id()));
            let _ = std::fs::remove_file(&path);
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            made.is_ok_and(|made| made.success()).then_some(path)
        };
        // Whoever gave up waiting may still hold the first pipe open.
        let (Some(silent), Some(path)) = (pipe("silent"), pipe("written")) else { return };
        let message = read(&silent, 99).unwrap_err().to_string();
        assert!(message.contains("nobody writes to it"), "{message}");
        let write = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::write(path, "openapi: 3.1.0").unwrap())
        };
        assert_eq!(read(&path, 99).unwrap(), "openapi: 3.1.0");
        write.join().unwrap();
        for path in [silent, path] {
            std::fs::remove_file(path).unwrap();
        }
    }
}
