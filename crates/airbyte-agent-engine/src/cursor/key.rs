//! The secret under which cursors are sealed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ring::hmac;
use ring::rand::SystemRandom;

use crate::error::{Error, Result};

/// The secret under which cursors are sealed.
///
/// A client uses a random key of the process, unless
/// [`Client::with_cursor_key`](crate::Client::with_cursor_key) sets another one. Cursors under the
/// key of the process work for any client of the same account in this process, and are refused
/// after a restart. A program whose cursors have to live longer keeps 32 random bytes in a safe
/// place and makes the key of these bytes in every process.
#[derive(Clone)]
pub struct CursorKey(Arc<hmac::Key>);

impl CursorKey {
    /// A key made of 32 secret random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// The random key of this process.
    ///
    /// # Errors
    ///
    /// `Internal` when the operating system gives no random numbers.
    pub(crate) fn of_process() -> Result<&'static Self> {
        static KEY: OnceLock<Option<CursorKey>> = OnceLock::new();
        let make = || {
            let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
            Some(Self(Arc::new(key)))
        };
        let missing = || Error::internal("the operating system gives no random numbers");
        KEY.get_or_init(make).as_ref().ok_or_else(missing)
    }

    /// A text of 32 hexadecimal digits that stands for these parts and shows nothing of them.
    pub(crate) fn mark(&self, parts: &[&[u8]]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let tag = context.sign();
        tag.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn hmac(&self) -> &hmac::Key {
        &self.0
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey")
    }
}
