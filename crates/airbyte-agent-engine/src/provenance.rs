//! Where a value comes from, and who may be given it.
//!
//! A file of the working directory may be anybody's: it came with an archive or a repository. Such
//! a file may bring values of its own, but it must not decide where the user's values go. That is
//! kept by types: a value stands in [`Sourced`], which gives it out for a [`Receiver`] only, and
//! a receiver remembers what a folder has said about it.
//!
//! Knows no variable, no file and no address.

use std::fmt;

use crate::error::{Error, Result};

/// Where a value comes from, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Provenance {
    /// Said for this one run: by code, on the command line, or as a response at the terminal.
    Given,
    /// The environment of the process.
    Environment,
    /// A file of the user's own, such as the settings file or a stored account.
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

/// A value and where it comes from. It comes out by [`release`](Self::release) only.
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
    /// A value from this place.
    pub fn new(value: T, provenance: Provenance) -> Self {
        Self { value, provenance, names: Vec::new() }
    }

    /// Adds a name by which messages speak of it: a variable, an option.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Where it comes from.
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// The names by which messages speak of it.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The value for this receiver.
    ///
    /// # Errors
    ///
    /// `Usage` when a folder has a say in who the receiver is and the value comes from elsewhere.
    /// The message names variables and never a value.
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

    /// Another form of the same value.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), provenance: self.provenance, names: self.names }
    }

    /// The value for whoever stays on this machine.
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

/// Somebody to whom values are given, as far as it matters who chose that one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiver {
    /// What a folder says about it, by names.
    folder_names: Vec<String>,
}

impl Receiver {
    /// One that nobody but the user chose: by this program, a description, the command line.
    #[must_use]
    pub fn of_user() -> Self {
        Self::default()
    }

    /// The same, who is known by this value too: an address, an account, a workspace.
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

    /// Whether a folder has a say in who it is.
    pub fn is_of_folder(&self) -> bool {
        !self.folder_names.is_empty()
    }

    /// What a folder says about it, by names.
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
