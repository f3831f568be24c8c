//! YAML: the same document as in JSON.
//!
//! A text is written without quotes where every version of YAML reads it back as that text, and as
//! a JSON string otherwise, which YAML accepts as well. The YAML library of this workspace only
//! reads.

use std::io::{self, Write};

use serde_json::Value;

use super::{ResultDocument, compact_json};

/// Writes the members `data`, `meta` and, where it is set, `next`.
pub(super) fn write_document(out: &mut impl Write, document: &ResultDocument) -> io::Result<()> {
    let mut text = String::new();
    write_block(&document.to_json(), 0, &mut text);
    out.write_all(text.as_bytes())
}

/// Writes every member of an object and every element of an array on a line of its own.
fn write_block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                out.push_str(&"  ".repeat(depth));
                out.push_str(&scalar(&Value::String(name.clone())));
                out.push(':');
                write_value(member, depth, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                let from = out.len();
                match item {
                    Value::Object(members) if !members.is_empty() => {
                        write_block(item, depth + 1, out);
                        // The first member follows the dash on the same line.
                        out.replace_range(
                            from..from + 2 * depth + 2,
                            &format!("{}- ", "  ".repeat(depth)),
                        );
                    }
                    item => {
                        out.push_str(&"  ".repeat(depth));
                        out.push('-');
                        write_value(item, depth, out);
                    }
                }
            }
        }
        other => {
            out.push_str(&scalar(other));
            out.push('\n');
        }
    }
}

/// Writes the value after a colon or a dash: an empty or simple value on the same line, any other
/// as a block below it.
fn write_value(value: &Value, depth: usize, out: &mut String) {
    let is_block = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        out.push('\n');
        write_block(value, depth + 1, out);
    } else {
        out.push(' ');
        out.push_str(&scalar(value));
        out.push('\n');
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => compact_json(other),
    }
}

/// Whether every version of YAML reads this text, without quotes, as the same text.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let starts_well = characters.next().is_some_and(char::is_alphabetic);
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '@');
    let word = text.to_ascii_lowercase();
    let reserved =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity"];
    starts_well
        && text.is_ascii()
        && characters.all(is_safe)
        && !text.ends_with(' ')
        && !reserved.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks_nest_and_texts_stay_texts() {
        let document = ResultDocument {
            data: json!([
                {"id": 1, "name": "Ada L.", "no": "no", "tags": ["a", "1"], "in": {"x": null}},
                {"empty": [], "none": {}, "text": "a: b\nc", "deep": [[1, 2], {"k": true}]},
                7, [],
            ]),
            meta: Value::Null,
            next: Some(json!("c")),
            total: None,
        };
        let mut out = Vec::new();
        write_document(&mut out, &document).unwrap();
        let expected = "\
data:
  - id: 1
    name: Ada L.
    \"no\": \"no\"
    tags:
      - a
      - \"1\"
    in:
      x: null
  - empty: []
    none: {}
    text: \"a: b\\nc\"
    deep:
      -
        - 1
        - 2
      - k: true
  - 7
  - []
meta: null
next: c
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
