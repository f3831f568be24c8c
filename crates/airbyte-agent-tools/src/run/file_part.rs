//! A part of a file without the secrets in use.
//!
//! A secret is recognized as a whole only, so that more of the file is read than is shown: what stands before the
//! part and behind it.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in a text where a secret was.
const MASK: &str = "[redacted]";

/// Bytes of a file, of which some are wanted.
pub(super) struct FilePart {
    /// The bytes that are wanted, and those around them.
    bytes: Vec<u8>,
    /// Where those that are wanted stand.
    wanted: Range<usize>,
    /// Where secrets stand that reach into those that are wanted.
    secrets: Vec<Range<usize>>,
}

impl FilePart {
    /// The part that begins after `before` bytes and has at most `length`. `secrets` are ranges of the bytes.
    pub(super) fn new(
        bytes: Vec<u8>,
        before: usize,
        length: usize,
        secrets: Vec<Range<usize>>,
    ) -> Self {
        let start = before.min(bytes.len());
        let wanted = start..start.saturating_add(length).min(bytes.len());
        Self { bytes, wanted, secrets }
    }

    /// The bytes that are wanted, as they stand in the file.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.wanted.clone()).unwrap_or_default()
    }

    /// Whether bytes behind the part have been read.
    pub(super) fn goes_on(&self) -> bool {
        self.wanted.end < self.bytes.len()
    }

    /// Whether there is a secret in the first so many bytes of the part.
    pub(super) fn has_secret(&self, length: usize) -> bool {
        self.hidden(length).next().is_some()
    }

    /// The first so many bytes of the part as text, with a mask for every secret.
    pub(super) fn text(&self, length: usize) -> String {
        let part = self.bytes();
        let text = |range: Range<usize>| {
            String::from_utf8_lossy(part.get(range).unwrap_or_default()).into_owned()
        };
        let mut out = String::new();
        let mut shown = 0;
        for secret in self.hidden(length) {
            if secret.start >= shown {
                out.push_str(&text(shown..secret.start));
                out.push_str(MASK);
            }
            shown = shown.max(secret.end);
        }
        out + &text(shown..length)
    }

    /// The first so many bytes of the part, with as many asterisks for every secret.
    pub(super) fn masked(&self, length: usize) -> Cow<'_, [u8]> {
        let part = self.bytes().get(..length).unwrap_or_default();
        if !self.has_secret(length) {
            return Cow::Borrowed(part);
        }
        let mut masked = part.to_vec();
        for secret in self.hidden(length) {
            masked.get_mut(secret).unwrap_or_default().fill(b'*');
        }
        Cow::Owned(masked)
    }

    /// Where secrets stand in the first so many bytes of the part.
    fn hidden(&self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let (start, end) = (self.wanted.start, self.wanted.start + length.min(self.wanted.len()));
        let reaching = self.secrets.iter().filter(move |s| s.start < end && s.end > start);
        reaching.map(move |s| s.start.max(start) - start..s.end.min(end) - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_wherever_the_part_begins_and_ends() {
        let file = b"ab-SECRET-cd";
        for (start, length, text, masked) in [
            (0, 12, "ab-[redacted]-cd", "ab-******-cd"),
            (0, 5, "ab-[redacted]", "ab-**"),
            (5, 7, "[redacted]-cd", "****-cd"),
            (4, 2, "[redacted]", "**"),
            (3, 1, "[redacted]", "*"),
            (0, 3, "ab-", "ab-"),
            (9, 9, "-cd", "-cd"),
            (20, 5, "", ""),
        ] {
            let part = FilePart::new(file.to_vec(), start, length, vec![3..9, 4..9]);
            let taken = part.bytes().len();
            assert_eq!(part.text(taken), text, "{start} {length}");
            assert_eq!(part.masked(taken), masked.as_bytes(), "{start} {length}");
            assert_eq!(part.has_secret(taken), text.contains(MASK), "{start} {length}");
            assert_eq!(part.goes_on(), start + length < file.len(), "{start} {length}");
        }
    }
}
