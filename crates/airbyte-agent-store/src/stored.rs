//! Rows as they are in a table.

use rusqlite::Transaction;
use serde_json::Value;

use crate::error::Result;
use crate::learnt::Learnt;
use crate::record::{self, Row};
use crate::table::Table;
use crate::value::Cell;

/// A row as it is in the table.
pub(crate) struct StoredRow {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) shape: String,
    pub(crate) rest: Option<String>,
    pub(crate) cells: Vec<Cell>,
}

impl StoredRow {
    pub(crate) fn record(&self, table: &Table) -> serde_json::Map<String, Value> {
        let members: Vec<String> = serde_json::from_str(&self.shape).unwrap_or_default();
        record::record(&members, self.rest.as_deref(), |name| {
            let place = table.columns.iter().position(|column| column.property == name)?;
            Some((table.columns.get(place)?.kind, self.cells.get(place)?))
        })
    }

    pub(crate) fn is(&self, row: &Row) -> bool {
        self.shape == row.shape && self.rest == row.rest && self.cells == row.cells
    }
}

/// The columns that [`stored`] reads, for a statement.
pub(crate) fn stored_columns(table: &Table) -> String {
    let places: String =
        table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
    format!("_row, _key, (SELECT members FROM _shapes WHERE id = _shape), _rest{places}")
}

pub(crate) fn stored(row: &rusqlite::Row<'_>, table: &Table) -> rusqlite::Result<StoredRow> {
    let cells = (0..table.columns.len()).map(|place| Ok(Cell::from_sql(row.get_ref(place + 4)?)));
    Ok(StoredRow {
        id: row.get(0)?,
        key: row.get(1)?,
        shape: row.get(2)?,
        rest: row.get(3)?,
        cells: cells.collect::<rusqlite::Result<_>>()?,
    })
}

/// Number of a shape. It is the same in every process that writes to the file.
pub(crate) fn shape_id(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    shape: &str,
) -> Result<i64> {
    if let Some(id) = learnt.shape(shape) {
        return Ok(id);
    }
    transaction
        .prepare_cached("INSERT OR IGNORE INTO _shapes (members) VALUES (?)")?
        .execute([shape])?;
    let id: i64 = transaction
        .prepare_cached("SELECT id FROM _shapes WHERE members = ?")?
        .query_row([shape], |row| row.get(0))?;
    learnt.remember_shape(shape, id);
    Ok(id)
}
