//! One record for people: a line per field, long texts wrapped behind their name.

use std::io::{self, Write};

use airbyte_agent_core::tools::gist;
use console::{Style, measure_text_width};
use serde_json::{Map, Value};

use crate::terminal::{one_line, wrap};

/// Widest column of names.
const WIDEST: usize = 32;
/// Lines shown of a long text.
const LINES: usize = 24;
/// How deep objects are shown by their members.
const DEPTH: usize = 2;

/// Writes the record and gives back what to say of what is not shown.
pub(super) fn write(
    out: &mut impl Write,
    record: &Map<String, Value>,
    width: usize,
    colours: bool,
) -> io::Result<Option<String>> {
    let mut fields = Vec::new();
    let mut empty = 0;
    gather(record, "", 1, &mut fields, &mut empty);
    if fields.is_empty() {
        writeln!(out, "An empty record.")?;
        return Ok(None);
    }
    let longest = fields.iter().map(|(name, _)| measure_text_width(name)).max().unwrap_or(0);
    let names = longest.min(WIDEST).min(width / 2);
    let mut is_cut = false;
    for (name, text) in &fields {
        let lines = broken(text, width.saturating_sub(names + 2));
        let (shown, cut) = lines.split_at(lines.len().min(LINES));
        is_cut |= !cut.is_empty();
        let used = measure_text_width(name);
        let name = if colours {
            Style::new().bold().force_styling(true).apply_to(name).to_string()
        } else {
            name.clone()
        };
        let mut shown = shown.iter();
        // A name too long for its column has a line for itself.
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
    let mut untold = Vec::new();
    match empty {
        0 => {}
        1 => untold.push("one empty field".to_owned()),
        empty => untold.push(format!("{empty} empty fields")),
    }
    if is_cut {
        untold.push("the rest of long texts".to_owned());
    }
    let said = untold.join(" and ");
    Ok((!said.is_empty()).then(|| format!("Not shown: {said}. See all with --output json.")))
}

fn gather(
    record: &Map<String, Value>,
    before: &str,
    depth: usize,
    fields: &mut Vec<(String, String)>,
    empty: &mut usize,
) {
    for (name, value) in record {
        let name = format!("{before}{}", one_line(name));
        match value {
            Value::Object(members) if depth < DEPTH && members.len() > 1 => {
                gather(members, &format!("{name}."), depth + 1, fields, empty);
            }
            value => match gist(value) {
                text if text.is_empty() => *empty += 1,
                text => fields.push((name, text)),
            },
        }
    }
}

/// The lines of a text, none longer than `room`, without control characters.
fn broken(text: &str, room: usize) -> Vec<String> {
    let room = room.max(20);
    let mut lines = Vec::new();
    for line in text.trim_end().lines().take(4 * LINES) {
        let line: String = line.chars().take((LINES + 1) * room).collect();
        let line = one_line(&line);
        if measure_text_width(&line) <= room {
            lines.push(line);
            continue;
        }
        for part in wrap(&line, 0, room).lines() {
            lines.extend(chopped(part, room));
        }
    }
    lines
}

/// A word longer than a line goes on in the next.
fn chopped(line: &str, room: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for letter in line.chars() {
        let wide = measure_text_width(letter.encode_utf8(&mut [0; 4]));
        if used + wide > room {
            parts.push(String::new());
            used = 0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        used += wide;
    }
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(record: &Value, width: usize) -> (String, Option<String>) {
        let mut out = Vec::new();
        let untold = write(&mut out, record.as_object().unwrap(), width, false).unwrap();
        (String::from_utf8(out).unwrap(), untold)
    }

    #[test]
    fn a_record_is_told_by_its_fields() {
        let record = json!({"id": 1, "name": "Ada", "gone": null, "user": {"id": 2, "login": "a"},
                            "tags": ["x", "y"]});
        let (shown, untold) = text(&record, 80);
        let expected =
            "id          1\nname        Ada\nuser.id     2\nuser.login  a\ntags        x, y\n";
        assert_eq!(shown, expected);
        assert_eq!(
            untold.as_deref(),
            Some("Not shown: one empty field. See all with --output json.")
        );
    }

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let record = json!({"id": 1, "body": "word ".repeat(900), "url": "x".repeat(90)});
        let (shown, untold) = text(&record, 40);
        assert!(shown.lines().all(|line| measure_text_width(line) <= 40), "{shown}");
        assert!(shown.contains("      …\n"), "{shown}");
        assert!(untold.unwrap().contains("long texts"));
        let (shown, _) = text(&json!({"a": "one\n\ntwo\u{1b}[2J"}), 40);
        assert_eq!(shown, "a  one\n\n   two [2J\n".replace("\n\n", "\n   \n"));
    }
}
