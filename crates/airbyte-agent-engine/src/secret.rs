//! Keeping secrets out of every text.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret was.
pub(crate) const MASK: &str = "[redacted]";

/// Knows the secrets in use and takes them out of texts. Clones share what they know.
#[derive(Clone, Default)]
pub(crate) struct Redactor(Arc<RwLock<Vec<SecretString>>>);

impl Redactor {
    /// Remembers a secret. Very short ones are left out: removing them would garble any text.
    pub(crate) fn add(&self, secret: &str) {
        // A list is never left half-changed, so one that a panic poisoned is still good.
        let mut secrets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if secret.len() >= 4 && !secrets.iter().any(|known| known.expose_secret() == secret) {
            secrets.push(SecretString::from(secret));
            // The longest first, so that a secret that contains another goes as a whole.
            secrets.sort_by_key(|known| std::cmp::Reverse(known.expose_secret().len()));
        }
    }

    /// `text` without any of the secrets, in plain, percent-encoded or JSON-escaped form.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut out = Cow::Borrowed(text);
        for secret in self.0.read().unwrap_or_else(PoisonError::into_inner).iter() {
            let plain = secret.expose_secret();
            let encoded: String = form_urlencoded::byte_serialize(plain.as_bytes()).collect();
            let escaped = serde_json::to_string(plain).unwrap_or_default();
            for form in [plain, encoded.as_str(), escaped.trim_matches('"')] {
                if !form.is_empty() && out.contains(form) {
                    out = Cow::Owned(out.replace(form, MASK));
                }
            }
        }
        out.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_in_every_spelling() {
        let redactor = Redactor::default();
        redactor.add("s3cr3t/+\"x");
        redactor.add("abc");
        for text in ["key s3cr3t/+\"x!", "?k=s3cr3t%2F%2B%22x", r#"{"k":"s3cr3t/+\"x"}"#] {
            let clean = redactor.clean(text);
            assert!(clean.contains(MASK) && !clean.contains("s3cr3t"), "{clean}");
        }
        assert_eq!(redactor.clean("abc"), "abc");
    }
}
