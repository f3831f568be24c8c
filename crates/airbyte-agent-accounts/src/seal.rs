//! Sealing: ChaCha20-Poly1305 under a random key, and that key under a passphrase (Argon2id).

use airbyte_agent_core::{Error, ErrorKind, Result};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretBox, SecretSlice, SecretString};
use serde_json::{Value, json};

const KEY_LEN: usize = 32;
const SALT_LEN: usize = 16;
/// The version of the key file's form.
const VERSION: u64 = 1;
/// The cost of deriving a key from a passphrase with Argon2id, as OWASP recommends it: memory in KiB, passes and
/// lanes.
const STRETCH: (u32, u32, u32) = (19 * 1024, 2, 1);
/// The most that a key file may ask for: memory in KiB, memory times passes, and lanes. This is much more than
/// is ever written, and still takes no more than two seconds, because the file may come from somebody else.
const MOST_MEMORY: u64 = 256 * 1024;
const MOST_WORK: u64 = 1024 * 1024;
const MOST_LANES: u64 = 16;

/// A key that seals accounts.
pub(crate) struct Key(SecretBox<[u8; KEY_LEN]>);

impl Key {
    /// A new random key.
    pub(crate) fn random() -> Result<Self> {
        random::<KEY_LEN>().map(|bytes| Self(SecretBox::new(Box::new(bytes))))
    }

    /// Seals `plain` for one purpose, for which alone it can be opened.
    pub(crate) fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| failed())?;
        let mut out = nonce.to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what was sealed; `None` when it was sealed for another purpose or by another key, or was changed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<SecretSlice<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let plain = self.cipher().ok()?.open_in_place(nonce, aad, &mut sealed).ok()?;
        Some(SecretSlice::from(plain.to_vec()))
    }

    fn cipher(&self) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, self.0.expose_secret());
        key.map(LessSafeKey::new).map_err(|_| failed())
    }

    /// The content of the key file: this key, sealed by a passphrase.
    pub(crate) fn wrap(&self, passphrase: &SecretString) -> Result<Vec<u8>> {
        let salt = random::<SALT_LEN>()?;
        let (memory, passes, lanes) = STRETCH;
        let params = parameters(memory, passes, lanes).ok_or_else(failed)?;
        let outer = stretch(passphrase, &salt, params)?;
        let sealed = outer.seal(PURPOSE, self.0.expose_secret())?;
        let file = json!({
            "version": VERSION,
            "kdf": {
                "name": "argon2id",
                "memory_kib": memory,
                "passes": passes,
                "lanes": lanes,
                "salt": STANDARD.encode(salt),
            },
            "key": STANDARD.encode(sealed),
        });
        Ok(format!("{file:#}\n").into_bytes())
    }

    /// The key in the content of a key file.
    pub(crate) fn unwrap(file: &[u8], passphrase: &SecretString) -> Result<Self> {
        let broken = || {
            let message = "the key file of the accounts (key.json) is damaged; remove the folder \
                           'accounts' and log in again";
            Error::new(ErrorKind::Validation, message)
        };
        let file: Value = serde_json::from_slice(file).map_err(|_| broken())?;
        let number = |name: &str| file["kdf"][name].as_u64().ok_or_else(broken);
        let bytes = |value: &Value| {
            value.as_str().and_then(|text| STANDARD.decode(text).ok()).ok_or_else(broken)
        };
        if file["version"].as_u64() != Some(VERSION) || file["kdf"]["name"] != "argon2id" {
            return Err(broken());
        }
        let salt = bytes(&file["kdf"]["salt"])?;
        if !(8..=64).contains(&salt.len()) {
            return Err(broken());
        }
        let sealed = bytes(&file["key"])?;
        let (memory, passes, lanes) = (number("memory_kib")?, number("passes")?, number("lanes")?);
        if memory > MOST_MEMORY || memory.saturating_mul(passes) > MOST_WORK || lanes > MOST_LANES {
            let message = "the key file of the accounts (key.json) asks for more memory or time \
                           than any that this program wrote, and is not used; if it is not your \
                           own, remove the folder 'accounts' and log in again";
            return Err(Error::new(ErrorKind::Validation, message));
        }
        let small = |number: u64| u32::try_from(number).map_err(|_| broken());
        let params = parameters(small(memory)?, small(passes)?, small(lanes)?);
        let outer = stretch(passphrase, &salt, params.ok_or_else(broken)?)?;
        let plain = outer.open(PURPOSE, &sealed).ok_or_else(|| {
            Error::new(
                ErrorKind::Authentication,
                "the passphrase of the accounts is wrong (AIRBYTE_AGENT_PASSPHRASE)",
            )
        })?;
        let key = <[u8; KEY_LEN]>::try_from(plain.expose_secret()).map_err(|_| broken())?;
        Ok(Self(SecretBox::new(Box::new(key))))
    }
}

const PURPOSE: &str = "airbyte-agent accounts key";

fn parameters(memory: u32, passes: u32, lanes: u32) -> Option<Params> {
    Params::new(memory, passes, lanes, Some(KEY_LEN)).ok()
}

fn stretch(passphrase: &SecretString, salt: &[u8], params: Params) -> Result<Key> {
    let mut out = Box::new([0; KEY_LEN]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, out.as_mut())
        .map_err(|_| failed())?;
    Ok(Key(SecretBox::new(out)))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| failed())?;
    Ok(bytes)
}

fn failed() -> Error {
    Error::new(ErrorKind::Internal, "the cryptography of the account store failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_for_the_same_purpose() {
        let key = Key::random().unwrap();
        let sealed = key.seal("a", b"canary").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        assert_ne!(sealed, key.seal("a", b"canary").unwrap());
        assert_eq!(key.open("a", &sealed).unwrap().expose_secret(), b"canary");
        assert!(key.open("b", &sealed).is_none());
        assert!(Key::random().unwrap().open("a", &sealed).is_none());
        for cut in 0..sealed.len() {
            assert!(key.open("a", &sealed[..cut]).is_none(), "{cut}");
        }
    }

    #[test]
    fn a_passphrase_opens_the_key_and_no_other_does() {
        let key = Key::random().unwrap();
        let file = key.wrap(&"right".to_owned().into()).unwrap();
        let again = Key::unwrap(&file, &"right".to_owned().into()).unwrap();
        assert_eq!(again.0.expose_secret(), key.0.expose_secret());
        let Err(error) = Key::unwrap(&file, &"wrong".to_owned().into()) else { panic!("opened") };
        assert_eq!(error.kind(), ErrorKind::Authentication);
        for file in [&b"{}"[..], b""] {
            let Err(error) = Key::unwrap(file, &"right".to_owned().into()) else { panic!("read") };
            assert_eq!(error.kind(), ErrorKind::Validation);
        }
    }

    #[test]
    fn a_file_that_asks_for_too_much_is_refused_before_anything_is_derived() {
        let file = Key::random().unwrap().wrap(&"right".to_owned().into()).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let begin = std::time::Instant::now();
        for (memory, passes, lanes) in [
            (u64::MAX, 1, 1),
            (99_999_999, 2, 1),
            (MOST_MEMORY + 1, 1, 1),
            (MOST_MEMORY, 5, 1),
            (19 * 1024, 64, 1),
            (8, u64::MAX, 1),
            (8, u64::from(u32::MAX), 1),
            (19 * 1024, 2, MOST_LANES + 1),
            (19 * 1024, 2, u64::from(u32::MAX)),
            // Less than Argon2 takes.
            (0, 1, 1),
            (7, 1, 1),
            (19 * 1024, 0, 1),
            (19 * 1024, 2, 0),
            (8, 1, 16),
        ] {
            let mut greedy = file.clone();
            greedy["kdf"]["memory_kib"] = memory.into();
            greedy["kdf"]["passes"] = passes.into();
            greedy["kdf"]["lanes"] = lanes.into();
            let opened = Key::unwrap(greedy.to_string().as_bytes(), &"right".to_owned().into());
            let Err(error) = opened else { panic!("{memory} {passes} {lanes}") };
            assert_eq!(error.kind(), ErrorKind::Validation, "{memory} {passes} {lanes}: {error}");
        }
        assert!(begin.elapsed() < std::time::Duration::from_secs(1), "{:?}", begin.elapsed());
    }
}
