//! A list for people: one line per record, as wide as the terminal, with the most informative fields.

use std::io::{self, Write};

use airbyte_agent_core::tools::{columns, gist};
use serde_json::Value;

use super::layout::{self, Column};
use super::{RecordHints, value_at};
use crate::terminal::single_line;

/// Largest number of columns, unless the user selects them.
const MOST_COLUMNS: usize = 9;
/// Number of omitted fields that are named.
const MOST_NAMES: usize = 12;
/// Number of characters after which a cell is cut; a terminal is narrower.
const LONGEST_CELL: usize = 400;

/// Writes the records, and returns a sentence about the fields that are not shown.
pub(super) fn write_table(
    out: &mut impl Write,
    records: &[Value],
    hints: &RecordHints<'_>,
    width: usize,
    colours: bool,
) -> io::Result<Option<String>> {
    if records.is_empty() {
        writeln!(out, "No records.")?;
        return Ok(None);
    }
    if !records.iter().any(Value::is_object) {
        for record in records {
            writeln!(out, "{}", single_line(&gist(record)))?;
        }
        return Ok(None);
    }
    let fields = columns(records, hints.schema);
    let has_selection = !hints.selected.is_empty();
    let mut paths: Vec<Vec<String>> = if has_selection {
        hints.selected.iter().map(|name| selected_path(records, name)).collect()
    } else if fields.telling.is_empty() {
        fields.rest.clone()
    } else {
        fields.telling
    };
    let rest = if has_selection { Vec::new() } else { fields.rest };
    let most = if has_selection { usize::MAX } else { MOST_COLUMNS };
    let beyond = paths.split_off(paths.len().min(most));
    let shown: Vec<Column> = paths.iter().map(|path| column(records, path)).collect();
    let widths = layout::column_widths(&shown, width, has_selection);
    for line in layout::table_lines(&shown[..widths.len()], &widths, colours) {
        writeln!(out, "{line}")?;
    }
    let left_out = paths[widths.len()..].iter().chain(&beyond).chain(&rest);
    Ok(omitted_text(left_out.filter(|path| !paths[..widths.len()].contains(path)), has_selection))
}

/// The path of a selected name: a member whose name has dots, otherwise a path through objects.
fn selected_path(records: &[Value], name: &str) -> Vec<String> {
    let whole = vec![name.to_owned()];
    let is_member = records.iter().any(|record| record.get(name).is_some());
    if is_member { whole } else { name.split('.').map(str::to_owned).collect() }
}

fn column(records: &[Value], path: &[String]) -> Column {
    let values = || records.iter().map(|record| value_at(record, path).unwrap_or(&Value::Null));
    let is_number = values().all(|value| value.is_number() || value.is_null());
    let cells = values()
        .map(|value| {
            let text: String = gist(value).chars().take(LONGEST_CELL).collect();
            single_line(&text)
        })
        .collect();
    Column { title: single_line(&path.join(".")), cells, is_number }
}

fn omitted_text<'p>(
    left_out: impl Iterator<Item = &'p Vec<String>>,
    has_selection: bool,
) -> Option<String> {
    let names: Vec<String> = left_out.map(|path| path.join(".")).collect();
    if names.is_empty() {
        return None;
    }
    let more = match names.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let advice = if has_selection { "See" } else { "Choose with --select, or see" };
    Some(format!("Not shown: {shown}{more}. {advice} all with --output json."))
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;
    use serde_json::json;

    use super::*;

    fn rendered(data: &Value, selected: &[&str], width: usize) -> (String, Option<String>) {
        let mut out = Vec::new();
        let selected: Vec<String> = selected.iter().map(ToString::to_string).collect();
        let hints = RecordHints { schema: None, selected: &selected };
        let omitted =
            write_table(&mut out, super::super::records_of(data), &hints, width, false).unwrap();
        (String::from_utf8(out).unwrap(), omitted)
    }

    #[test]
    fn records_stand_below_each_other() {
        let data = json!([
            {"user": {"login": "ann"}, "title": "First\nline", "gone": null, "size": 5, "id": 1},
            {"id": 22, "title": "Second", "user": null, "size": 150},
        ]);
        let (table, omitted) = rendered(&data, &[], 80);
        assert_eq!(
            table,
            "id  title       size  user\n 1  First line     5  ann\n22  Second       150\n"
        );
        assert_eq!(omitted, None);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let data = json!([{"id": 1, "title": "x".repeat(100), "state": "y".repeat(30), "n": 5,
                           "node_id": "N"}]);
        for width in [24, 30, 50, 80, 200] {
            let (table, omitted) = rendered(&data, &[], width);
            assert!(table.lines().all(|line| measure_text_width(line) <= width), "{table}");
            assert!(omitted.unwrap().contains("node_id"), "{table}");
        }
        let (_, omitted) = rendered(&data, &[], 24);
        let expected = "Not shown: state, n, node_id. Choose with --select, or see all with \
                        --output json.";
        assert_eq!(omitted.as_deref(), Some(expected));
    }

    #[test]
    fn selected_fields_are_shown_in_the_order_of_the_selection() {
        let data = json!([{"id": 1, "in": {"a": "x".repeat(60)}, "b": "y".repeat(60)}]);
        let (table, omitted) = rendered(&data, &["b", "in.a", "id"], 40);
        assert!(table.starts_with("b "), "{table}");
        assert!(table.contains("in.a") && table.contains("id"), "{table}");
        assert!(table.lines().all(|line| measure_text_width(line) <= 40), "{table}");
        assert_eq!(omitted, None);
    }

    #[test]
    fn records_that_are_no_objects_and_none_at_all() {
        assert_eq!(rendered(&json!(["a", "b\u{1b}[0m"]), &[], 80).0, "a\nb [0m\n");
        assert_eq!(rendered(&json!([]), &[], 80).0, "No records.\n");
    }
}
