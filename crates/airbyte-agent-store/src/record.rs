//! A record as a row holds it: values in columns, the names of its members as a shape, and the members that
//! no column holds exactly.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::spec::at;
use crate::table::{Column, Table};
use crate::value::{Cell, ColumnKind, decode, encode};

/// A record, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) key: String,
    /// The names of the members in their order, as JSON.
    pub(crate) shape: String,
    /// The members that the columns do not hold exactly, as JSON.
    pub(crate) rest: Option<String>,
    /// The values in the order of the table's columns.
    pub(crate) cells: Vec<Cell>,
}

/// The row that holds the record.
pub(crate) fn row(table: &Table, record: &Map<String, Value>, key: String) -> Row {
    placed(table, &places(table), record, key)
}

/// The places of the columns by the names of their fields.
pub(crate) fn places(table: &Table) -> HashMap<&str, usize> {
    table
        .columns
        .iter()
        .enumerate()
        .map(|(place, column)| (column.property.as_str(), place))
        .collect()
}

/// The row that holds the record, with places that were looked up before.
pub(crate) fn placed(
    table: &Table,
    places: &HashMap<&str, usize>,
    record: &Map<String, Value>,
    key: String,
) -> Row {
    let mut rest = Map::new();
    let mut cells = vec![Cell::Null; table.columns.len()];
    for (name, value) in record {
        let Some(&place) = places.get(name.as_str()) else {
            if !value.is_null() {
                rest.insert(name.clone(), value.clone());
            }
            continue;
        };
        let kind = table.columns[place].kind;
        let cell = encode(kind, value);
        if !is_exact(kind, &cell, value) {
            rest.insert(name.clone(), value.clone());
        }
        cells[place] = cell;
    }
    for (place, column) in table.columns.iter().enumerate() {
        if let Some(value) = lifted(column, record) {
            cells[place] = encode(column.kind, value);
        }
    }
    let names: Vec<&String> = record.keys().collect();
    Row {
        key,
        shape: serde_json::to_string(&names).unwrap_or_default(),
        rest: (!rest.is_empty()).then(|| Value::Object(rest).to_string()),
        cells,
    }
}

/// The value of a column that is not that of a field but of a member inside one.
fn lifted<'v>(column: &Column, record: &'v Map<String, Value>) -> Option<&'v Value> {
    let is_pointer = column.property.starts_with('/') && !record.contains_key(&column.property);
    let path = is_pointer.then(|| column.path())?;
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(record.get(first)?, |value, name| value.get(name))
}

/// Whether the column gives back this very value. Most do, which is seen without decoding them.
fn is_exact(kind: ColumnKind, cell: &Cell, value: &Value) -> bool {
    match (kind, cell, value) {
        (_, Cell::Null, _) | (ColumnKind::Json, _, _) => true,
        (ColumnKind::Text, Cell::Text(text), Value::String(own)) => text == own,
        _ => decode(kind, cell) == *value,
    }
}

/// The record that a row holds.
pub(crate) fn record<'c>(
    members: &[String],
    rest: Option<&str>,
    cell: impl Fn(&str) -> Option<(ColumnKind, &'c Cell)>,
) -> Map<String, Value> {
    let mut rest: Map<String, Value> =
        rest.and_then(|rest| serde_json::from_str(rest).ok()).unwrap_or_default();
    members
        .iter()
        .map(|name| {
            let value =
                rest.remove(name).or_else(|| cell(name).map(|(kind, cell)| decode(kind, cell)));
            (name.clone(), value.unwrap_or_default())
        })
        .collect()
}

/// The key of a record within its table and account.
///
/// # Errors
///
/// [`Error::Record`] if a field of the key is missing, null, or no plain value.
pub(crate) fn key(table: &Table, record: &Map<String, Value>, index: usize) -> Result<String> {
    let part = |field: &String| match at(record, field) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        found => Err(Error::Record {
            table: table.name.clone(),
            index,
            why: match found {
                None | Some(Value::Null) => format!("it has no '{field}', which identifies it"),
                Some(_) => format!("its '{field}', which identifies it, is a list or an object"),
            },
        }),
    };
    match table.key.as_slice() {
        [one] => part(one),
        several => {
            let parts = several.iter().map(part).collect::<Result<Vec<_>>>()?;
            Ok(serde_json::to_string(&parts).unwrap_or_default())
        }
    }
}
