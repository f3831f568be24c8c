//! How many tokens a text is, about.
//!
//! An estimate on the safe side, without a vocabulary: for the JSON of records it lies between the
//! count of `o200k_base` and half as much again. See the test in `crates/airbyte-agent`.

/// How many tokens a text is, about.
pub(crate) fn estimate(text: &str) -> usize {
    // In sixths of a token, so that no fractions are needed.
    let mut sixths = 0;
    let mut run = Run::default();
    for character in text.chars() {
        let kind = Kind::of(character);
        if kind != run.kind || kind == Kind::Mark && run.length == 3 {
            sixths += run.sixths();
            run = Run { kind, length: 0, mixed: false, last_upper: false };
        }
        run.take(character);
    }
    sixths += run.sixths();
    sixths.div_ceil(6)
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Space,
    Letter,
    Digit,
    Mark,
    /// A letter of another alphabet.
    Foreign,
    /// A character that is a word, or most of one.
    Ideograph,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '0'..='9' => Self::Digit,
            c if c.is_ascii_whitespace() => Self::Space,
            c if c.is_ascii() => Self::Mark,
            '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' => {
                Self::Ideograph
            }
            '\u{1F000}'..='\u{3FFFF}' => Self::Ideograph,
            _ => Self::Foreign,
        }
    }
}

/// Characters of one kind in a row.
#[derive(Debug, Default)]
struct Run {
    kind: Kind,
    length: usize,
    /// Changes of case inside a word: `someName`, or an opaque token.
    mixed: bool,
    last_upper: bool,
}

impl Run {
    fn take(&mut self, character: char) {
        let upper = character.is_ascii_uppercase();
        self.mixed |= self.length > 0 && upper && !self.last_upper;
        self.last_upper = upper;
        self.length += 1;
    }

    fn sixths(&self) -> usize {
        match self.kind {
            // A blank belongs to the word behind it.
            Kind::Space => self.length.saturating_sub(1),
            Kind::Letter if self.mixed => 3 * self.length.max(2),
            Kind::Letter if self.length <= 8 => 6,
            Kind::Letter => 6 + (self.length - 8),
            Kind::Digit => 6 * self.length.div_ceil(3),
            Kind::Mark => 6,
            Kind::Foreign => 3 * self.length + 1,
            Kind::Ideograph => 6 * self.length,
        }
    }
}
