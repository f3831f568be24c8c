//! Sealed files: one for each account, sealed by a key that a passphrase opens.

use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret as _, SecretString};

use super::Vault;
use crate::folder::Folder;
use crate::name;
use crate::passphrase::{Passphrase, Purpose, missing};
use crate::seal::Key;

const KEY: &str = "key.json";

/// Accounts in files of a folder.
pub(crate) struct SealedFiles {
    folder: Folder,
    passphrase: Option<Passphrase>,
    /// Opened once, because deriving a key takes time and nobody likes to type a passphrase twice.
    key: Mutex<Option<Arc<Key>>>,
}

impl SealedFiles {
    pub(crate) fn new(folder: Folder, passphrase: Option<Passphrase>) -> Self {
        Self { folder, passphrase, key: Mutex::new(None) }
    }

    /// Whether an account has a file under a name that is its own.
    pub(crate) fn has_own(&self, connector: &str, account: &str) -> bool {
        self.folder.path().join(file(connector, account)).exists()
    }

    /// Removes the file that an earlier version wrote, if it is there.
    pub(crate) fn remove_former(&self, connector: &str, account: &str) -> Result<()> {
        self.folder.remove(&former_file(connector, account))
    }

    /// The key; it is created when there is none and `purpose` is to create.
    fn key(&self, purpose: Purpose) -> Result<Arc<Key>> {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*known {
            return Ok(Arc::clone(key));
        }
        let passphrase = self.passphrase.as_ref().ok_or_else(missing)?;
        let key = match self.folder.read(KEY)? {
            Some(file) => Key::unwrap(&file, &passphrase.get(Purpose::Open)?)?,
            None if purpose == Purpose::Create => {
                let key = Key::random()?;
                self.folder.write(KEY, &key.wrap(&passphrase.get(Purpose::Create)?)?)?;
                key
            }
            None => {
                let folder = self.folder.path().display();
                return Err(Error::new(
                    ErrorKind::Authentication,
                    format!("{folder} has sealed accounts but no {KEY} to open them; log in again"),
                ));
            }
        };
        let key = Arc::new(key);
        *known = Some(Arc::clone(&key));
        Ok(key)
    }
}

fn file(connector: &str, account: &str) -> String {
    format!("{}.sealed", name::key(connector, account))
}

/// The name of the file in earlier versions, which accounts such as `a.b`/`c` and `a`/`b.c` share.
pub(crate) fn former_file(connector: &str, account: &str) -> String {
    format!("{connector}.{account}.sealed")
}

fn purpose(connector: &str, account: &str) -> String {
    format!("airbyte-agent account {connector}/{account}")
}

impl Vault for SealedFiles {
    fn get(&self, connector: &str, account: &str) -> Result<Option<SecretString>> {
        let (sealed, doubt) = match self.folder.read(&file(connector, account))? {
            Some(sealed) => (sealed, "is damaged"),
            // Sealed for the account by its name, so that another's does not open.
            None => match self.folder.read(&former_file(connector, account))? {
                Some(sealed) => (sealed, "is damaged, or was replaced by that of another account"),
                None => return Ok(None),
            },
        };
        let plain = self.key(Purpose::Open)?.open(&purpose(connector, account), &sealed);
        let text = plain.and_then(|plain| {
            Some(SecretString::from(std::str::from_utf8(plain.expose_secret()).ok()?))
        });
        text.map(Some).ok_or_else(|| {
            let message = format!(
                "the sealed file of the account {connector}/{account} {doubt}; log in again"
            );
            Error::new(ErrorKind::Authentication, message)
        })
    }

    fn put(&self, connector: &str, account: &str, text: &SecretString) -> Result<()> {
        let key = self.key(Purpose::Create)?;
        let sealed = key.seal(&purpose(connector, account), text.expose_secret().as_bytes())?;
        self.folder.write(&file(connector, account), &sealed)
    }

    fn remove(&self, connector: &str, account: &str) -> Result<()> {
        self.folder.remove(&file(connector, account))
    }
}
