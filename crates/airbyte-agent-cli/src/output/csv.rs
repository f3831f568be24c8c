//! CSV and tab-separated values: a header with every name that occurs, a row per record, nested
//! values as JSON.

use std::io::{self, Write};

use serde_json::Value;

use super::{at, cell, records};

/// Writes the records of `data`, separated by commas.
pub(super) fn write(out: &mut impl Write, data: &Value, selected: &[String]) -> io::Result<()> {
    let records = records(data);
    let columns = columns(records, selected);
    if columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    let header = columns.iter().map(|path| path.join("."));
    writer.write_record(header).map_err(io_error)?;
    for record in records {
        let cells = columns.iter().map(|path| at(record, path).map(cell).unwrap_or_default());
        writer.write_record(cells).map_err(io_error)?;
    }
    writer.flush()
}

/// Writes the records of `data`, separated by tabs. A tab or a line break inside a value is written
/// `\t` or `\n`, so that a line is a record for every program.
pub(super) fn tabs(out: &mut impl Write, data: &Value, selected: &[String]) -> io::Result<()> {
    let records = records(data);
    let columns = columns(records, selected);
    if columns.is_empty() {
        return Ok(());
    }
    let header: Vec<String> = columns.iter().map(|path| escaped(&path.join("."))).collect();
    writeln!(out, "{}", header.join("\t"))?;
    for record in records {
        let text = |path: &Vec<String>| at(record, path).map(cell).unwrap_or_default();
        let cells: Vec<String> = columns.iter().map(|path| escaped(&text(path))).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\t', "\\t");
    text.replace('\n', "\\n").replace('\r', "\\r")
}

/// The ways to all members in the order in which they first appear; those asked for come in the
/// order in which they were.
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

/// Keeps the kind: a closed pipe is no failure.
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
            (json!([]), "", ""),
            (json!(null), "", ""),
        ] {
            let (mut out, mut tab) = (Vec::new(), Vec::new());
            write(&mut out, &data, &[]).unwrap();
            tabs(&mut tab, &data, &[]).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), commas);
            assert_eq!(String::from_utf8(tab).unwrap(), tabbed);
        }
    }

    #[test]
    fn fields_that_are_asked_for_come_in_that_order() {
        let data = json!([{"id": 1, "in": {"a": 2}}]);
        let mut out = Vec::new();
        write(&mut out, &data, &["in.a".to_owned(), "id".to_owned()]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "in.a,id\n2,1\n");
    }
}
