//! Words of texts, in the form in which they are compared: lower case, without accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text in lower case and without accents.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a folded text.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// How many letters of a word may be wrong in a search that tolerates mistakes.
pub(crate) fn tolerance(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Whether a word has only letters. In a number or an identifier no letter is a mistake.
pub(crate) fn is_of_letters(word: &str) -> bool {
    (3..=64).contains(&word.len()) && word.chars().all(char::is_alphabetic)
}

/// Whether a word is meant by a searched word: it begins with it, or differs in a few letters.
pub(crate) fn is_meant(word: &str, searched: &str) -> bool {
    word.starts_with(searched) || {
        let tolerance = tolerance(searched);
        tolerance > 0
            && is_of_letters(word)
            && word.chars().count().abs_diff(searched.chars().count()) <= tolerance
            && strsim::osa_distance(word, searched) <= tolerance
    }
}

/// As many characters of a word as fit into the bytes.
pub(crate) fn beginning(word: &str, most: usize) -> &str {
    let end = (0..=most.min(word.len())).rev().find(|end| word.is_char_boundary(*end));
    word.get(..end.unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_are_folded() {
        for (text, expected) in [
            ("Müller & Söhne", vec!["muller", "sohne"]),
            ("José-María O'Brien", vec!["jose", "maria", "o", "brien"]),
            ("ACME, Inc.", vec!["acme", "inc"]),
            ("北京 2024", vec!["北京", "2024"]),
            ("", vec![]),
        ] {
            let folded = fold(text);
            assert_eq!(words(&folded).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn beginnings_and_small_mistakes_are_meant() {
        for (word, searched, expected) in [
            ("johnson", "john", true),
            ("smith", "smiht", true),
            ("smith", "smyth", true),
            ("smith", "smart", false),
            ("ann", "anm", false),
            ("katherine", "catherine", true),
            ("john", "johnson", false),
            ("acme2", "acme1", false),
        ] {
            assert_eq!(is_meant(word, searched), expected, "{word} for {searched}");
        }
    }
}
