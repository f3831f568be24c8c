//! Tables for people: what fits the terminal, on one line per record.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use console::{measure_text_width, truncate_str};
use serde_json::Value;

use super::{cell, columns, records};
use crate::terminal::one_line;

/// Widest column of a list.
const WIDEST: usize = 44;
/// Blanks between two columns.
const GAP: usize = 2;

/// Writes `data` as a table and gives back the names of the columns that did not fit.
pub(super) fn write(
    out: &mut impl Write,
    data: &Value,
    width: usize,
    colours: bool,
) -> io::Result<Vec<String>> {
    match data {
        Value::Object(members) => {
            let pairs: Vec<Vec<String>> = members
                .iter()
                .map(|(name, value)| vec![name.clone(), excerpt(value, width)])
                .collect();
            writeln!(out, "{}", table(&[], &pairs, width, colours))?;
            Ok(Vec::new())
        }
        _ => list(out, records(data), width, colours),
    }
}

fn list(
    out: &mut impl Write,
    records: &[Value],
    width: usize,
    colours: bool,
) -> io::Result<Vec<String>> {
    if records.is_empty() {
        writeln!(out, "No records.")?;
        return Ok(Vec::new());
    }
    let names = columns(records);
    let (chosen, left_out) = choose(records, &names, width);
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            let value = |name: &&str| record.get(*name).map(shown).unwrap_or_default();
            let cut = |text: String| truncate_str(&text, WIDEST, "…").into_owned();
            chosen.iter().map(value).map(cut).collect()
        })
        .collect();
    writeln!(out, "{}", table(&chosen, &rows, width, colours))?;
    Ok(left_out)
}

/// The columns that fit, plain values before nested ones, and those that do not. Columns without
/// any value are not missed.
fn choose<'n>(records: &[Value], names: &[&'n str], width: usize) -> (Vec<&'n str>, Vec<String>) {
    let values = |name: &'n str| records.iter().filter_map(move |record| record.get(name));
    let is_empty = |name: &'n str| values(name).all(Value::is_null);
    let is_nested = |name: &'n str| values(name).any(|v| v.is_object() || v.is_array());
    let space = |name: &'n str| {
        let widest = values(name).map(|value| measure_text_width(&shown(value))).max();
        measure_text_width(name).max(widest.unwrap_or(0).min(WIDEST))
    };
    let mut ordered: Vec<&str> = names.iter().copied().filter(|name| !is_empty(name)).collect();
    ordered.sort_by_key(|name| is_nested(name));
    let mut chosen = Vec::new();
    let mut left_out = Vec::new();
    let mut used = 0;
    for name in ordered {
        let needed = space(name) + if chosen.is_empty() { 0 } else { GAP };
        if chosen.is_empty() || used + needed <= width {
            used += needed;
            chosen.push(name);
        } else {
            left_out.push(name.to_owned());
        }
    }
    (chosen, left_out)
}

/// A few lines of a text, about one of a nested value.
fn excerpt(value: &Value, width: usize) -> String {
    let room = if value.is_string() { 4 * width } else { width };
    truncate_str(&shown(value), room, "…").into_owned()
}

fn shown(value: &Value) -> String {
    one_line(&cell(value))
}

fn table(header: &[&str], rows: &[Vec<String>], width: usize, colours: bool) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    if colours {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if !header.is_empty() {
        table.set_header(header.iter().map(|name| Cell::new(*name).add_attribute(Attribute::Bold)));
    }
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(data: &Value, width: usize) -> (String, Vec<String>) {
        let mut out = Vec::new();
        let left_out = write(&mut out, data, width, false).unwrap();
        (String::from_utf8(out).unwrap(), left_out)
    }

    #[test]
    fn records_stand_below_each_other() {
        let data = json!([
            {"id": 1, "user": {"login": "a"}, "title": "First\nline", "gone": null},
            {"id": 22, "title": "Second", "user": null},
        ]);
        let (table, left_out) = text(&data, 80);
        assert_eq!(table, "id  title       user\n1   First line  {\"login\":\"a\"}\n22  Second\n");
        assert_eq!(left_out, Vec::<String>::new());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let data = json!([{"a": "x".repeat(100), "b": "y".repeat(30), "c": 1}]);
        let (table, left_out) = text(&data, 50);
        assert!(table.lines().all(|line| measure_text_width(line) <= 50), "{table}");
        assert_eq!(left_out, ["b"]);
    }

    #[test]
    fn one_record_is_told_by_its_members() {
        let (table, _) = text(&json!({"id": 1, "name": "Ada"}), 80);
        assert_eq!(table, "id    1\nname  Ada\n");
        assert_eq!(text(&json!([]), 80).0, "No records.\n");
        let (table, _) = text(&json!({"all": vec!["nested"; 500]}), 80);
        assert!(table.lines().count() <= 2 && table.trim_end().ends_with('…'), "{table}");
    }
}
