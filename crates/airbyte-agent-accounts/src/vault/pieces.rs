//! Long texts in a keyring whose entries are short.
//!
//! Windows keeps 2,560 bytes in an entry, and tokens and keys of service accounts are longer. A long text is
//! therefore split into pieces with names of their own, and the account's entry says how many there are. The
//! entry is written last, so that a reader finds either the old text or the new one.

use airbyte_agent_core::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::Vault;

/// The longest entry in bytes, which is below the limit of every keyring.
const LONGEST: usize = 2_400;

/// Entries of a keyring.
pub(crate) trait Entries: Send + Sync {
    /// The content of an entry, `None` when there is none.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Writes an entry.
    fn set(&self, name: &str, content: &[u8]) -> Result<()>;
    /// Removes an entry, if it is there.
    fn delete(&self, name: &str) -> Result<()>;
}

/// A vault over entries.
pub(crate) struct Pieces<E>(pub(crate) E);

/// Which pieces hold a text: their generation and number.
type Split = (u64, usize);

impl<E: Entries> Pieces<E> {
    fn split_of(head: &[u8]) -> Option<Split> {
        let head: Value = serde_json::from_slice(head).ok()?;
        let split = head.get("pieces")?;
        Some((split.get(0)?.as_u64()?, usize::try_from(split.get(1)?.as_u64()?).ok()?))
    }

    fn forget(&self, name: &str, split: Option<Split>) -> Result<()> {
        let Some((generation, count)) = split else { return Ok(()) };
        (0..count).try_for_each(|index| self.0.delete(&piece(name, generation, index)))
    }

    fn joined(&self, name: &str, (generation, count): Split) -> Result<Option<Vec<u8>>> {
        let mut whole = Vec::new();
        for index in 0..count {
            let Some(mut part) = self.0.get(&piece(name, generation, index))? else {
                return Ok(None);
            };
            whole.append(&mut part);
        }
        Ok(Some(whole))
    }
}

fn entry(connector: &str, account: &str) -> String {
    format!("{connector}/{account}")
}

fn piece(name: &str, generation: u64, index: usize) -> String {
    format!("{name}/{generation}.{index}")
}

impl<E: Entries> Vault for Pieces<E> {
    fn get(&self, connector: &str, account: &str) -> Result<Option<SecretString>> {
        let name = entry(connector, account);
        // A text that is replaced while it is read is read again.
        for _ in 0..3 {
            let Some(head) = self.0.get(&name)? else { return Ok(None) };
            let whole = match Self::split_of(&head) {
                Some(split) => self.joined(&name, split)?,
                None => Some(head),
            };
            if let Some(text) = whole.and_then(|whole| String::from_utf8(whole).ok()) {
                return Ok(Some(text.into()));
            }
        }
        let message = format!("the keyring's entry of {name} is damaged; log in again");
        Err(Error::new(ErrorKind::Authentication, message))
    }

    fn put(&self, connector: &str, account: &str, text: &SecretString) -> Result<()> {
        let name = entry(connector, account);
        let before = self.0.get(&name)?.as_deref().and_then(Self::split_of);
        let bytes = text.expose_secret().as_bytes();
        if bytes.len() <= LONGEST {
            self.0.set(&name, bytes)?;
        } else {
            let generation = before.map_or(1, |(generation, _)| generation + 1);
            let parts: Vec<&[u8]> = bytes.chunks(LONGEST).collect();
            for (index, part) in parts.iter().enumerate() {
                self.0.set(&piece(&name, generation, index), part)?;
            }
            let head = json!({"pieces": [generation, parts.len()]}).to_string();
            self.0.set(&name, head.as_bytes())?;
        }
        self.forget(&name, before)
    }

    fn remove(&self, connector: &str, account: &str) -> Result<()> {
        let name = entry(connector, account);
        let before = self.0.get(&name)?.as_deref().and_then(Self::split_of);
        self.forget(&name, before)?;
        self.0.delete(&name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Entries for Memory {
        fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
            Ok(self.0.lock().unwrap().get(name).cloned())
        }

        fn set(&self, name: &str, content: &[u8]) -> Result<()> {
            assert!(content.len() <= LONGEST);
            self.0.lock().unwrap().insert(name.to_owned(), content.to_vec());
            Ok(())
        }

        fn delete(&self, name: &str) -> Result<()> {
            self.0.lock().unwrap().remove(name);
            Ok(())
        }
    }

    #[test]
    fn texts_of_any_length_are_kept_and_nothing_is_left_behind() {
        let vault = Pieces(Memory::default());
        let read = || vault.get("c", "a").unwrap().map(|text| text.expose_secret().to_owned());
        assert_eq!(read(), None);
        for (length, entries) in [(10, 1), (2_400, 1), (2_401, 3), (12_000, 6), (2_500, 3), (5, 1)]
        {
            let text = "é".repeat(length / 2) + if length % 2 == 1 { "x" } else { "" };
            vault.put("c", "a", &text.clone().into()).unwrap();
            assert_eq!(read(), Some(text), "{length}");
            assert_eq!(vault.0.0.lock().unwrap().len(), entries, "{length}");
        }
        vault.put("c", "a", &"y".repeat(9_000).into()).unwrap();
        vault.remove("c", "a").unwrap();
        assert!(vault.0.0.lock().unwrap().is_empty());
    }

    #[test]
    fn no_two_accounts_share_an_entry() {
        let vault = Pieces(Memory::default());
        let names = ["a", "a.b", "b", "a.1", "1.0", "a.1.0"];
        let all = || names.iter().flat_map(|one| names.iter().map(move |other| (*one, *other)));
        let text = |one: &str, other: &str| format!("{one} {other} ").repeat(600);
        for (one, other) in all() {
            vault.put(one, other, &text(one, other).into()).unwrap();
        }
        for (one, other) in all() {
            let read = vault.get(one, other).unwrap().unwrap();
            assert_eq!(read.expose_secret(), text(one, other));
            vault.remove(one, other).unwrap();
        }
        assert!(vault.0.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_missing_piece_is_told() {
        let vault = Pieces(Memory::default());
        vault.put("c", "a", &"y".repeat(9_000).into()).unwrap();
        vault.0.delete("c/a/1.2").unwrap();
        let error = vault.get("c", "a").unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}
