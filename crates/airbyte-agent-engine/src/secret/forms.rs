//! The forms of a secret in a text, in addition to those that `decode` undoes. This module does not
//! know the texts themselves.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Length in bytes below which a part of base64 may occur by chance.
const SHORTEST_BASE64: usize = 8;

/// Every form of the secret that is at least `shortest` bytes long.
pub(super) fn forms(secret: &str, shortest: usize) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        // Some encodings write a space as a plus sign, and their decoders read a plus sign as a
        // space.
        secret.replace('+', " "),
        secret.replace(' ', "+"),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
    ];
    forms.extend(base64(secret.as_bytes()));
    forms.retain(|form| form.len() >= shortest);
    forms
}

/// The bytes in base64, for each of the three offsets at which they can begin among other bytes, in
/// both alphabets. Characters that also depend on neighbouring bytes are left out.
fn base64(bytes: &[u8]) -> Vec<String> {
    let mut views = Vec::new();
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(bytes);
        let first = (before * 8).div_ceil(6);
        let end = shifted.len() * 8 / 6;
        for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            if let Some(view) = text.get(first..end).filter(|view| view.len() >= SHORTEST_BASE64) {
                views.push(view.to_owned());
            }
        }
    }
    // If there are no other bytes before and after it, the end belongs to the secret, too.
    let whole = [STANDARD_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(bytes)];
    views.extend(whole.into_iter().filter(|whole| whole.len() >= SHORTEST_BASE64));
    views
}
