//! Removes characters from untrusted text that a person does not see and a model reads.
//!
//! Invisible characters and those that change the direction of writing can hide instructions. Nothing
//! else is changed.

use serde_json::{Map, Value};

/// The text without hidden characters, on one line.
pub(crate) fn line(text: &str) -> String {
    without_hidden(text).unwrap_or_else(|| text.to_owned()).replace(['\n', '\r'], " ")
}

/// Removes hidden characters from every text and from the name of every member, and gives back how many
/// characters were removed.
pub(crate) fn value(value: &mut Value) -> usize {
    match value {
        Value::String(text) => match without_hidden(text) {
            Some(cleaned) => {
                let removed = text.chars().count() - cleaned.chars().count();
                *text = cleaned;
                removed
            }
            None => 0,
        },
        Value::Array(items) => items.iter_mut().map(self::value).sum(),
        Value::Object(members) => {
            let mut removed = 0;
            if members.keys().any(|name| without_hidden(name).is_some()) {
                let old: Map<String, Value> = std::mem::take(members);
                for (name, member) in old {
                    let cleaned = without_hidden(&name);
                    if let Some(cleaned) = &cleaned {
                        removed += name.chars().count() - cleaned.chars().count();
                    }
                    members.insert(cleaned.unwrap_or(name), member);
                }
            }
            removed + members.values_mut().map(self::value).sum::<usize>()
        }
        _ => 0,
    }
}

/// The text without hidden characters; `None` when it has none.
fn without_hidden(text: &str) -> Option<String> {
    // Printable ASCII is harmless, and most texts consist of nothing else.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let cleaned: String = characters
        .iter()
        .enumerate()
        .filter(|(index, character)| {
            let before = index.checked_sub(1).and_then(|before| characters.get(before));
            stays(before.copied(), **character, characters.get(index + 1).copied())
        })
        .map(|(_, character)| *character)
        .collect();
    (cleaned.len() != text.len()).then_some(cleaned)
}

/// Whether a character between these two is left in the text.
fn stays(before: Option<char>, character: char, after: Option<char>) -> bool {
    match character {
        '\n' | '\r' | '\t' => true,
        // Emoji and scripts such as Persian and Hindi need these joiners between two characters.
        '\u{200C}' | '\u{200D}' => {
            let joins = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_hidden(c));
            joins(before) && joins(after)
        }
        // One variation selector chooses the look of the character before it; several hide bytes.
        '\u{FE00}'..='\u{FE0F}' => before.is_some_and(|c| !is_hidden(c) && !c.is_whitespace()),
        _ => !is_hidden(character),
    }
}

fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{B}'..='\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hidden_characters_go_and_writing_stays() {
        for (text, expected) in [
            ("plain\ttext\n", "plain\ttext\n"),
            ("Grüße, 世界, مرحبا, हिन्दी", "Grüße, 世界, مرحبا, हिन्दी"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("👩\u{200D}💻 ❤\u{FE0F}", "👩\u{200D}💻 ❤\u{FE0F}"),
            ("a\u{200B}b\u{200D}c\u{FEFF}", "abc"),
            ("abc\u{202E}fed\u{2066}x\u{2069}", "abcfedx"),
            ("hi\u{E0049}\u{E0067}\u{E006E}", "hi"),
            ("a\u{FE00}\u{FE01}\u{FE02}", "a\u{FE00}"),
            ("\u{1B}[31mred\u{7}\u{85}", "[31mred"),
        ] {
            let mut value = json!({"text": [text]});
            self::value(&mut value);
            assert_eq!(value["text"][0], expected, "{text:?}");
        }
    }

    #[test]
    fn names_of_members_are_cleaned_and_characters_counted() {
        let mut value = json!({"na\u{200B}me": "x\u{202E}", "ok": 1});
        assert_eq!(self::value(&mut value), 2);
        assert_eq!(value, json!({"name": "x", "ok": 1}));
    }
}
