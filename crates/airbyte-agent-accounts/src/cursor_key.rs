//! The key that seals the cursors of this installation. It is created at first use and kept in a private file.

use airbyte_agent_core::{CursorKey, Error, ErrorKind, Result};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::folder::Folder;
use crate::store::Store;

/// The name of the file with the 32 secret bytes.
const FILE: &str = "cursor.key";

impl Store {
    /// The key that seals the cursors of this installation, so that a later run of a program can
    /// resume by a cursor that an earlier one gave out. It is created at first use.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or does not hold a key.
    pub fn cursor_key(&self) -> Result<CursorKey> {
        let folder = self.files();
        if let Some(key) = read(folder)? {
            return Ok(key);
        }
        let _lock = folder.lock("cursor")?;
        // Another process may have created it meanwhile.
        if let Some(key) = read(folder)? {
            return Ok(key);
        }
        let mut secret = [0; 32];
        SystemRandom::new().fill(&mut secret).map_err(|_| {
            Error::new(ErrorKind::Internal, "the operating system gives no random numbers")
        })?;
        folder.write(FILE, &secret)?;
        Ok(CursorKey::new(&secret))
    }
}

fn read(folder: &Folder) -> Result<Option<CursorKey>> {
    let Some(content) = folder.read(FILE)? else { return Ok(None) };
    let secret: &[u8; 32] = content.as_slice().try_into().map_err(|_| {
        let path = folder.path().join(FILE);
        let message = format!("{} does not hold a key; remove it to get another", path.display());
        Error::new(ErrorKind::Usage, message)
    })?;
    Ok(Some(CursorKey::new(secret)))
}
