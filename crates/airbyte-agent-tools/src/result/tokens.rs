//! Estimates how many tokens a text is.
//!
//! The estimate needs no vocabulary and is rather too high than too low: JSON, prose and opaque
//! tokens come out at 95 to 165 % of the count of `o200k_base`. The tests in
//! `crates/airbyte-agent/tests/umbrella/tools` hold it to that.

/// Estimates how many tokens a text is, rather too many than too few. It needs no vocabulary and takes
/// a few nanoseconds per character.
pub fn estimate(text: &str) -> usize {
    let mut estimator = Estimator::default();
    estimator.add(text);
    estimator.tokens()
}

/// Estimates the tokens of a text that comes piece by piece. The result is that of the whole text,
/// wherever it is divided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Estimator {
    /// Sixths of a token in the runs that are complete, so that no fractions are needed.
    sixths: usize,
    /// The last run, which the next piece may continue.
    run: Run,
}

impl Estimator {
    /// Adds the next piece of the text.
    pub(crate) fn add(&mut self, text: &str) {
        for character in text.chars() {
            let kind = Kind::of(character);
            if kind != self.run.kind || kind == Kind::Mark && self.run.length == 3 {
                self.sixths += self.run.sixths();
                self.run = Run { kind, ..Run::default() };
            }
            self.run.add(character);
        }
    }

    /// The tokens of the text so far.
    pub(crate) fn tokens(&self) -> usize {
        (self.sixths + self.run.sixths()).div_ceil(6)
    }
}

/// What characters have in common that are counted alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Space,
    Letter,
    Digit,
    Mark,
    /// A letter of an alphabet that is not Latin.
    OtherLetter,
    /// A character that is a word, or most of one.
    Ideograph,
    /// A picture, or a character that joins pictures.
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
            _ => Self::OtherLetter,
        }
    }
}

/// Consecutive characters of one kind.
#[derive(Debug, Clone, Default)]
struct Run {
    kind: Kind,
    length: usize,
    /// How often a capital letter follows a small one, as in `someName` and in opaque tokens.
    humps: usize,
    /// Letters beyond ASCII, line breaks and tabs.
    special: usize,
    last_upper: bool,
}

impl Run {
    fn add(&mut self, character: char) {
        let upper = character.is_ascii_uppercase();
        self.humps += usize::from(self.length > 0 && upper && !self.last_upper);
        self.special += usize::from(!character.is_ascii() || character.is_ascii_control());
        self.last_upper = upper;
        self.length += 1;
    }

    fn sixths(&self) -> usize {
        match self.kind {
            // A blank belongs to the word that follows; a line break or a tab does not.
            Kind::Space if self.special > 0 => 6 + self.length.saturating_sub(1),
            Kind::Space => self.length.saturating_sub(1),
            // Capital letters this close together are no words.
            Kind::Letter if self.length < 4 * self.humps => 5 * self.length,
            Kind::Letter => {
                6 + 6 * self.humps + 5 * self.special + 2 * self.length.saturating_sub(8)
            }
            Kind::Digit => 6 * self.length.div_ceil(3),
            Kind::Mark => 6,
            Kind::OtherLetter => 2 * self.length + 3,
            Kind::Ideograph => 6 * self.length,
            Kind::Picture => 11 * self.length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_pieces_counts_as_the_whole() {
        let text = "{\"someName\":[{\"id\":12345,\"größe\":\"zwölf \\n 日本 👩\u{200D}💻\"}],\"x\":null}\t\t";
        let boundaries = (0..=text.len()).filter(|index| text.is_char_boundary(*index));
        for boundary in boundaries {
            let mut estimator = Estimator::default();
            estimator.add(&text[..boundary]);
            estimator.add("");
            estimator.add(&text[boundary..]);
            assert_eq!(estimator.tokens(), estimate(text), "divided at {boundary}");
        }
    }
}
