//! Lists as tables: a line of names, then a line per record.

use std::borrow::Cow;

use serde_json::Value;

/// How lists are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// Compact JSON.
    #[default]
    Json,
    /// Tab-separated values; tabs and line breaks inside a value are written `\t` and `\n`.
    Tsv,
    /// Comma-separated values after RFC 4180.
    Csv,
}

/// The records as a table. Objects inside become columns with dotted names, lists JSON text.
pub(crate) fn table(records: &[Value], format: Format) -> String {
    let rows: Vec<Vec<(String, Cow<'_, str>)>> = records.iter().map(row).collect();
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let separator = if format == Format::Csv { "," } else { "\t" };
    let line = |cells: Vec<Cow<'_, str>>| {
        let cells: Vec<String> = cells.iter().map(|cell| written(cell, format)).collect();
        cells.join(separator)
    };
    let mut lines = vec![line(columns.iter().map(|name| Cow::Borrowed(*name)).collect())];
    for row in &rows {
        let cell = |name: &&str| {
            let found = row.iter().find(|(known, _)| known == name);
            found.map_or(Cow::Borrowed(""), |(_, text)| text.clone())
        };
        lines.push(line(columns.iter().map(cell).collect()));
    }
    lines.join("\n")
}

fn row(record: &Value) -> Vec<(String, Cow<'_, str>)> {
    let mut cells = Vec::new();
    flatten(record, String::new(), &mut cells);
    cells
}

fn flatten<'v>(value: &'v Value, name: String, cells: &mut Vec<(String, Cow<'v, str>)>) {
    match value {
        Value::Object(members) if !members.is_empty() || name.is_empty() => {
            for (key, member) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(member, name, cells);
            }
        }
        Value::Null => cells.push((name, Cow::Borrowed(""))),
        Value::String(text) => cells.push((name, Cow::Borrowed(text))),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let texts: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            cells.push((name, Cow::Owned(texts.join("; "))));
        }
        other => cells.push((name, Cow::Owned(other.to_string()))),
    }
}

fn written(cell: &str, format: Format) -> String {
    match format {
        Format::Csv if cell.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", cell.replace('"', "\"\""))
        }
        Format::Tsv => cell
            .replace('\\', "\\\\")
            .replace('\t', "\\t")
            .replace('\n', "\\n")
            .replace('\r', "\\r"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_become_lines_and_nothing_breaks_them() {
        let records = [
            json!({"id": 1, "user": {"login": "a,b"}, "tags": ["x", "y"]}),
            json!({"id": 2, "note": "two\nlines\t\"quoted\"", "deep": [{"a": 1}]}),
        ];
        for (format, expected) in [
            (
                Format::Csv,
                "id,user.login,tags,note,deep\n1,\"a,b\",x; y,,\n\
                 2,,,\"two\nlines\t\"\"quoted\"\"\",\"[{\"\"a\"\":1}]\"",
            ),
            (
                Format::Tsv,
                "id\tuser.login\ttags\tnote\tdeep\n1\ta,b\tx; y\t\t\n\
                 2\t\t\ttwo\\nlines\\t\"quoted\"\t[{\"a\":1}]",
            ),
        ] {
            assert_eq!(table(&records, format), expected);
        }
    }
}
