//! How many tokens a text is, about.
//!
//! An estimate without a vocabulary, rather too high than too low: JSON, prose and opaque tokens
//! come out at 95 to 165 % of the count of `o200k_base`. `crates/airbyte-agent/tests/umbrella/tools` holds
//! it to that.

/// How many tokens a text is, about: rather too many than too few. Costs no vocabulary and a few
/// nanoseconds per character.
pub fn estimate(text: &str) -> usize {
    // In sixths of a token, so that no fractions are needed.
    let mut sixths = 0;
    let mut run = Run::default();
    for character in text.chars() {
        let kind = Kind::of(character);
        if kind != run.kind || kind == Kind::Mark && run.length == 3 {
            sixths += run.sixths();
            run = Run { kind, ..Run::default() };
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
    /// A letter of an alphabet that is not Latin.
    Foreign,
    /// A character that is a word, or most of one.
    Ideograph,
    /// A picture, or what joins pictures.
    Picture,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => Self::Letter,
            '0'..='9' => Self::Digit,
            c if c.is_ascii_whitespace() => Self::Space,
            c if c.is_ascii() => Self::Mark,
            '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' => {
                Self::Ideograph
            }
            '\u{2000}'..='\u{2BFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F000}'..='\u{3FFFF}' => {
                Self::Picture
            }
            _ => Self::Foreign,
        }
    }
}

/// Characters of one kind in a row.
#[derive(Debug, Default)]
struct Run {
    kind: Kind,
    length: usize,
    /// Times a capital follows a small letter: `someName`, or an opaque token.
    humps: usize,
    /// Letters beyond ASCII, line breaks and tabs.
    special: usize,
    last_upper: bool,
}

impl Run {
    fn take(&mut self, character: char) {
        let upper = character.is_ascii_uppercase();
        self.humps += usize::from(self.length > 0 && upper && !self.last_upper);
        self.special += usize::from(!character.is_ascii() || character.is_ascii_control());
        self.last_upper = upper;
        self.length += 1;
    }

    fn sixths(&self) -> usize {
        match self.kind {
            // A blank belongs to the word behind it; a line break or a tab does not.
            Kind::Space if self.special > 0 => 6 + self.length.saturating_sub(1),
            Kind::Space => self.length.saturating_sub(1),
            // Humps this close together are no words.
            Kind::Letter if self.length < 4 * self.humps => 5 * self.length,
            Kind::Letter => {
                6 + 6 * self.humps + 5 * self.special + 2 * self.length.saturating_sub(8)
            }
            Kind::Digit => 6 * self.length.div_ceil(3),
            Kind::Mark => 6,
            Kind::Foreign => 2 * self.length + 3,
            Kind::Ideograph => 6 * self.length,
            Kind::Picture => 11 * self.length,
        }
    }
}
