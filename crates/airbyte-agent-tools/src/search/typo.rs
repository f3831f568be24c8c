//! Known words that an unknown word may mean: a mistyped word, or the beginning of a longer one.

/// A word of the vocabulary, prepared for comparison.
pub(super) struct Spelling {
    /// One bit for each letter or digit that occurs.
    letters: u64,
    length: usize,
}

impl Spelling {
    /// The spelling of a word.
    pub(super) fn of(word: &str) -> Self {
        let bit = |byte: u8| match byte {
            b'a'..=b'z' => 1_u64 << (byte - b'a'),
            b'0'..=b'9' => 1_u64 << (26 + byte - b'0'),
            _ => 1_u64 << 36,
        };
        Self { letters: word.bytes().fold(0, |all, byte| all | bit(byte)), length: word.len() }
    }

    /// Whether `other` may be at most `distance` changes away. The test is cheap and excludes no word that
    /// is.
    fn is_near(&self, other: &Self, distance: usize) -> bool {
        self.length.abs_diff(other.length) <= distance
            && (self.letters ^ other.letters).count_ones() as usize <= 2 * distance
    }
}

/// The known words that `word` may mean, at most three, each with its certainty from 0 to 1.
pub(super) fn corrections<'v>(
    word: &str,
    vocabulary: impl Iterator<Item = (usize, &'v str, &'v Spelling)>,
) -> Vec<(usize, f32)> {
    let length = word.len();
    if length < 3 || word.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let allowed = match length {
        3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    let own = Spelling::of(word);
    let mut found: Vec<(usize, f32)> = Vec::new();
    for (index, known, spelling) in vocabulary {
        if known.len() > length && known.starts_with(word) {
            // The longer the part that was typed, the more certain is the word.
            let certainty = 0.8 * as_share(length, known.len());
            found.push((index, certainty));
        } else if allowed > 0 && own.is_near(spelling, allowed) {
            let distance = strsim::osa_distance(word, known);
            if distance <= allowed {
                let same_start = word.as_bytes().first() == known.as_bytes().first();
                let certainty = if distance == 1 { 0.8 } else { 0.5 };
                found.push((index, if same_start { certainty } else { certainty * 0.6 }));
            }
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.truncate(3);
    found
}

#[allow(clippy::cast_precision_loss)]
fn as_share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_words_and_beginnings_are_found() {
        let words = ["invoic", "customer", "branch", "task", "ticket"];
        let spellings: Vec<Spelling> = words.iter().map(|word| Spelling::of(word)).collect();
        for (typed, expected) in [
            ("invocie", Some("invoic")),
            ("costumer", Some("customer")),
            ("brnach", Some("branch")),
            ("cust", Some("customer")),
            ("tsak", Some("task")),
            ("xyz", None),
            ("ticket9", None),
            ("zebra", None),
        ] {
            let known = words.iter().zip(&spellings).enumerate();
            let found =
                corrections(typed, known.map(|(index, (word, spelling))| (index, *word, spelling)));
            assert_eq!(found.first().map(|(index, _)| words[*index]), expected, "{typed}");
        }
    }
}
