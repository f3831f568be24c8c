//! JSON: one object for the whole result, or one line per record.

use std::io::{self, Write};

use airbyte_agent_core::tools::escape_controls;
use console::Style;
use serde_json::Value;

use super::{ResultDocument, records_of};

/// Writes the object `{"data": …, "meta": …}`, indented for people or on one line for programs.
pub(super) fn write_object(
    out: &mut impl Write,
    document: &ResultDocument,
    indented: bool,
    colours: bool,
) -> io::Result<()> {
    let object = document.to_json();
    if indented {
        writeln!(out, "{}", indented_json(&object, colours))
    } else {
        writeln!(out, "{}", compact_json(&object))
    }
}

/// Writes every record on a line of its own.
pub(super) fn write_lines(out: &mut impl Write, data: &Value) -> io::Result<()> {
    for record in records_of(data) {
        writeln!(out, "{}", compact_json(record))?;
    }
    Ok(())
}

/// JSON on one line. Characters that would control a terminal are escaped, wherever it is written:
/// somebody may look at it later.
pub(crate) fn compact_json(value: &Value) -> String {
    escape_controls(value.to_string())
}

/// Indented JSON. With `colours`, member names and texts are coloured.
pub(super) fn indented_json(value: &Value, colours: bool) -> String {
    if !colours {
        return escape_controls(format!("{value:#}"));
    }
    let mut text = String::new();
    write_coloured(value, 0, &mut text);
    text
}

fn write_coloured(value: &Value, depth: usize, out: &mut String) {
    let painted = |style: Style, text: String| style.force_styling(true).apply_to(text).to_string();
    let new_line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push_str(&new_line(depth + 1));
                let name = compact_json(&Value::String(name.clone()));
                out.push_str(&painted(Style::new().blue().bold(), name));
                out.push_str(": ");
                write_coloured(member, depth + 1, out);
            }
            out.push_str(&new_line(depth));
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push_str(&new_line(depth + 1));
                write_coloured(item, depth + 1, out);
            }
            out.push_str(&new_line(depth));
            out.push(']');
        }
        Value::String(_) => out.push_str(&painted(Style::new().green(), compact_json(value))),
        Value::Null => out.push_str(&painted(Style::new().dim(), value.to_string())),
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn colours_change_nothing_but_colours() {
        let value = json!({"a": [1, "x", null, {}, []], "b": {"c": true}});
        let bare = console::strip_ansi_codes(&indented_json(&value, true)).into_owned();
        assert_eq!(bare, indented_json(&value, false));
        assert!(indented_json(&value, true).contains('\u{1b}'));
    }
}
