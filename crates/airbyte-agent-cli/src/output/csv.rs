//! CSV: a header with every name that occurs, a row per record, nested values as JSON.

use std::io::{self, Write};

use serde_json::Value;

use super::{cell, columns, records};

/// Writes the records of `data`.
pub(super) fn write(out: &mut impl Write, data: &Value) -> io::Result<()> {
    let records = records(data);
    let columns = columns(records);
    if columns.is_empty() {
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&columns).map_err(io_error)?;
    for record in records {
        let cells = columns.iter().map(|name| record.get(*name).map(cell).unwrap_or_default());
        writer.write_record(cells).map_err(io_error)?;
    }
    writer.flush()
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

    fn csv(data: &Value) -> String {
        let mut out = Vec::new();
        write(&mut out, data).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_name_gets_a_column() {
        for (data, expected) in [
            (
                json!([{"id": 1, "name": "a, \"b\""}, {"id": 2, "tags": ["x"], "none": null}]),
                "id,name,tags,none\n1,\"a, \"\"b\"\"\",,\n2,,\"[\"\"x\"\"]\",\n",
            ),
            (json!({"id": "x", "two": "a\nb"}), "id,two\nx,\"a\nb\"\n"),
            (json!([]), ""),
            (json!(null), ""),
        ] {
            assert_eq!(csv(&data), expected);
        }
    }
}
