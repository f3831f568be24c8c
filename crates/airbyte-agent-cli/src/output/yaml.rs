//! YAML: what JSON says, with fewer brackets.
//!
//! Texts are written plain where nobody can mistake them, and as JSON texts otherwise, which YAML
//! understands.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Printed;

/// `data`, `meta` and, where it is told, `next`.
pub(super) fn object(out: &mut impl Write, printed: &Printed) -> io::Result<()> {
    let mut object = json!({"data": printed.data, "meta": printed.meta});
    if let Some(next) = &printed.next {
        object["next"] = next.clone();
    }
    let mut text = String::new();
    block(&object, 0, &mut text);
    out.write_all(text.as_bytes())
}

/// Members and elements on lines of their own.
fn block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                out.push_str(&"  ".repeat(depth));
                out.push_str(&scalar(&Value::String(name.clone())));
                out.push(':');
                behind(member, depth, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                let from = out.len();
                match item {
                    Value::Object(members) if !members.is_empty() => {
                        block(item, depth + 1, out);
                        // The first member stands behind the dash.
                        out.replace_range(
                            from..from + 2 * depth + 2,
                            &format!("{}- ", "  ".repeat(depth)),
                        );
                    }
                    item => {
                        out.push_str(&"  ".repeat(depth));
                        out.push('-');
                        behind(item, depth, out);
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

/// What follows a colon or a dash.
fn behind(value: &Value, depth: usize, out: &mut String) {
    let is_block = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        out.push('\n');
        block(value, depth + 1, out);
    } else {
        out.push(' ');
        out.push_str(&scalar(value));
        out.push('\n');
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text without quotes is that text and nothing else, by any version of YAML.
fn is_plain(text: &str) -> bool {
    let mut letters = text.chars();
    let starts_well = letters.next().is_some_and(char::is_alphabetic);
    let is_tame = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '@');
    let word = text.to_ascii_lowercase();
    let reserved =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity"];
    starts_well
        && text.is_ascii()
        && letters.all(is_tame)
        && !text.ends_with(' ')
        && !reserved.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_nest_and_texts_stay_texts() {
        let printed = Printed {
            data: json!([
                {"id": 1, "name": "Ada L.", "no": "no", "tags": ["a", "1"], "in": {"x": null}},
                {"empty": [], "none": {}, "text": "a: b\nc", "deep": [[1, 2], {"k": true}]},
                7, [],
            ]),
            meta: Value::Null,
            next: Some(json!("c")),
        };
        let mut out = Vec::new();
        object(&mut out, &printed).unwrap();
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
