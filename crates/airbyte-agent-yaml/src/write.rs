//! Writes values as YAML. Every version of YAML reads each text back unchanged.

use serde_json::Value;

/// The longest line, in characters, of a mapping or list that is written on one line, and of a
/// folded text.
const WIDTH: usize = 100;
/// Down to this depth, mappings are always written as blocks.
const BLOCKS: usize = 2;

/// The layout of the written text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Every member and element has a line of its own, and every text stays on one line: for
    /// programs that compare lines.
    Lines,
    /// Short mappings and lists are on one line, and long texts are folded: for people who read and
    /// edit them.
    Compact,
}

/// The value as YAML text.
///
/// ```
/// use airbyte_agent_yaml::{Style, write};
/// use serde_json::json;
///
/// let value = json!({"name": "no", "tags": ["a", "1"]});
/// assert_eq!(write(&value, Style::Lines), "name: 'no'\ntags:\n  - a\n  - '1'\n");
/// assert_eq!(write(&value, Style::Compact), "name: 'no'\ntags: [a, '1']\n");
/// ```
pub fn write(value: &Value, style: Style) -> String {
    let mut out = String::new();
    block(value, style, 0, &mut out);
    out
}

/// Writes every member of an object and every element of an array on lines of its own.
fn block(value: &Value, style: Style, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                indent(depth, out);
                out.push_str(&key(name));
                out.push(':');
                after(member, style, depth, name.chars().count() + 2, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                indent(depth, out);
                out.push('-');
                match item {
                    Value::Object(members)
                        if !members.is_empty() && flow(item, style, depth, 2).is_none() =>
                    {
                        // The first member follows the dash on the same line.
                        let start = out.len();
                        block(item, style, depth + 1, out);
                        out.replace_range(start..start + 2 * (depth + 1), " ");
                    }
                    item => after(item, style, depth, 2, out),
                }
            }
        }
        other => {
            indent(depth, out);
            out.push_str(&scalar(other, false));
            out.push('\n');
        }
    }
}

/// Writes the text behind a colon or a dash.
fn after(value: &Value, style: Style, depth: usize, taken: usize, out: &mut String) {
    if let Some(line) = flow(value, style, depth, taken) {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
        return;
    }
    match value {
        Value::Object(_) | Value::Array(_) => {
            out.push('\n');
            block(value, style, depth + 1, out);
        }
        Value::String(text)
            if style == Style::Compact
                && is_foldable(text)
                && 2 * depth + taken + text.chars().count() > WIDTH =>
        {
            out.push_str(" >-\n");
            fold(text, depth + 1, out);
        }
        other => {
            out.push(' ');
            out.push_str(&scalar(other, false));
            out.push('\n');
        }
    }
}

/// The value on one line: an empty value always, others if they are short and nested deeply enough.
fn flow(value: &Value, style: Style, depth: usize, taken: usize) -> Option<String> {
    let is_empty = match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => return None,
    };
    let is_block = style == Style::Lines || depth < BLOCKS && value.is_object();
    if is_block && !is_empty {
        return None;
    }
    let width = WIDTH.checked_sub(2 * depth + taken)?;
    let mut line = String::new();
    inline(value, width, &mut line).then_some(line)
}

/// Writes the value in the flow style. Returns `false` as soon as it is longer than `width`.
fn inline(value: &Value, width: usize, out: &mut String) -> bool {
    match value {
        Value::Object(members) => {
            out.push('{');
            for (place, (name, member)) in members.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                out.push_str(&flow_key(name));
                out.push_str(": ");
                if !inline(member, width, out) {
                    return false;
                }
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                if !inline(item, width, out) {
                    return false;
                }
            }
            out.push(']');
        }
        other => out.push_str(&scalar(other, true)),
    }
    out.len() <= width
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn key(name: &str) -> String {
    // Paths are keys in every spec, and stay readable without quotation marks.
    if is_plain(name, false) && !name.contains(": ") { name.to_owned() } else { quoted(name) }
}

fn flow_key(name: &str) -> String {
    if is_plain(name, true) { name.to_owned() } else { quoted(name) }
}

fn scalar(value: &Value, in_flow: bool) -> String {
    match value {
        Value::String(text) if is_plain(text, in_flow) => text.clone(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// The text in single quotation marks. If it has characters that need escapes, it is written as a
/// JSON string, which YAML accepts, too.
fn quoted(text: &str) -> String {
    if text.chars().any(needs_escape) {
        let mut escaped = String::from("\"");
        for letter in text.chars() {
            match letter {
                '"' => escaped.push_str("\\\""),
                '\\' => escaped.push_str("\\\\"),
                '\n' => escaped.push_str("\\n"),
                '\t' => escaped.push_str("\\t"),
                letter if needs_escape(letter) && u32::from(letter) > 0xffff => {
                    escaped.push_str(&format!("\\U{:08X}", u32::from(letter)));
                }
                letter if needs_escape(letter) => {
                    escaped.push_str(&format!("\\u{:04X}", u32::from(letter)));
                }
                letter => escaped.push(letter),
            }
        }
        escaped.push('"');
        return escaped;
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether a character needs an escape in YAML, or is invisible.
fn needs_escape(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}')
        || (letter.is_whitespace() && letter != ' ')
}

/// Whether every version of YAML reads this text unchanged if it has no quotation marks.
fn is_plain(text: &str, in_flow: bool) -> bool {
    const RESERVED: [&str; 13] = [
        "true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity", "~",
    ];
    let Some(first) = text.chars().next() else { return false };
    let starts_well = first.is_alphabetic() || matches!(first, '/' | '$' | '(');
    let is_safe = |letter: char| {
        letter.is_alphanumeric()
            || matches!(
                letter,
                ' ' | '_'
                    | '-'
                    | '.'
                    | '/'
                    | '@'
                    | '$'
                    | '('
                    | ')'
                    | '\''
                    | ';'
                    | '='
                    | '+'
                    | '<'
                    | '>'
                    | '*'
                    | '!'
                    | '&'
                    | '%'
                    | '…'
                    | '’'
                    | '–'
            )
            || (!in_flow && matches!(letter, ',' | '{' | '}' | '[' | ']' | '"' | '`' | '?'))
            || letter == ':'
    };
    let colon = text.contains(": ") || text.ends_with(':') || (in_flow && text.contains(':'));
    // Only a version has two dots among digits.
    let is_version = text.split('.').count() == 3
        && text.split('.').all(|part| {
            !part.is_empty() && part.len() < 4 && part.bytes().all(|b| b.is_ascii_digit())
        });
    is_version
        || starts_well
            && text.chars().all(is_safe)
            && !text.ends_with(' ')
            && !colon
            && !RESERVED.contains(&text.to_lowercase().as_str())
}

/// Whether the text stays unchanged when it is folded: words separated by single spaces, on one
/// line.
fn is_foldable(text: &str) -> bool {
    !text.chars().any(needs_escape)
        && !text.contains("  ")
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && text.contains(' ')
}

fn fold(text: &str, depth: usize, out: &mut String) {
    let width = WIDTH.saturating_sub(2 * depth).max(40);
    let mut line = String::new();
    let mut length = 0;
    let mut flush = |line: &mut String| {
        indent(depth, out);
        out.push_str(line);
        out.push('\n');
        line.clear();
    };
    for word in text.split(' ') {
        let wide = word.chars().count();
        if length > 0 && length + 1 + wide > width {
            flush(&mut line);
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += wide;
    }
    flush(&mut line);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn written_values_are_read_back() {
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "no", "version": "1.10", "description": "word ".repeat(60).trim()},
            "paths": {"/users/{id}": {"get": {
                "tags": ["a", "1", "", "-", "a: b", "x #y", "'q'", "\"d\"", "tab\there", "line\nbreak", "null", "~"],
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "page[size]", "description": "A text: with a colon, and more of it so that it is long enough to be folded somewhere.", "schema": {"enum": [1, 2.5, null, true, "0x1", "1e3", "12:30", "2024-01-01", "=", "<<", "!a", "&a", "*a", "%a", "@a", "`a`"]}},
                ],
                "x": [], "y": {}, "deep": [[1, 2], [{"a": {"b": ["c", {}]}}]],
                "long": "  leading and trailing spaces that must stay as they are, in a text that is longer than a line of this  ",
                "odd": "\u{feff}\u{2028}\u{85}\u{1f600} ä ’ …",
                "colon": "a:b", "question": "? a", "end": "a:", "hash": "a #b", "comma": "a, b", "brace": "{a}",
            }}},
        });
        let text = write(&document, Style::Compact);
        for style in [Style::Compact, Style::Lines] {
            let text = write(&document, style);
            let read = crate::read_leniently(&text, "a document").unwrap();
            assert!(read.warnings.is_empty(), "{:?}", read.warnings);
            assert_eq!(read.root, document, "{text}");
        }
        assert!(
            text.contains("- {name: id, in: path, required: true, schema: {type: string}}"),
            "{text}"
        );
        assert!(text.contains("\n  /users/{id}:\n    get:\n"), "{text}");
        assert!(text.contains("description: >-\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 130), "{text}");
    }
}
