//! JSON text that a terminal can show: JSON escapes the control characters of ASCII only.

/// The JSON text with every character as an escape that would control a terminal or change the direction
/// of writing. It stands for the same value.
pub fn escape_controls(json: String) -> String {
    if json.is_ascii() && !json.contains('\u{7F}') {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if is_control(character) {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// Whether it is one of these characters. All of them belong to the first plane of Unicode, and inside
/// JSON they stand in texts only.
const fn is_control(character: char) -> bool {
    matches!(character,
        '\u{7F}'..='\u{9F}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_value_stays_and_no_control_is_left() {
        let value =
            json!({"a\u{202E}": "\u{1B}]52;c;\u{7}\u{9B}31m\u{7F}\u{85}\u{2066}é✓👩\u{200D}💻"});
        let text = escape_controls(value.to_string());
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(!text.chars().any(|c| c.is_control() || is_control(c)), "{text:?}");
        assert!(text.contains("é✓👩\u{200D}💻"), "{text}");
        assert_eq!(escape_controls("{\n}".to_owned()), "{\n}");
    }
}
