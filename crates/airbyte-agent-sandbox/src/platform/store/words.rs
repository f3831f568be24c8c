//! Texts as searches see them: words without case and punctuation.

use serde_json::Value;

/// The words of a value, whatever it nests.
pub(super) fn of(value: &Value) -> Vec<String> {
    let mut words = Vec::new();
    gather(value, &mut words);
    words
}

fn gather(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.extend(of_text(text)),
        Value::Number(number) => words.push(number.to_string()),
        Value::Bool(flag) => words.push(flag.to_string()),
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        Value::Object(map) => map.values().for_each(|value| gather(value, words)),
        Value::Null => {}
    }
}

/// The words of a text.
pub(super) fn of_text(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Whether `known` has every word of `wanted`.
pub(super) fn has_all(known: &[String], wanted: &str) -> bool {
    let mut wanted = of_text(wanted).peekable();
    wanted.peek().is_some() && wanted.all(|word| known.contains(&word))
}

/// The same for words that begin like those that are known, or differ by a slip.
pub(super) fn has_all_alike(known: &[String], wanted: &str) -> bool {
    let mut wanted = of_text(wanted).peekable();
    let alike = |word: &str| {
        known.iter().any(|own| own.starts_with(word) || distance(own, word) <= slips(word))
    };
    wanted.peek().is_some() && wanted.all(|word| alike(&word))
}

/// Slips that a word of this length may have.
fn slips(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Letters that are to be changed, added or left out to get from one word to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (place, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *wanted);
            before = row[place + 1];
            row[place + 1] = changed.min(before + 1).min(row[place] + 1);
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
        let known = of(&json!(["Jon Smith-Jones", {"team": "Sales"}]));
        for (wanted, exact, alike) in [
            ("smith JON", true, true),
            ("smyth", false, true),
            ("jo", false, true),
            ("sales, jones!", true, true),
            ("joe", false, false),
            ("marketing", false, false),
            ("", false, false),
        ] {
            assert_eq!(has_all(&known, wanted), exact, "{wanted}");
            assert_eq!(has_all_alike(&known, wanted), alike, "{wanted}");
        }
    }
}
