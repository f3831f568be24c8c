//! The words of values, without case and punctuation.

use serde_json::Value;

/// The words of a value, those of nested values included.
pub(super) fn words_of_value(value: &Value) -> Vec<String> {
    let mut words = Vec::new();
    add_words(value, &mut words);
    words
}

fn add_words(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.extend(words_of_text(text)),
        Value::Number(number) => words.push(number.to_string()),
        Value::Bool(flag) => words.push(flag.to_string()),
        Value::Array(items) => items.iter().for_each(|item| add_words(item, words)),
        Value::Object(map) => map.values().for_each(|value| add_words(value, words)),
        Value::Null => {}
    }
}

/// The words of a text.
pub(super) fn words_of_text(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Whether `known` has every word of `wanted`.
pub(super) fn contains_all(known: &[String], wanted: &str) -> bool {
    let mut wanted = words_of_text(wanted).peekable();
    wanted.peek().is_some() && wanted.all(|word| known.contains(&word))
}

/// Whether `known` has a similar word for every word of `wanted`: one that begins with it, or one with a
/// few other letters.
pub(super) fn contains_all_similar(known: &[String], wanted: &str) -> bool {
    let mut wanted = words_of_text(wanted).peekable();
    let has_similar = |word: &str| {
        known
            .iter()
            .any(|own| own.starts_with(word) || distance(own, word) <= tolerated_distance(word))
    };
    wanted.peek().is_some() && wanted.all(|word| has_similar(&word))
}

/// The distance that two words of this length may have.
fn tolerated_distance(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The Levenshtein distance of two words.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (column, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *wanted);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_found_with_and_without_tolerance() {
        let known = words_of_value(&json!(["Jon Smith-Jones", {"team": "Sales"}]));
        for (wanted, exact, alike) in [
            ("smith JON", true, true),
            ("smyth", false, true),
            ("jo", false, true),
            ("sales, jones!", true, true),
            ("joe", false, false),
            ("marketing", false, false),
            ("", false, false),
        ] {
            assert_eq!(contains_all(&known, wanted), exact, "{wanted}");
            assert_eq!(contains_all_similar(&known, wanted), alike, "{wanted}");
        }
    }
}
