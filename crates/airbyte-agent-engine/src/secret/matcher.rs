//! Finds any of several texts in another one, with one pass for each decoding of the text.

use std::ops::Range;

use secrecy::{ExposeSecret as _, SecretString};

use super::decode::{Decoded, Encoding, decode};

/// How many layers of encoding are undone: JSON inside a parameter of an address inside JSON.
const LAYERS: usize = 3;

/// The texts that are looked for.
pub(super) struct Matcher {
    /// The longest text comes first, so that a text that contains another one is found as a whole.
    patterns: Vec<SecretString>,
    /// One bit for every pair of bytes with which a text begins.
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

    /// The ranges in which the bytes are one of the texts, in order.
    pub(super) fn spans(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if !self.patterns.is_empty() {
            self.read(bytes, None, LAYERS, &mut found);
        }
        found.sort_unstable_by_key(|range| (range.start, range.end));
        found
    }

    /// Length of the longest text in bytes.
    pub(super) fn longest(&self) -> usize {
        self.patterns.first().map_or(0, |known| known.expose_secret().len())
    }

    /// The text with `mask` instead of every match; `None` where nothing matches.
    pub(super) fn replace(&self, text: &str, mask: &str) -> Option<String> {
        let found = self.spans(text.as_bytes());
        if found.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for range in found {
            if range.start >= copied {
                // A match begins and ends at the boundary of a character.
                out.push_str(text.get(copied..range.start).unwrap_or_default());
                out.push_str(mask);
            }
            copied = copied.max(range.end);
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Some(out)
    }

    /// Finds matches in the bytes, and in what they mean in every encoding.
    fn read(
        &self,
        bytes: &[u8],
        origins: Option<&[usize]>,
        layers: usize,
        found: &mut Vec<Range<usize>>,
    ) {
        self.find(bytes, origins, found);
        if layers == 0 {
            return;
        }
        for encoding in Encoding::ALL {
            if let Some(Decoded { bytes, origins }) = decode(encoding, bytes, origins) {
                self.read(&bytes, Some(&origins), layers - 1, found);
            }
        }
    }

    /// Adds to `found` the ranges of the original text in which the bytes match.
    fn find(&self, bytes: &[u8], origins: Option<&[usize]>, found: &mut Vec<Range<usize>>) {
        let origin = |at: usize| origins.map_or(at, |known| known.get(at).copied().unwrap_or(at));
        let mut at = 0;
        while at + 1 < bytes.len() {
            let (word, bit) = place(bytes[at], bytes[at + 1]);
            let length =
                if self.beginnings[word] & bit == 0 { None } else { self.at(&bytes[at..]) };
            if let Some(length) = length {
                found.push(origin(at)..origin(at + length));
                at += length;
            } else {
                at += 1;
            }
        }
    }

    /// The length of the longest text with which the bytes begin.
    fn at(&self, bytes: &[u8]) -> Option<usize> {
        let mut patterns = self.patterns.iter().map(|known| known.expose_secret().as_bytes());
        patterns.find(|known| bytes.starts_with(known)).map(<[u8]>::len)
    }
}

/// The word of the bit set and the bit in it for a pair of bytes.
const fn place(first: u8, second: u8) -> (usize, u64) {
    let number = (first as usize) << 8 | second as usize;
    (number >> 6, 1 << (number & 63))
}
