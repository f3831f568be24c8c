//! Results of queries in the format Parquet, read back by the library that others read them with.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

use airbyte_agent_store::{Page, QueryLimits, Rows, Store, TableSpec};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::json;

/// The types of the columns, the rows as they are read back, and the notes.
fn read_back(rows: &Rows) -> (Vec<String>, Vec<Vec<Field>>, Vec<String>) {
    let file = rows.parquet().unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(file.bytes)).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let types = schema.columns().iter().map(|column| {
        format!("{} {:?} {:?}", column.name(), column.physical_type(), column.logical_type_ref())
    });
    let types = types.collect();
    let rows = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect());
    (types, rows.collect(), file.notes)
}

fn text(text: &str) -> Field {
    Field::Str(text.to_owned())
}

#[test]
fn values_are_read_back_with_their_types() {
    let store = Store::open_in_memory().unwrap();
    let spec = TableSpec::new("acme", "things").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "amount": {"type": "number"}, "open": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"}, "name": {"type": "string"},
        "owner": {"type": "object"}, "odd": {"type": "integer"}, "soon": {"type": "string", "format": "date-time"},
    }}));
    let table = store.declare(&spec).unwrap();
    let records = [
        json!({"id": 1, "amount": 1.5, "open": true, "at": "2024-01-05T10:00:00.25+02:00",
            "name": "Ann \u{1f600}", "owner": {"b": 1, "a": null}, "odd": 7, "soon": "2024-01-05T10:00:00"}),
        json!({"id": i64::MAX, "odd": "n/a", "amount": 3}),
    ];
    store.write_page(&table, "a", Page { records: &records, ..Page::default() }).unwrap();
    let sql = "SELECT id, amount, open, at, name, owner, odd, soon, 1 + id % 2 AS n, id FROM acme_things ORDER BY id";
    let rows = store.query(sql, &QueryLimits::default()).unwrap();
    let (types, read, notes) = read_back(&rows);
    let string = "BYTE_ARRAY Some(String)";
    assert_eq!(types[0], "id INT64 None");
    assert_eq!(types[1], "amount DOUBLE None");
    assert_eq!(types[2], "open BOOLEAN None");
    assert!(types[3].starts_with("at INT64 Some(Timestamp("), "{types:?}");
    assert_eq!(
        types[4..8],
        ["name", "owner", "odd", "soon"].map(|name| format!("{name} {string}"))
    );
    assert_eq!(types[8..], ["n INT64 None", "id_2 INT64 None"]);
    assert_eq!(
        read,
        [
            vec![
                Field::Long(1),
                Field::Double(1.5),
                Field::Bool(true),
                Field::TimestampMicros(1_704_441_600_250_000),
                text("Ann \u{1f600}"),
                text(r#"{"b":1,"a":null}"#),
                text("7"),
                text("2024-01-05T10:00:00"),
                Field::Long(2),
                Field::Long(1),
            ],
            vec![
                Field::Long(i64::MAX),
                Field::Double(3.0),
                Field::Null,
                Field::Null,
                Field::Null,
                Field::Null,
                text("n/a"),
                Field::Null,
                Field::Long(2),
                Field::Long(i64::MAX),
            ],
        ]
    );
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("column odd consists of texts, because"), "{notes:?}");
    assert!(notes[1].starts_with("column soon consists of texts, because"), "{notes:?}");
}

#[test]
fn what_would_be_rounded_is_a_text() {
    let store = Store::open_in_memory().unwrap();
    for (sql, expected) in [
        ("SELECT 9007199254740993 AS a UNION ALL SELECT 0.5", Some(["9007199254740993", "0.5"])),
        ("SELECT 'x' AS a UNION ALL SELECT 1", Some(["x", "1"])),
        ("SELECT NULL AS a UNION ALL SELECT NULL", None),
    ] {
        let rows = store.query(sql, &QueryLimits::default()).unwrap();
        let (types, read, notes) = read_back(&rows);
        assert_eq!(types, ["a BYTE_ARRAY Some(String)"], "{sql}");
        let fields = expected.map_or([Field::Null, Field::Null], |values| values.map(text));
        assert_eq!(read, fields.map(|field| vec![field]), "{sql}");
        assert_eq!(notes.len(), usize::from(expected.is_some()), "{sql}: {notes:?}");
    }
}

#[test]
fn rows_of_many_groups_come_back_in_their_order() {
    let store = Store::open_in_memory().unwrap();
    let sql = "WITH RECURSIVE t (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n < 250000)
        SELECT n FROM t";
    let limits = QueryLimits::default().rows(1_000_000).bytes(1 << 30);
    let rows = store.query(sql, &limits).unwrap();
    let (_, read, _) = read_back(&rows);
    assert_eq!(read.len(), 250_001);
    assert!((0..).zip(&read).all(|(n, row)| row[0] == Field::Long(n)));
    let none = store.query("SELECT 1 AS a WHERE FALSE", &limits).unwrap();
    assert_eq!(read_back(&none).1, Vec::<Vec<Field>>::new());
}
