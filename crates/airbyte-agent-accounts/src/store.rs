//! The store of accounts: an index, and the vaults that keep the secrets.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::{Error, ErrorKind, Result};

use crate::folder::{Folder, Lock};
use crate::vault::{SealedFiles, Vault, former_file};
use crate::{Account, Entry, Passphrase, Place, index, name};

/// Where a store keeps accounts, and where its passphrase comes from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The folder of the index and the sealed files.
    pub folder: PathBuf,
    /// Where new accounts are stored; `None` for the keyring, or for sealed files where there is no keyring.
    pub place: Option<Place>,
    /// The passphrase that opens sealed files.
    pub passphrase: Option<Passphrase>,
}

impl Options {
    /// Options for a store in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), place: None, passphrase: None }
    }

    /// The folder `accounts` beside the settings file, `AIRBYTE_AGENT_STORE` (`keyring` or `file`)
    /// and the passphrase of the environment.
    ///
    /// # Errors
    ///
    /// `Usage` when there is no home folder, or a variable has no meaning.
    pub fn from_env() -> Result<Self> {
        let usage = |message: String| Error::new(ErrorKind::Usage, message);
        let settings = Settings::default_file();
        let home = settings.as_deref().and_then(Path::parent).ok_or_else(|| {
            usage("there is no home folder to keep accounts in; set AIRBYTE_CONFIG_DIR".to_owned())
        })?;
        let mut options = Self::new(home.join("accounts"));
        if let Some(text) = env::var("AIRBYTE_AGENT_STORE").ok().filter(|text| !text.is_empty()) {
            options.place = Some(Place::parse(&text).ok_or_else(|| {
                usage("AIRBYTE_AGENT_STORE must be 'keyring' or 'file'".to_owned())
            })?);
        }
        options.passphrase = Passphrase::from_env()?;
        Ok(options)
    }

    /// Sets where new accounts are stored.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Sets the passphrase that opens sealed files.
    #[must_use]
    pub fn passphrase(mut self, passphrase: Passphrase) -> Self {
        self.passphrase = Some(passphrase);
        self
    }
}

/// A store of accounts. Clones are the same store. Its methods block the calling thread.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    folder: Folder,
    place: Option<Place>,
    files: SealedFiles,
    keyring: OnceLock<Result<Box<dyn Vault>, String>>,
}

impl Store {
    /// A store with these options. Nothing is read or written yet.
    pub fn open(options: Options) -> Self {
        let folder = Folder::new(options.folder);
        let files = SealedFiles::new(folder.clone(), options.passphrase);
        Self(Arc::new(Inner { folder, place: options.place, files, keyring: OnceLock::new() }))
    }

    /// The folder of the index and the sealed files.
    pub fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    pub(crate) fn files(&self) -> &Folder {
        &self.0.folder
    }

    /// All accounts, ordered by connector and name. Unlocks nothing.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn list(&self) -> Result<Vec<Entry>> {
        let file = self.0.folder.read(index::FILE)?;
        let mut entries = file
            .as_deref()
            .map(|file| index::read(self.folder(), file))
            .transpose()?
            .unwrap_or_default();
        let key = |entry: &Entry| (entry.connector.clone(), entry.account.clone());
        entries.sort_by_key(key);
        Ok(entries)
    }

    /// What the index says about an account; `None` when there is none of this name.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn entry(&self, connector: &str, account: &str) -> Result<Option<Entry>> {
        Ok(self.list()?.into_iter().find(|entry| entry.is(connector, account)))
    }

    /// An account with its secrets; `None` when there is none of this name.
    ///
    /// # Errors
    ///
    /// When the keyring or the sealed file cannot be opened.
    pub fn get(&self, connector: &str, account: &str) -> Result<Option<Account>> {
        let Some(entry) = self.entry(connector, account)? else { return Ok(None) };
        let place = entry.place;
        let text = self.vault(place)?.get(connector, account)?.ok_or_else(|| {
            let message = format!(
                "the account {connector}/{account} is not in {} any more; log in again",
                place.title()
            );
            Error::new(ErrorKind::Authentication, message)
        })?;
        let text = secrecy::ExposeSecret::expose_secret(&text);
        Account::read(connector, account, text).map(Some)
    }

    /// Stores an account in the place of one of the same name, and returns where it is stored.
    ///
    /// # Errors
    ///
    /// When the names are not allowed, or it cannot be written.
    pub fn put(&self, account: &Account) -> Result<Place> {
        name::check(account.connector(), account.name())?;
        // A renewal of the old account that is in progress would overwrite the new one.
        let _renewal = self.lock_renewal(account.connector(), account.name())?;
        let _lock = self.0.folder.lock("store")?;
        self.put_locked(account, self.place()?)
    }

    /// Binds an account of an earlier version to the origins to which `connector` sends its credentials, and
    /// stores it. Only the connector that the account was made for may be given; that a spec has its name is
    /// not enough.
    ///
    /// Returns the bound account, which is unchanged if it was bound before; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the account does not fit the connector, or cannot be opened or written.
    pub fn bind(&self, connector: &Connector, account: &str) -> Result<Option<Account>> {
        // A name that is not in the index may be one that no file can have.
        if self.entry(&connector.name, account)?.is_none() {
            return Ok(None);
        }
        let _renewal = self.lock_renewal(&connector.name, account)?;
        let Some(account) = self.get(&connector.name, account)? else { return Ok(None) };
        if account.is_bound() {
            return Ok(Some(account));
        }
        let account = account.bound(connector)?;
        self.put_renewed(&account)?;
        Ok(Some(account))
    }

    /// Stores what a renewal changed, unless the account has been removed meanwhile.
    pub(crate) fn put_renewed(&self, account: &Account) -> Result<()> {
        let _lock = self.0.folder.lock("store")?;
        let Some(entry) = self.entry(account.connector(), account.name())? else { return Ok(()) };
        self.put_locked(account, entry.place).map(drop)
    }

    fn put_locked(&self, account: &Account, place: Place) -> Result<Place> {
        let (connector, name) = (account.connector(), account.name());
        let mut entries = self.list()?;
        self.vault(place)?.put(connector, name, &account.write())?;
        let before = entries.iter().position(|entry| entry.is(connector, name));
        let before = before.map(|position| entries.remove(position));
        entries.push(Entry::new(account, place));
        self.0.folder.write(index::FILE, &index::write(&entries))?;
        if let Some(before) = before.filter(|before| before.place != place) {
            // An old copy that cannot be removed is out of date and not used.
            let _ = self.vault(before.place).and_then(|vault| vault.remove(connector, name));
        }
        self.remove_former(&entries, connector, name)?;
        Ok(place)
    }

    /// Removes the sealed file that an earlier version wrote for an account, unless the file may belong to
    /// another of these accounts.
    fn remove_former(&self, entries: &[Entry], connector: &str, account: &str) -> Result<()> {
        let file = former_file(connector, account);
        let reads_it = |entry: &Entry| {
            !entry.is(connector, account)
                && entry.place == Place::File
                && former_file(&entry.connector, &entry.account) == file
                && !self.0.files.has_own(&entry.connector, &entry.account)
        };
        if entries.iter().any(reads_it) {
            return Ok(());
        }
        self.0.files.remove_former(connector, account)
    }

    /// Removes an account, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// When it cannot be removed; it is still listed then.
    pub fn remove(&self, connector: &str, account: &str) -> Result<bool> {
        let mut entries = self.list()?;
        if !entries.iter().any(|entry| entry.is(connector, account)) {
            return Ok(false);
        }
        let _renewal = self.lock_renewal(connector, account)?;
        let _lock = self.0.folder.lock("store")?;
        entries = self.list()?;
        let Some(position) = entries.iter().position(|entry| entry.is(connector, account)) else {
            return Ok(false);
        };
        let entry = entries.remove(position);
        self.vault(entry.place)?.remove(connector, account)?;
        self.remove_former(&entries, connector, account)?;
        self.0.folder.write(index::FILE, &index::write(&entries))?;
        Ok(true)
    }

    /// Where a new account would be stored.
    ///
    /// # Errors
    ///
    /// When the place that the options name does not exist.
    pub fn place(&self) -> Result<Place> {
        match self.0.place {
            Some(Place::Keyring) => self.vault(Place::Keyring).map(|_| Place::Keyring),
            None if self.keyring().is_ok() => Ok(Place::Keyring),
            Some(Place::File) | None => Ok(Place::File),
        }
    }

    /// Checks that this machine has a keyring that can be opened.
    ///
    /// # Errors
    ///
    /// `Usage`, with the reason why there is none.
    pub fn keyring(&self) -> Result<()> {
        self.vault(Place::Keyring).map(drop)
    }

    /// Waits until no other process renews tokens of this account.
    pub(crate) fn lock_renewal(&self, connector: &str, account: &str) -> Result<Lock> {
        self.0.folder.lock(&name::key(connector, account))
    }

    fn vault(&self, place: Place) -> Result<&dyn Vault> {
        if place == Place::File {
            return Ok(&self.0.files);
        }
        match self.0.keyring.get_or_init(keyring) {
            Ok(vault) => Ok(vault.as_ref()),
            Err(why) => Err(Error::new(ErrorKind::Usage, why.clone())),
        }
    }
}

#[cfg(feature = "keyring")]
fn keyring() -> Result<Box<dyn Vault>, String> {
    let keyring = crate::vault::connect().map_err(|error| error.to_string())?;
    Ok(Box::new(crate::vault::Pieces(keyring)))
}

#[cfg(not(feature = "keyring"))]
fn keyring() -> Result<Box<dyn Vault>, String> {
    Err("this program was built without keyrings".to_owned())
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder()).finish_non_exhaustive()
    }
}
