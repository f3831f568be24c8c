//! One record for people: a line per field, with long texts wrapped next to the name of the field.

use std::io::{self, Write};

use airbyte_agent_core::tools::gist;
use console::{Style, measure_text_width};
use serde_json::{Map, Value};

use crate::terminal::{single_line, wrap_text};

/// Width that the column of names does not exceed.
const WIDEST_NAME: usize = 32;
/// Number of lines that are shown of a long text.
const LINES: usize = 24;
/// Depth to which the members of objects are shown as fields of their own.
const DEPTH: usize = 2;

/// Writes the record, and returns a sentence about what is not shown.
pub(super) fn write_record(
    out: &mut impl Write,
    record: &Map<String, Value>,
    width: usize,
    colours: bool,
) -> io::Result<Option<String>> {
    let mut fields = Vec::new();
    let mut empty = 0;
    collect_fields(record, "", 1, &mut fields, &mut empty);
    if fields.is_empty() {
        writeln!(out, "An empty record.")?;
        return Ok(None);
    }
    let longest = fields.iter().map(|(name, _)| measure_text_width(name)).max().unwrap_or(0);
    let names = longest.min(WIDEST_NAME).min(width / 2);
    let mut is_cut = false;
    for (name, text) in &fields {
        let lines = wrapped_lines(text, width.saturating_sub(names + 2));
        let (shown, cut) = lines.split_at(lines.len().min(LINES));
        is_cut |= !cut.is_empty();
        let used = measure_text_width(name);
        let name = if colours {
            Style::new().bold().force_styling(true).apply_to(name).to_string()
        } else {
            name.clone()
        };
        let mut shown = shown.iter();
        // A name that is too long for its column gets a line of its own.
        if used > names {
            writeln!(out, "{name}")?;
        } else if let Some(first) = shown.next() {
            writeln!(out, "{name}{}  {first}", " ".repeat(names - used))?;
        }
        for line in shown {
            writeln!(out, "{}{line}", " ".repeat(names + 2))?;
        }
        if !cut.is_empty() {
            writeln!(out, "{}…", " ".repeat(names + 2))?;
        }
    }
    let mut omitted = Vec::new();
    match empty {
        0 => {}
        1 => omitted.push("one empty field".to_owned()),
        empty => omitted.push(format!("{empty} empty fields")),
    }
    if is_cut {
        omitted.push("the rest of long texts".to_owned());
    }
    let omitted = omitted.join(" and ");
    Ok((!omitted.is_empty()).then(|| format!("Not shown: {omitted}. See all with --output json.")))
}

/// Collects names and texts of the fields that are not empty, and counts the empty ones.
fn collect_fields(
    record: &Map<String, Value>,
    before: &str,
    depth: usize,
    fields: &mut Vec<(String, String)>,
    empty: &mut usize,
) {
    for (name, value) in record {
        let name = format!("{before}{}", single_line(name));
        match value {
            Value::Object(members) if depth < DEPTH && members.len() > 1 => {
                collect_fields(members, &format!("{name}."), depth + 1, fields, empty);
            }
            value => match gist(value) {
                text if text.is_empty() => *empty += 1,
                text => fields.push((name, text)),
            },
        }
    }
}

/// The lines of a text without control characters, none wider than `width`.
fn wrapped_lines(text: &str, width: usize) -> Vec<String> {
    let width = width.max(20);
    let mut lines = Vec::new();
    for line in text.trim_end().lines().take(4 * LINES) {
        let line: String = line.chars().take((LINES + 1) * width).collect();
        let line = single_line(&line);
        if measure_text_width(&line) <= width {
            lines.push(line);
            continue;
        }
        for part in wrap_text(&line, 0, width).lines() {
            lines.extend(split_at_width(part, width));
        }
    }
    lines
}

/// Splits a line wherever it would become wider than `width`.
fn split_at_width(line: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for character in line.chars() {
        let wide = measure_text_width(character.encode_utf8(&mut [0; 4]));
        if used + wide > width {
            parts.push(String::new());
            used = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
        used += wide;
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(record: &Value, width: usize) -> (String, Option<String>) {
        let mut out = Vec::new();
        let omitted = write_record(&mut out, record.as_object().unwrap(), width, false).unwrap();
        (String::from_utf8(out).unwrap(), omitted)
    }

    #[test]
    fn a_record_is_shown_by_its_fields() {
        let record = json!({"id": 1, "name": "Ada", "gone": null, "user": {"id": 2, "login": "a"},
                            "tags": ["x", "y"]});
        let (shown, omitted) = rendered(&record, 80);
        let expected =
            "id          1\nname        Ada\nuser.id     2\nuser.login  a\ntags        x, y\n";
        assert_eq!(shown, expected);
        assert_eq!(
            omitted.as_deref(),
            Some("Not shown: one empty field. See all with --output json.")
        );
    }

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let record = json!({"id": 1, "body": "word ".repeat(900), "url": "x".repeat(90)});
        let (shown, omitted) = rendered(&record, 40);
        assert!(shown.lines().all(|line| measure_text_width(line) <= 40), "{shown}");
        assert!(shown.contains("      …\n"), "{shown}");
        assert!(omitted.unwrap().contains("long texts"));
        let (shown, _) = rendered(&json!({"a": "one\n\ntwo\u{1b}[2J"}), 40);
        assert_eq!(shown, "a  one\n\n   two [2J\n".replace("\n\n", "\n   \n"));
    }
}
