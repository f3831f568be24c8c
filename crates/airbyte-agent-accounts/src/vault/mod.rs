//! Places that keep secrets.

mod file;
#[cfg(feature = "keyring")]
mod keyring;
#[cfg(any(feature = "keyring", test))]
mod pieces;

use std::fmt;

use airbyte_agent_core::Result;
use secrecy::SecretString;

pub(crate) use file::{SealedFiles, former_file};
#[cfg(feature = "keyring")]
pub(crate) use keyring::connect;
#[cfg(feature = "keyring")]
pub(crate) use pieces::Pieces;

/// Where the secrets of an account are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The keyring of the operating system.
    Keyring,
    /// A sealed file.
    File,
}

impl Place {
    /// As texts name it: `keyring` or `file`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }

    /// As a sentence names it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Keyring => "the keyring",
            Self::File => "a sealed file",
        }
    }

    /// The place of such a text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Keyring, Self::File].into_iter().find(|place| place.as_str() == text)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Keeps texts under the names of a connector and an account. Whoever changes something holds the
/// store's lock.
pub(crate) trait Vault: Send + Sync {
    /// What is kept, `None` when nothing is.
    fn get(&self, connector: &str, account: &str) -> Result<Option<SecretString>>;

    /// Keeps a text instead of what was there.
    fn put(&self, connector: &str, account: &str, text: &SecretString) -> Result<()>;

    /// Forgets it.
    fn remove(&self, connector: &str, account: &str) -> Result<()>;
}
