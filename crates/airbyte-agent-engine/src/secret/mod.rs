//! Keeps secrets out of every text that leaves the engine, and out of records where a program asks
//! for it.
//!
//! There is one redactor for each client. It learns every credential and every token that is
//! obtained later. All code that shows texts (messages, tools, logs, the program) cleans them with
//! it. Texts are cleaned first and shortened then, because a part of a secret is not recognized.

mod decode;
mod forms;
mod matcher;
mod words;

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use self::matcher::Matcher;

/// The text that replaces a secret.
pub(crate) const MASK: &str = "[redacted]";

/// Length in bytes below which a secret is not removed from messages, because this would make any
/// text unreadable.
const SHORTEST: usize = 4;

/// Length in bytes below which a secret is not removed from records, in which such texts occur by
/// chance.
const SHORTEST_IN_RECORDS: usize = 8;

/// Knows the secrets in use and removes them from texts, unencoded and in every usual encoding.
/// Clones share the secrets.
///
/// ```
/// use airbyte_agent_engine::Redactor;
///
/// let redactor = Redactor::new();
/// redactor.add("s3cr3t/token");
/// assert_eq!(redactor.clean("GET /?key=s3cr3t%2ftoken failed"), "GET /?key=[redacted] failed");
/// ```
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    texts: Matcher,
    records: Matcher,
    /// Whether a secret consists of digits, so that JSON may contain it as a number.
    has_number: bool,
}

impl Redactor {
    /// A redactor that knows no secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. A secret of fewer than four bytes is not removed from any text, and one of
    /// fewer than eight is not removed from values, because such texts occur by chance. The same is
    /// true for words such as `invalid` that messages use: a gap in a well-known sentence would
    /// reveal the secret. They are not removed from any text.
    pub fn add(&self, secret: &str) {
        self.remember(secret, true);
        // A pasted secret may have white space around it, which a vendor does not repeat.
        if secret.trim() != secret {
            self.remember(secret.trim(), true);
        }
        // Messages may repeat parts of a key file.
        if let Ok(Value::Object(members)) = serde_json::from_str(secret) {
            for (name, member) in &members {
                let is_secret = ["key", "secret", "token", "password"];
                if let (Some(text), true) =
                    (member.as_str(), is_secret.iter().any(|part| name.contains(part)))
                {
                    self.remember(text, true);
                }
            }
        }
    }

    /// Adds a text that authenticates and is no secret by itself, such as a user name. It is
    /// removed from texts, and not from values, in which it is data.
    pub(crate) fn add_name(&self, name: &str) {
        self.remember(name, false);
    }

    fn remember(&self, secret: &str, in_records: bool) {
        if secret.len() < SHORTEST || words::is_everyday(secret) {
            return;
        }
        // Lists are only added to, so they are intact even if a thread panicked while it held the
        // lock.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.texts.add(forms::forms(secret, SHORTEST));
        if in_records && secret.len() >= SHORTEST_IN_RECORDS {
            known.records.add(forms::forms(secret, SHORTEST_IN_RECORDS));
            known.has_number |= secret.bytes().all(|byte| byte.is_ascii_digit());
        }
    }

    /// The text without any of the secrets.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.texts.replace(text, MASK).unwrap_or_else(|| text.to_owned())
    }

    /// The ranges of the secrets in bytes of a file, by the rules of
    /// [`clean_value`](Self::clean_value). They are in order, and some may overlap.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).records.spans(bytes)
    }

    /// The largest number of bytes that a secret may take in a file, unencoded or percent-encoded.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).records.longest().saturating_mul(3)
    }

    /// Removes the secrets from every text of a value and from the names of members, and removes
    /// numbers that are secrets.
    pub fn clean_value(&self, value: &mut Value) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clean(value);
    }
}

impl Known {
    fn clean(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(clean) = self.records.replace(text, MASK) {
                    *text = clean;
                }
            }
            Value::Number(number) if self.has_number => {
                if let Some(clean) = self.records.replace(&number.to_string(), MASK) {
                    *value = Value::String(clean);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(members) => {
                if members.keys().any(|name| self.records.replace(name, MASK).is_some()) {
                    let old: Map<String, Value> = std::mem::take(members);
                    members.extend(old.into_iter().map(|(name, member)| {
                        (self.records.replace(&name, MASK).unwrap_or(name), member)
                    }));
                }
                members.values_mut().for_each(|member| self.clean(member));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
