//! Why a command ends early, as data. How it is shown is the business of `failure_report`.

use std::io;
use std::path::Path;

use airbyte_agent_core::{Error, ErrorKind};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong.
    Failed(Box<Failure>),
    /// The user pressed Ctrl-C.
    Interrupted {
        /// What had been done until then.
        message: String,
        /// The cursor with which a later call continues.
        resume: Option<String>,
    },
    /// A signal ended the work.
    Signalled {
        /// The number of the signal.
        signal: u8,
    },
    /// The command printed a report that contains problems; there is nothing to add to it.
    ProblemsReported,
    /// The reader of standard output has closed it.
    OutputClosed,
}

/// An error, and what the user can do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// What to do, usually a command line.
    pub(crate) hint: Option<String>,
    /// The cursor with which a later call continues after the records that were printed.
    pub(crate) resume: Option<String>,
}

impl Stop {
    /// Ctrl-C during work that a later call can continue.
    pub(crate) fn interrupted(message: impl Into<String>, resume: Option<String>) -> Self {
        Self::Interrupted { message: message.into(), resume }
    }

    /// A failure during work that a later call can continue.
    pub(crate) fn resumable(error: Error, resume: Option<String>) -> Self {
        Self::Failed(Box::new(Failure { error, hint: None, resume }))
    }

    /// The same failure with the hint that `advice` gives for its error. A failure that says
    /// already how to go on stays as it is.
    pub(crate) fn with_hint(self, advice: impl FnOnce(&Error) -> Option<String>) -> Self {
        match self {
            Self::Failed(mut failure) => {
                if failure.hint.is_none() && failure.resume.is_none() {
                    failure.hint = advice(&failure.error);
                }
                Self::Failed(failure)
            }
            other => other,
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::resumable(error, None)
    }
}

impl From<io::Error> for Stop {
    /// For errors of standard output only.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        let message = format!("cannot write to standard output: {error}");
        Error::storage(message, error).into()
    }
}

/// The error that a file of the user cannot be written: an error of the kind `usage` where another
/// path would help, and otherwise one of the kind `storage`, such as for a full disk.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} cannot be written: {error}", path.display());
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::ReadOnlyFilesystem => usage_error(message),
        kind => Error::storage(message, io::Error::from(kind)),
    }
}

/// An error of the kind `usage`.
pub(crate) fn usage_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// An error of the kind `validation`.
pub(crate) fn validation_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Validation, message)
}
