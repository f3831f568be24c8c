//! Vaults: the places that keep the secrets of accounts.

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

/// Where the secrets of an account are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The keyring of the operating system.
    Keyring,
    /// A file that is sealed by a passphrase.
    File,
}

impl Place {
    /// The word for it in settings: `keyring` or `file`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }

    /// The words for it in sentences: `the keyring` or `a sealed file`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Keyring => "the keyring",
            Self::File => "a sealed file",
        }
    }

    /// The place that a word of settings names; `None` for other words.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Keyring, Self::File].into_iter().find(|place| place.as_str() == text)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Keeps texts under the names of a connector and an account. The caller holds the store's lock when something
/// is changed.
pub(crate) trait Vault: Send + Sync {
    /// The text that is kept; `None` when there is none.
    fn get(&self, connector: &str, account: &str) -> Result<Option<SecretString>>;

    /// Keeps a text in the place of the one before.
    fn put(&self, connector: &str, account: &str, text: &SecretString) -> Result<()>;

    /// Removes the text; nothing happens when there is none.
    fn remove(&self, connector: &str, account: &str) -> Result<()>;
}
