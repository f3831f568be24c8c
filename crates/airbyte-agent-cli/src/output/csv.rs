//! Comma-separated and tab-separated values: a header with every field name that occurs, a row per
//! record, nested values as JSON.
//!
//! Values are written as they are, for programs. A spreadsheet takes a cell that begins with `=`, `+`,
//! `-` or `@` for a formula, so such files are imported with all columns as text.

use std::io::{self, Write};

use serde_json::Value;

use super::{cell_text, records_of, value_at};

/// Writes the records of `data` as comma-separated values.
pub(super) fn write_csv(out: &mut impl Write, data: &Value, selected: &[String]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for row in rows(data, selected) {
        writer.write_record(row).map_err(io_error)?;
    }
    writer.flush()
}

/// Writes the records of `data` as tab-separated values. A tab or a line break inside a value is
/// written as `\t` or `\n`, so that every program can take a line for a record.
///
/// The CSV library cannot write this format: it writes a lone empty value as two quotation marks,
/// even where quoting is off, and readers of tab-separated values take these literally.
pub(super) fn write_tsv(out: &mut impl Write, data: &Value, selected: &[String]) -> io::Result<()> {
    for row in rows(data, selected) {
        let cells: Vec<String> = row.iter().map(|cell| escape_tsv(cell)).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

/// The header and a row for each record; nothing where the records have no fields.
fn rows<'d>(data: &'d Value, selected: &[String]) -> impl Iterator<Item = Vec<String>> + use<'d> {
    let records = records_of(data);
    let columns = columns(records, selected);
    let header: Vec<String> = columns.iter().map(|path| path.join(".")).collect();
    let has_columns = !columns.is_empty();
    let rows = records.iter().map(move |record| {
        let cell = |path: &Vec<String>| value_at(record, path).map(cell_text).unwrap_or_default();
        columns.iter().map(cell).collect()
    });
    std::iter::once(header).chain(rows).filter(move |_| has_columns)
}

fn escape_tsv(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\t', "\\t");
    text.replace('\n', "\\n").replace('\r', "\\r")
}

/// The paths of all fields in the order in which they first occur. Selected fields come in the order
/// in which they were selected.
fn columns(records: &[Value], selected: &[String]) -> Vec<Vec<String>> {
    let mut names: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for name in records.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if known.insert(name.as_str()) {
            names.push(name);
        }
    }
    if selected.is_empty() {
        return names.into_iter().map(|name| vec![name.to_owned()]).collect();
    }
    let path = |name: &String| {
        let parts = || name.split('.').map(str::to_owned).collect();
        if names.contains(&name.as_str()) { vec![name.clone()] } else { parts() }
    };
    selected.iter().map(path).collect()
}

/// Keeps the kind of the error, because a closed pipe is not a failure.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_name_gets_a_column() {
        for (data, commas, tabbed) in [
            (
                json!([{"id": 1, "name": "a, \"b\""}, {"id": 2, "tags": ["x"], "none": null}]),
                "id,name,tags,none\n1,\"a, \"\"b\"\"\",,\n2,,\"[\"\"x\"\"]\",\n",
                "id\tname\ttags\tnone\n1\ta, \"b\"\t\t\n2\t\t[\"x\"]\t\n",
            ),
            (json!({"id": "x", "b": "a\nb"}), "id,b\nx,\"a\nb\"\n", "id\tb\nx\ta\\nb\n"),
            (json!([{"a": null}, {"a": ""}]), "a\n\"\"\n\"\"\n", "a\n\n\n"),
            (json!([]), "", ""),
            (json!(null), "", ""),
        ] {
            let (mut out, mut tab) = (Vec::new(), Vec::new());
            write_csv(&mut out, &data, &[]).unwrap();
            write_tsv(&mut tab, &data, &[]).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), commas);
            assert_eq!(String::from_utf8(tab).unwrap(), tabbed);
        }
    }

    #[test]
    fn selected_fields_come_in_the_order_of_the_selection() {
        let data = json!([{"id": 1, "in": {"a": 2}}]);
        let mut out = Vec::new();
        write_csv(&mut out, &data, &["in.a".to_owned(), "id".to_owned()]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "in.a,id\n2,1\n");
    }
}
