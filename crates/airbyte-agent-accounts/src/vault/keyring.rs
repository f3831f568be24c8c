//! The keyring of the operating system: Keychain, Credential Manager, or the Secret Service.

use std::sync::Arc;

use airbyte_agent_core::{Error, ErrorKind, Result};
use keyring_core::{CredentialStore, Entry};

use super::pieces::Entries;

/// The name under which the keyring shows the entries.
const SERVICE: &str = "airbyte-agent";

/// An open keyring.
pub(crate) struct Keyring(Arc<CredentialStore>);

/// Opens the keyring of this machine.
pub(crate) fn connect() -> Result<Keyring> {
    native().map(Keyring).map_err(|why| {
        Error::new(ErrorKind::Usage, format!("there is no keyring to keep accounts in: {why}"))
    })
}

#[cfg(target_os = "macos")]
fn native() -> Result<Arc<CredentialStore>, String> {
    let store = apple_native_keyring_store::keychain::Store::new();
    store.map(|store| store as Arc<CredentialStore>).map_err(|error| error.to_string())
}

#[cfg(windows)]
fn native() -> Result<Arc<CredentialStore>, String> {
    let store = windows_native_keyring_store::Store::new();
    store.map(|store| store as Arc<CredentialStore>).map_err(|error| error.to_string())
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "openbsd"))]
fn native() -> Result<Arc<CredentialStore>, String> {
    // Without a session there is no bus, and connecting to it would start a process.
    let has_bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists());
    if !has_bus {
        return Err("no session bus (DBUS_SESSION_BUS_ADDRESS)".to_owned());
    }
    let store = dbus_secret_service_keyring_store::Store::new();
    store.map(|store| store as Arc<CredentialStore>).map_err(|error| error.to_string())
}

#[cfg(not(any(
    target_os = "macos",
    windows,
    target_os = "linux",
    target_os = "freebsd",
    target_os = "openbsd"
)))]
fn native() -> Result<Arc<CredentialStore>, String> {
    Err("not on this operating system".to_owned())
}

impl Keyring {
    fn entry(&self, name: &str) -> Result<Entry> {
        self.0.build(SERVICE, name, None).map_err(|error| failed(name, &error))
    }
}

impl Entries for Keyring {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.entry(name)?.get_secret() {
            Ok(content) => Ok(Some(content)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(name, &error)),
        }
    }

    fn set(&self, name: &str, content: &[u8]) -> Result<()> {
        self.entry(name)?.set_secret(content).map_err(|error| failed(name, &error))
    }

    fn delete(&self, name: &str) -> Result<()> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(name, &error)),
        }
    }
}

/// The error without the library's own text, because some of its errors hold the secret.
fn failed(name: &str, error: &keyring_core::Error) -> Error {
    let why = match error {
        keyring_core::Error::NoStorageAccess(_) => "is locked or refuses access".to_owned(),
        keyring_core::Error::Ambiguous(_) => format!("has several entries for {name}"),
        keyring_core::Error::PlatformFailure(why) => format!("failed: {why}"),
        _ => "has an entry that cannot be read".to_owned(),
    };
    Error::new(
        ErrorKind::Usage,
        format!(
            "the keyring {why} ({name}); unlock it, or keep accounts in sealed files \
             (AIRBYTE_AGENT_STORE=file)"
        ),
    )
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::super::Vault as _;
    use super::super::pieces::Pieces;
    use super::*;

    #[test]
    fn accounts_live_in_a_keyring() {
        let store = keyring_core::mock::Store::new().unwrap();
        let vault = Pieces(Keyring(store));
        assert!(vault.get("acme", "a").unwrap().is_none());
        for text in ["short".to_owned(), "long ".repeat(2_000)] {
            vault.put("acme", "a", &text.clone().into()).unwrap();
            assert_eq!(vault.get("acme", "a").unwrap().unwrap().expose_secret(), text);
        }
        vault.remove("acme", "a").unwrap();
        assert!(vault.get("acme", "a").unwrap().is_none());
    }
}
