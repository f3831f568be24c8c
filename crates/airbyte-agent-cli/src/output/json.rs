//! JSON: one object for everything, or a line per record.

use std::io::{self, Write};

use console::Style;
use serde_json::{Value, json};

use super::{Printed, records};

/// `{"data": …, "meta": …}`
pub(super) fn object(
    out: &mut impl Write,
    printed: &Printed,
    for_eyes: bool,
    colours: bool,
) -> io::Result<()> {
    let mut object = json!({"data": printed.data, "meta": printed.meta});
    if let Some(next) = &printed.next {
        object["next"] = next.clone();
    }
    if for_eyes { writeln!(out, "{}", pretty(&object, colours)) } else { writeln!(out, "{object}") }
}

/// A record per line.
pub(super) fn lines(out: &mut impl Write, data: &Value) -> io::Result<()> {
    for record in records(data) {
        writeln!(out, "{record}")?;
    }
    Ok(())
}

/// Indented, with names, texts and the rest in colours of their own.
pub(super) fn pretty(value: &Value, colours: bool) -> String {
    if !colours {
        return format!("{value:#}");
    }
    let mut text = String::new();
    coloured(value, 0, &mut text);
    text
}

fn coloured(value: &Value, depth: usize, out: &mut String) {
    let painted = |style: Style, text: String| style.force_styling(true).apply_to(text).to_string();
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push_str(&line(depth + 1));
                let name = Value::String(name.clone()).to_string();
                out.push_str(&painted(Style::new().blue().bold(), name));
                out.push_str(": ");
                coloured(member, depth + 1, out);
            }
            out.push_str(&line(depth));
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push_str(&line(depth + 1));
                coloured(item, depth + 1, out);
            }
            out.push_str(&line(depth));
            out.push(']');
        }
        Value::String(_) => out.push_str(&painted(Style::new().green(), value.to_string())),
        Value::Null => out.push_str(&painted(Style::new().dim(), value.to_string())),
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_change_nothing_but_colours() {
        let value = json!({"a": [1, "x", null, {}, []], "b": {"c": true}});
        let bare = console::strip_ansi_codes(&pretty(&value, true)).into_owned();
        assert_eq!(bare, pretty(&value, false));
        assert!(pretty(&value, true).contains('\u{1b}'));
    }
}
