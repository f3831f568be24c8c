//! The passphrase of sealed files, and where it comes from.

use std::env;
use std::fmt;
use std::sync::Arc;

use airbyte_agent_core::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret as _, SecretString};

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To open sealed files that exist.
    Open,
    /// To seal the first account, when a misspelt passphrase would not be noticed.
    Create,
}

/// The fewest characters of a new passphrase, because whoever copies the sealed files can try any number of
/// passphrases.
pub const SHORTEST_PASSPHRASE: usize = 8;

type Ask = dyn Fn(Purpose) -> Result<SecretString> + Send + Sync;

/// Where the passphrase comes from. A store asks for it at most once.
#[derive(Clone)]
pub struct Passphrase(Arc<Ask>);

impl Passphrase {
    /// A passphrase that a function asks for.
    pub fn by(ask: impl Fn(Purpose) -> Result<SecretString> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// A passphrase that is known already.
    pub fn known(text: impl Into<String>) -> Self {
        let text = SecretString::from(text.into());
        Self::by(move |_| Ok(text.clone()))
    }

    /// `AIRBYTE_AGENT_PASSPHRASE`, or the first line of the file that
    /// `AIRBYTE_AGENT_PASSPHRASE_FILE` names; `None` when neither is set.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn from_env() -> Result<Option<Self>> {
        let set = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
        if let Some(text) = set("AIRBYTE_AGENT_PASSPHRASE") {
            return Ok(Some(Self::known(text)));
        }
        let Some(path) = set("AIRBYTE_AGENT_PASSPHRASE_FILE") else { return Ok(None) };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("AIRBYTE_AGENT_PASSPHRASE_FILE: cannot read {path}: {error}");
            Error::new(ErrorKind::Usage, message)
        })?;
        Ok(Some(Self::known(text.lines().next().unwrap_or_default())))
    }

    pub(crate) fn get(&self, purpose: Purpose) -> Result<SecretString> {
        let text = (self.0)(purpose)?;
        if text.expose_secret().is_empty() {
            return Err(Error::new(ErrorKind::Usage, "the passphrase of the accounts is empty"));
        }
        // A passphrase that is in use already has to open what it has sealed, however short it is.
        if purpose == Purpose::Create
            && text.expose_secret().trim().chars().count() < SHORTEST_PASSPHRASE
        {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the passphrase of the accounts is too short: it needs at least \
                     {SHORTEST_PASSPHRASE} characters; several words that have nothing to do with \
                     each other make a good one"
                ),
            ));
        }
        Ok(text)
    }
}

/// The error for a store that has no source of its passphrase.
pub(crate) fn missing() -> Error {
    Error::new(
        ErrorKind::Usage,
        "the accounts are kept in sealed files and their passphrase is not known: set \
         AIRBYTE_AGENT_PASSPHRASE, or AIRBYTE_AGENT_PASSPHRASE_FILE to the path of a file that \
         holds it",
    )
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_passphrase_has_a_length() {
        for (text, opens, creates) in [
            ("", false, false),
            ("x", true, false),
            ("canary", true, false),
            ("       x       ", true, false),
            ("ülküm", true, false),
            ("ülkümüzü", true, true),
            ("open sesame", true, true),
        ] {
            let passphrase = Passphrase::known(text);
            assert_eq!(passphrase.get(Purpose::Open).is_ok(), opens, "{text}");
            let created = passphrase.get(Purpose::Create);
            assert_eq!(created.is_ok(), creates, "{text}");
            if let Err(error) = created {
                assert!(!error.to_string().contains("canary"), "{error}");
            }
        }
    }
}
