//! Lists as tables: a line with the names of the columns, then a line per record.
//!
//! A record becomes a line once, when it is added. Columns are in the order in which records bring
//! them, so the columns of the first records are the first columns of the whole table, and the lines of
//! the first records need nothing but empty cells at their end when later records bring more.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::format::Format;

/// A table to which records are added one by one.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    format: Format,
    /// The names of the columns as they are written.
    header: Vec<String>,
    /// Which column has a name.
    columns: HashMap<String, usize>,
    rows: Vec<Row>,
}

/// A record as a line of a table.
#[derive(Debug, Clone)]
struct Row {
    text: String,
    /// The number of columns of the table when the record was added, which is that of cells in `text`.
    columns: usize,
}

impl Table {
    /// A table without records.
    pub(crate) fn new(format: Format) -> Self {
        Self { format, header: Vec::new(), columns: HashMap::new(), rows: Vec::new() }
    }

    /// Adds a record and gives back its line. Objects inside become columns with dotted names, lists of
    /// objects become JSON text.
    pub(crate) fn add(&mut self, record: &Value) -> &str {
        let mut cells: Vec<(String, Cow<'_, str>)> = Vec::new();
        flatten(record, String::new(), &mut cells);
        let mut line: Vec<Option<Cow<'_, str>>> = vec![None; self.header.len()];
        for (name, text) in cells {
            let column = if let Some(column) = self.columns.get(&name) {
                *column
            } else {
                let column = self.header.len();
                self.header.push(escaped(&name, self.format).into_owned());
                self.columns.insert(name, column);
                line.push(None);
                column
            };
            if let Some(cell) = line.get_mut(column) {
                cell.get_or_insert(text);
            }
        }
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            if column > 0 {
                text.push_str(self.separator());
            }
            text.push_str(&escaped(cell.as_deref().unwrap_or_default(), self.format));
        }
        self.rows.push(Row { text, columns: self.header.len() });
        self.rows.last().map_or("", |row| row.text.as_str())
    }

    /// Passes the text of the table with the first `count` records on, piece by piece.
    pub(crate) fn pieces(&self, count: usize, mut next: impl FnMut(&str)) {
        let rows = self.rows.get(..count).unwrap_or(&self.rows);
        let columns = rows.last().map_or(0, |row| row.columns);
        for (column, name) in self.header.iter().take(columns).enumerate() {
            if column > 0 {
                next(self.separator());
            }
            next(name);
        }
        for row in rows {
            next("\n");
            next(&row.text);
            for column in row.columns..columns {
                // A record without any cell has none before this one, either.
                if column > 0 {
                    next(self.separator());
                }
            }
        }
    }

    fn separator(&self) -> &'static str {
        if self.format == Format::Csv { "," } else { "\t" }
    }
}

/// Collects the cells of a record with the names of their columns.
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

/// The text of a cell so that it stays one cell.
fn escaped(cell: &str, format: Format) -> Cow<'_, str> {
    // A line break would let a record write lines of its own, such as a note.
    let is_plain = !cell.contains(['\\', '\t', '\n', '\r']);
    let line: Cow<'_, str> = if is_plain {
        cell.into()
    } else {
        let text = cell.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        text.replace('\t', "\\t").into()
    };
    if format == Format::Csv && line.contains([',', '"']) {
        return format!("\"{}\"", line.replace('"', "\"\"")).into();
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(records: &[Value], format: Format, count: usize) -> String {
        let mut table = Table::new(format);
        for record in records {
            table.add(record);
        }
        let mut text = String::new();
        table.pieces(count, |piece| text.push_str(piece));
        text
    }

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
                 2,,,\"two\\nlines\\t\"\"quoted\"\"\",\"[{\"\"a\"\":1}]\"",
            ),
            (
                Format::Tsv,
                "id\tuser.login\ttags\tnote\tdeep\n1\ta,b\tx; y\t\t\n\
                 2\t\t\ttwo\\nlines\\t\"quoted\"\t[{\"a\":1}]",
            ),
        ] {
            assert_eq!(table(&records, format, 2), expected);
        }
    }

    #[test]
    fn the_first_records_have_their_own_columns_only() {
        let records = [json!({}), json!({"id": 1}), json!({"name": "x"}), json!({"id": 3, "y": 1})];
        for (count, expected) in [
            (0, ""),
            (1, "\n"),
            (2, "id\n\n1"),
            (3, "id,name\n,\n1,\n,x"),
            (4, "id,name,y\n,,\n1,,\n,x,\n3,,1"),
        ] {
            assert_eq!(table(&records, Format::Csv, count), expected, "{count}");
        }
    }
}
