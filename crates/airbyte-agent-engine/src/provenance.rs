//! The source of a value, and the receivers to which it may be given.
//!
//! Anybody may have written a file of the working directory: it may come from an archive or a
//! repository. Such a file may contain values of its own, but it must not decide where the user's
//! values are sent. Types ensure this: a value is in a [`Sourced`], which releases it only for a
//! [`Receiver`], and a receiver remembers which of its properties a folder decided.
//!
//! This module knows no variable, no file and no address.

use std::fmt;

use crate::error::{Error, Result};

/// The source of a value. The variants are in the order of precedence, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// Given for this run: by code, on the command line, or as an answer at the terminal.
    Given,
    /// The environment of the process.
    Environment,
    /// A file of the user, such as the settings file or a stored account.
    UserFile,
    /// A file of the working directory, such as `.env`.
    Folder,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "said for this call",
            Self::Environment => "of the environment",
            Self::UserFile => "of the user's own files",
            Self::Folder => "of a file in this folder",
        })
    }
}

/// A value and its source. Only [`release`](Self::release) returns the value.
///
/// ```
/// use airbyte_agent_engine::provenance::{Provenance, Receiver, Sourced};
///
/// let account = Sourced::new("id", Provenance::Folder).named("AIRBYTE_CLIENT_ID");
/// let receiver = Receiver::of_user().decided_by(&account);
/// let token = Sourced::new("ghp_…", Provenance::Environment).named("GITHUB_TOKEN");
/// assert!(token.clone().release(&receiver).is_err());
/// assert_eq!(token.release(&Receiver::of_user()).unwrap(), "ghp_…");
/// ```
#[derive(Clone)]
pub struct Sourced<T> {
    value: T,
    provenance: Provenance,
    names: Vec<String>,
}

impl<T> Sourced<T> {
    /// A value from this source.
    pub fn new(value: T, provenance: Provenance) -> Self {
        Self { value, provenance, names: Vec::new() }
    }

    /// Adds a name for messages, such as that of a variable or an option.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// The source of the value.
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// The names of the value in messages.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the value for this receiver.
    ///
    /// # Errors
    ///
    /// `Usage` when a folder has a part in who the receiver is and the value comes from another
    /// source. The message names variables and never a value.
    pub fn release(self, receiver: &Receiver) -> Result<T> {
        if !receiver.is_of_folder() || self.provenance == Provenance::Folder {
            return Ok(self.value);
        }
        let what = if self.names.is_empty() { "a value".to_owned() } else { self.names.join(", ") };
        let decided = receiver.folder_names.join(", ");
        Err(Error::usage(format!(
            "{what} ({}) is not sent: a file in this folder says by {decided} where it would go, \
             and that gets values of the same file only. If it is meant, set {decided} in the \
             environment or on the command line",
            self.provenance
        )))
    }

    /// The value in another form, with its source.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), provenance: self.provenance, names: self.names }
    }

    /// The value, for code that does not send it anywhere.
    pub(crate) fn peek(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Sourced<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sourced")
            .field("provenance", &self.provenance)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// A receiver of values, with the sources of what identifies it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiver {
    /// The names of the values of a folder that identify the receiver.
    folder_names: Vec<String>,
}

impl Receiver {
    /// A receiver in which no folder has a part: the program, a description or the command line
    /// decides it.
    #[must_use]
    pub fn of_user() -> Self {
        Self::default()
    }

    /// The receiver, identified by this value as well: an address, an account, a workspace.
    #[must_use]
    pub fn decided_by<T>(mut self, value: &Sourced<T>) -> Self {
        if value.provenance == Provenance::Folder {
            self.folder_names.extend(value.names.iter().cloned());
            if value.names.is_empty() {
                self.folder_names.push("a value without a name".to_owned());
            }
        }
        self
    }

    /// Whether a folder has a part in who the receiver is.
    pub fn is_of_folder(&self) -> bool {
        !self.folder_names.is_empty()
    }

    /// The names of the values of a folder that identify the receiver.
    pub fn folder_names(&self) -> &[String] {
        &self.folder_names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Provenance; 4] =
        [Provenance::Given, Provenance::Environment, Provenance::UserFile, Provenance::Folder];

    #[test]
    fn what_a_folder_chose_gets_values_of_the_folder_only() {
        for decided in ALL {
            for provenance in ALL {
                let account = Sourced::new((), decided).named("ID");
                let receiver = Receiver::of_user().decided_by(&account);
                let released = Sourced::new("canary", provenance).named("TOKEN").release(&receiver);
                let may = decided != Provenance::Folder || provenance == Provenance::Folder;
                assert_eq!(released.is_ok(), may, "{decided:?} {provenance:?}");
                if let Err(error) = released {
                    let message = error.message();
                    assert!(message.contains("TOKEN") && message.contains("ID"), "{message}");
                    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
                }
            }
        }
    }

    #[test]
    fn a_decision_without_a_name_counts_all_the_same() {
        let receiver = Receiver::of_user().decided_by(&Sourced::new((), Provenance::Folder));
        assert!(receiver.is_of_folder());
        assert!(Sourced::new((), Provenance::Given).release(&receiver).is_err());
    }

    #[test]
    fn debug_output_holds_no_value() {
        let shown = format!("{:?}", Sourced::new("canary", Provenance::Given).named("TOKEN"));
        assert!(shown.contains("TOKEN") && !shown.contains("canary"), "{shown}");
    }
}
