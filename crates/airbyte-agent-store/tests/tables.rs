//! Tables: the columns that schemas give, and what happens when schemas change.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use airbyte_agent_store::{ColumnKind, MOST_COLUMNS, Overlay, Page, QueryLimits, TableSpec};
use common::{issues, query, records, write};
use serde_json::{Map, Value, json};

fn spec(properties: impl Into<Value>) -> TableSpec {
    let properties = properties.into();
    TableSpec::new("acme", "things")
        .key(["id"])
        .schema(json!({"type": "object", "properties": properties}))
}

#[test]
fn types_of_schemas_become_types_of_columns() {
    let store = common::store();
    let cases = [
        (json!({"type": "string"}), ColumnKind::Text),
        (json!({"type": ["string", "null"], "format": "date-time"}), ColumnKind::Timestamp),
        (json!({"type": "string", "format": "date"}), ColumnKind::Text),
        (json!({"type": "integer"}), ColumnKind::Integer),
        (json!({"type": ["null", "number"]}), ColumnKind::Real),
        (json!({"type": ["integer", "number"]}), ColumnKind::Real),
        (json!({"type": "boolean"}), ColumnKind::Boolean),
        (json!({"type": ["integer", "string"]}), ColumnKind::Text),
        (json!({"type": "object"}), ColumnKind::Json),
        (json!({"type": ["array", "string"]}), ColumnKind::Json),
        (json!({"properties": {"a": {}}}), ColumnKind::Json),
        (json!({"anyOf": [{"type": "null"}, {"type": "integer"}]}), ColumnKind::Integer),
        (json!({"allOf": [{"type": "string", "format": "date-time"}]}), ColumnKind::Timestamp),
        (json!({}), ColumnKind::Json),
    ];
    let properties: Map<String, Value> = cases
        .iter()
        .enumerate()
        .map(|(n, (schema, _))| (format!("f{n}"), schema.clone()))
        .collect();
    let table = store.declare(&spec(Value::Object(properties))).unwrap();
    for (column, (schema, kind)) in table.columns().iter().zip(&cases) {
        assert_eq!(column.kind, *kind, "{schema}");
    }
}

#[test]
fn any_name_of_a_field_can_be_read_in_sql() {
    let store = common::store();
    let names = [
        "id", "Id", "order", "select", "", "a b", "a\"b", "_account", "_record", "_row", "rowid",
        "größe", "c1", "a.b",
    ];
    let properties: Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    let table = store.declare(&spec(Value::Object(properties))).unwrap();
    let record: Map<String, Value> = names
        .iter()
        .enumerate()
        .map(|(n, name)| ((*name).to_owned(), json!(n.to_string())))
        .collect();
    write(&store, &table, &[Value::Object(record.clone())]);
    for (n, column) in table.columns().iter().enumerate() {
        assert_eq!(column.property, names[n]);
        let name = column.name.replace('"', "\"\"");
        let rows = query(&store, &format!("SELECT \"{name}\" FROM acme_things"));
        assert_eq!(rows, [[json!(n.to_string())]], "{name}");
    }
    assert_eq!(records(&store, "acme_things"), [Value::Object(record)]);
    let columns: Vec<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns[1], "Id_2");
    assert_eq!(columns[4], "unnamed");
    assert_eq!(columns[7], "_account_2");
}

#[test]
fn fields_beyond_the_most_columns_are_only_in_the_record() {
    let store = common::store();
    let name = |n: usize| if n == 0 { "id".to_owned() } else { format!("field{n}") };
    let properties: Map<String, Value> =
        (0..2_500).map(|n| (name(n), json!({"type": "integer"}))).collect();
    let table = store.declare(&spec(Value::Object(properties))).unwrap();
    assert_eq!(table.columns().len(), MOST_COLUMNS);
    let record: Value = (0..2_500).map(|n| (name(n), json!(n))).collect::<Map<_, _>>().into();
    write(&store, &table, std::slice::from_ref(&record));
    assert_eq!(records(&store, "acme_things"), [record]);
    let (path, expected) = if common::is_postgres() {
        ("field2400", json!("2400"))
    } else {
        ("$.field2400", json!(2400))
    };
    assert_eq!(
        query(&store, &format!("SELECT _record ->> '{path}' FROM acme_things")),
        [[expected]]
    );
}

#[test]
fn a_new_field_of_the_schema_is_a_column_that_old_rows_have_too() {
    let store = common::store();
    let old = spec(json!({"id": {"type": "integer"}, "name": {"type": "string"}}));
    let table = store.declare(&old).unwrap();
    let first =
        json!({"id": 1, "plan": "gold", "name": "Ann", "since": "2024-01-05T10:00:00+02:00"});
    write(&store, &table, &[first.clone(), json!({"id": 2, "name": "Bob"})]);
    let new = spec(json!({
        "id": {"type": "integer"}, "name": {"type": "string"}, "plan": {"type": "string"},
        "since": {"type": "string", "format": "date-time"},
    }));
    let table = store.declare(&new).unwrap();
    assert_eq!(
        query(&store, "SELECT plan, since FROM acme_things ORDER BY id"),
        [[json!("gold"), json!("2024-01-05T08:00:00Z")], [json!(null), json!(null)]]
    );
    assert_eq!(records(&store, "acme_things")[0].to_string(), first.to_string());
    // The same record again is no change.
    assert_eq!(write(&store, &table, &[first]).unchanged, 1);
    assert_eq!(store.changes(0, 10).unwrap().changes.len(), 2);
}

#[test]
fn a_field_that_changes_its_type_keeps_every_value() {
    let store = common::store();
    let values = [json!(5), json!(15), json!("n/a"), json!("7"), json!({"a": 1}), json!(true)];
    let page: Vec<Value> =
        values.iter().enumerate().map(|(id, value)| json!({"id": id, "amount": value})).collect();
    let kinds = ["string", "integer", "object", "number", "boolean", "string"];
    for kind in kinds {
        let spec = spec(json!({"id": {"type": "integer"}, "amount": {"type": kind}}));
        let table = store.declare(&spec).unwrap();
        let counts = write(&store, &table, &page);
        assert_eq!(counts.changed, 0, "{kind}");
        assert_eq!(records(&store, "acme_things"), page, "{kind}");
        if kind == "integer" {
            let rows =
                query(&store, "SELECT id FROM acme_things WHERE amount > 6 AND amount < 100");
            assert_eq!(rows, [[json!(1)], [json!(3)]]);
        }
    }
}

#[test]
fn a_field_that_is_left_out_later_leaves_old_rows() {
    let store = common::store();
    let open = spec(json!({"id": {"type": "integer"}, "ssn": {"type": "string"}}));
    let table = store.declare(&open).unwrap();
    write(
        &store,
        &table,
        &[json!({"id": 1, "ssn": "078-05-1120", "more": {"pin": "4711", "ok": 1}})],
    );
    store.declare(&open.clone().left_out(["ssn", "more.pin"])).unwrap();
    assert_eq!(records(&store, "acme_things"), [json!({"id": 1, "more": {"ok": 1}})]);
    let found = store.find("4711", &airbyte_agent_store::Find::default()).unwrap();
    assert_eq!(found.hits, []);
    let rows = query(&store, "SELECT * FROM acme_things");
    assert!(!format!("{rows:?}").contains("078"), "{rows:?}");
}

#[test]
fn a_key_does_not_change_under_rows() {
    let store = common::store();
    let table = store.declare(&spec(json!({"id": {"type": "integer"}}))).unwrap();
    write(&store, &table, &[json!({"id": 1})]);
    let error = store.declare(&spec(json!({})).key(["id", "at"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table acme_things: its rows are identified by [id] and would be by [id, at]; clear the table and fetch it again"
    );
    store.clear(&table, "default").unwrap();
    let table = store.declare(&spec(json!({})).key(["id", "at.day"])).unwrap();
    write(&store, &table, &[json!({"id": 1, "at": {"day": 2}})]);
    assert_eq!(query(&store, "SELECT _key FROM acme_things"), [[json!("[\"1\",\"2\"]")]]);
}

#[test]
fn tables_with_the_same_name_in_sql_are_kept_apart() {
    let store = common::store();
    let first = store.declare(&TableSpec::new("a-b", "c").key(["id"])).unwrap();
    let second = store.declare(&TableSpec::new("a", "b_c").key(["id"])).unwrap();
    assert_eq!((first.name(), second.name()), ("a_b_c", "a_b_c_2"));
    write(&store, &second, &[json!({"id": 1})]);
    assert_eq!(records(&store, "a_b_c"), [] as [Value; 0]);
}

#[test]
fn tables_tell_what_is_in_them_and_how_fresh_it_is() {
    let store = common::store();
    let mut wanted = common::issues();
    wanted.description = "Something to do.".to_owned();
    let table = store.declare(&wanted).unwrap();
    let pass = store.begin_pass(&table, "work").unwrap();
    write(&store, &table, &[json!({"id": 1, "title": "a"})]);
    let tables = store.tables().unwrap();
    let [summary] = tables.as_slice() else { panic!("{tables:?}") };
    assert_eq!(summary.table.description(), "Something to do.");
    assert_eq!(summary.rows(), 1);
    let told: Vec<_> = summary
        .accounts
        .iter()
        .map(|f| {
            (
                f.account.as_str(),
                f.rows,
                f.synced_at.is_some(),
                f.complete_at.is_some(),
                f.is_in_pass,
            )
        })
        .collect();
    assert_eq!(told, [("default", 1, true, false, false), ("work", 0, false, false, true)]);
    store.finish_pass(&table, "work", pass, None).unwrap();
    assert!(store.tables().unwrap()[0].accounts[1].complete_at.is_some());

    let columns = store.columns("github_issues").unwrap();
    assert_eq!(columns[0].description, "Number of the issue.");
    let error = store.columns("github_isues").unwrap_err();
    assert_eq!(
        error.to_string(),
        "table github_isues: there is no such table, did you mean 'github_issues'?"
    );
}

#[test]
fn an_overlay_shows_other_records_of_an_account_and_changes_nothing() {
    let store = std::sync::Arc::new(common::store());
    let table = store.declare(&issues()).unwrap();
    let issue =
        |id: u64, title: &str| json!({"id": id, "title": title, "state": "open", "extra": [id]});
    write(&store, &table, &[issue(1, "stored"), issue(2, "stored")]);
    let other = [issue(1, "other")];
    store.write_page(&table, "other", Page { records: &other, ..Page::default() }).unwrap();
    let mut overlay = Overlay::new(store.clone()).unwrap();
    // Both give the first element as the number that it is.
    let extra = if common::is_postgres() {
        "(_record #>> '{extra,0}')::int"
    } else {
        "_record ->> '$.extra[0]'"
    };
    let sql = &format!("SELECT _account, id, title, {extra} FROM github_issues ORDER BY 1, 2");
    let limits = QueryLimits::default();
    let stored = query(&store, sql);
    assert_eq!(stored.len(), 3);
    assert_eq!(overlay.query(sql, &limits).unwrap().rows, stored);
    assert!(overlay.add(&table, "default", &[issue(3, "x")]).is_err());
    overlay.hide(&table, "default").unwrap();
    assert_eq!(overlay.query(sql, &limits).unwrap().rows, [stored[2].clone()]);
    overlay.add(&table, "default", &[issue(3, "new"), issue(3, "newer")]).unwrap();
    let rows = overlay.query(sql, &limits).unwrap();
    assert_eq!(
        rows.rows,
        [vec![json!("default"), json!(3), json!("newer"), json!(3)], stored[2].clone()]
    );
    // Columns keep their types, and comparisons their affinity.
    let kinds = overlay.query("SELECT id, title FROM github_issues", &limits).unwrap().columns;
    assert_eq!(kinds, store.query("SELECT id, title FROM github_issues", &limits).unwrap().columns);
    let found =
        overlay.query("SELECT 1 FROM github_issues WHERE id = '3' AND state = 'open'", &limits);
    assert_eq!(found.unwrap().rows.len(), 1);
    overlay.hide(&table, "other").unwrap();
    assert_eq!(overlay.query(sql, &limits).unwrap().rows.len(), 1);
    // Everybody else sees what is stored, and queries of the overlay can only read.
    assert_eq!(query(&store, sql), stored);
    for refused in [
        "SELECT * FROM _rows_1",
        "SELECT * FROM temp._rows_1",
        "CREATE TEMP TABLE x (a)",
        "DELETE FROM github_issues",
    ] {
        assert!(overlay.query(refused, &limits).is_err(), "{refused}");
    }
    overlay.show(&table, "default").unwrap();
    overlay.show(&table, "other").unwrap();
    assert_eq!(overlay.query(sql, &limits).unwrap().rows, stored);
}
