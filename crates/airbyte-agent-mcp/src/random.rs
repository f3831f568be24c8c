//! Texts that nobody can guess.

use ring::rand::{SecureRandom as _, SystemRandom};

/// A text with 128 random bits; `None` where the system has none.
pub(crate) fn handle() -> Option<String> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
