//! Finds any of several texts in another one, in one pass over it.

use secrecy::{ExposeSecret as _, SecretString};

/// The texts to find.
pub(super) struct Matcher {
    /// Longest first, so that a text that contains another is found as a whole.
    patterns: Vec<SecretString>,
    /// A bit for every pair of bytes with which a text begins.
    beginnings: Vec<u64>,
}

impl Default for Matcher {
    fn default() -> Self {
        Self { patterns: Vec::new(), beginnings: vec![0; 1 << 10] }
    }
}

impl Matcher {
    /// Adds texts of two bytes and more.
    pub(super) fn add(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            let [first, second, ..] = *text.as_bytes() else { continue };
            if self.patterns.iter().any(|known| known.expose_secret() == text) {
                continue;
            }
            let (word, bit) = place(first, second);
            self.beginnings[word] |= bit;
            self.patterns.push(SecretString::from(text));
        }
        self.patterns.sort_by_key(|known| std::cmp::Reverse(known.expose_secret().len()));
    }

    /// The text with `mask` in the place of every match; `None` where nothing matches.
    pub(super) fn replace(&self, text: &str, mask: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let mut out: Option<String> = None;
        let mut kept = 0;
        let mut at = 0;
        while at + 1 < bytes.len() {
            let (word, bit) = place(bytes[at], bytes[at + 1]);
            let length = if self.beginnings[word] & bit == 0 { None } else { self.at(&bytes[at..]) };
            let Some(length) = length else {
                at += 1;
                continue;
            };
            // A match of one text begins and ends between two characters of the other.
            let out = out.get_or_insert_default();
            out.push_str(text.get(kept..at).unwrap_or_default());
            out.push_str(mask);
            at += length;
            kept = at;
        }
        let mut out = out?;
        out.push_str(text.get(kept..).unwrap_or_default());
        Some(out)
    }

    /// The length of the longest text with which the bytes begin.
    fn at(&self, bytes: &[u8]) -> Option<usize> {
        let mut patterns = self.patterns.iter().map(|known| known.expose_secret().as_bytes());
        patterns.find(|known| bytes.starts_with(known)).map(<[u8]>::len)
    }
}

/// The word and the bit of a pair of bytes.
const fn place(first: u8, second: u8) -> (usize, u64) {
    let number = (first as usize) << 8 | second as usize;
    (number >> 6, 1 << (number & 63))
}
