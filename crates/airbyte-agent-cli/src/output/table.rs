//! Lists for people: the fields that tell most, a line per record, as wide as the terminal.

use std::io::{self, Write};

use airbyte_agent_core::tools::{columns, gist};
use serde_json::Value;

use super::layout::{self, Column};
use super::{Known, at};
use crate::terminal::one_line;

/// Most columns of a table in which nobody chose them.
const MOST: usize = 9;
/// Names given of what is not shown.
const NAMED: usize = 12;
/// Cells are looked at no further than this; a terminal is narrower.
const LONGEST: usize = 400;

/// Writes the records and gives back what to say of the fields that are not shown.
pub(super) fn write(
    out: &mut impl Write,
    records: &[Value],
    known: &Known<'_>,
    width: usize,
    colours: bool,
) -> io::Result<Option<String>> {
    if records.is_empty() {
        writeln!(out, "No records.")?;
        return Ok(None);
    }
    if !records.iter().any(Value::is_object) {
        for record in records {
            writeln!(out, "{}", one_line(&gist(record)))?;
        }
        return Ok(None);
    }
    let fields = columns(records, known.schema);
    let insists = !known.selected.is_empty();
    let mut paths: Vec<Vec<String>> = if insists {
        known.selected.iter().map(|name| path(records, name)).collect()
    } else if fields.telling.is_empty() {
        fields.rest.clone()
    } else {
        fields.telling
    };
    let rest = if insists { Vec::new() } else { fields.rest };
    let most = if insists { usize::MAX } else { MOST };
    let beyond = paths.split_off(paths.len().min(most));
    let shown: Vec<Column> = paths.iter().map(|path| column(records, path)).collect();
    let widths = layout::fit(&shown, width, insists);
    for line in layout::lines(&shown[..widths.len()], &widths, colours) {
        writeln!(out, "{line}")?;
    }
    let left_out = paths[widths.len()..].iter().chain(&beyond).chain(&rest);
    Ok(untold(left_out.filter(|path| !paths[..widths.len()].contains(path)), insists))
}

/// The way that a name of `--select` means.
fn path(records: &[Value], name: &str) -> Vec<String> {
    let whole = vec![name.to_owned()];
    let is_member = records.iter().any(|record| record.get(name).is_some());
    if is_member { whole } else { name.split('.').map(str::to_owned).collect() }
}

fn column(records: &[Value], path: &[String]) -> Column {
    let values = || records.iter().map(|record| at(record, path).unwrap_or(&Value::Null));
    let is_number = values().all(|value| value.is_number() || value.is_null());
    let cells = values()
        .map(|value| {
            let text: String = gist(value).chars().take(LONGEST).collect();
            one_line(&text)
        })
        .collect();
    Column { title: one_line(&path.join(".")), cells, is_number }
}

fn untold<'p>(left_out: impl Iterator<Item = &'p Vec<String>>, insists: bool) -> Option<String> {
    let names: Vec<String> = left_out.map(|path| path.join(".")).collect();
    if names.is_empty() {
        return None;
    }
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let advice = if insists { "See" } else { "Choose with --select, or see" };
    Some(format!("Not shown: {shown}{more}. {advice} all with --output json."))
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;
    use serde_json::json;

    use super::*;

    fn text(data: &Value, selected: &[&str], width: usize) -> (String, Option<String>) {
        let mut out = Vec::new();
        let selected: Vec<String> = selected.iter().map(ToString::to_string).collect();
        let known = Known { schema: None, selected: &selected };
        let untold = write(&mut out, super::super::records(data), &known, width, false).unwrap();
        (String::from_utf8(out).unwrap(), untold)
    }

    #[test]
    fn records_stand_below_each_other() {
        let data = json!([
            {"user": {"login": "ann"}, "title": "First\nline", "gone": null, "size": 5, "id": 1},
            {"id": 22, "title": "Second", "user": null, "size": 150},
        ]);
        let (table, untold) = text(&data, &[], 80);
        assert_eq!(
            table,
            "id  title       size  user\n 1  First line     5  ann\n22  Second       150\n"
        );
        assert_eq!(untold, None);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let data = json!([{"id": 1, "title": "x".repeat(100), "state": "y".repeat(30), "n": 5,
                           "node_id": "N"}]);
        for width in [24, 30, 50, 80, 200] {
            let (table, untold) = text(&data, &[], width);
            assert!(table.lines().all(|line| measure_text_width(line) <= width), "{table}");
            assert!(untold.unwrap().contains("node_id"), "{table}");
        }
        let (_, untold) = text(&data, &[], 24);
        let expected = "Not shown: state, n, node_id. Choose with --select, or see all with \
                        --output json.";
        assert_eq!(untold.as_deref(), Some(expected));
    }

    #[test]
    fn what_is_asked_for_is_shown_in_that_order() {
        let data = json!([{"id": 1, "in": {"a": "x".repeat(60)}, "b": "y".repeat(60)}]);
        let (table, untold) = text(&data, &["b", "in.a", "id"], 40);
        assert!(table.starts_with("b "), "{table}");
        assert!(table.contains("in.a") && table.contains("id"), "{table}");
        assert!(table.lines().all(|line| measure_text_width(line) <= 40), "{table}");
        assert_eq!(untold, None);
    }

    #[test]
    fn records_that_are_no_objects_and_none_at_all() {
        assert_eq!(text(&json!(["a", "b\u{1b}[0m"]), &[], 80).0, "a\nb [0m\n");
        assert_eq!(text(&json!([]), &[], 80).0, "No records.\n");
    }
}
