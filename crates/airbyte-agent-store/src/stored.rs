//! Rows as they are in a table.

use serde_json::{Map, Value};

use crate::db::{Db, Dialect, Fields, cells};
use crate::error::Result;
use crate::learnt::Learnt;
use crate::record::{self, Row};
use crate::table::Table;
use crate::typed;
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
    if table.dialect.is_postgres() {
        return "_row, _key, _record".to_owned();
    }
    let places: String =
        table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
    format!("_row, _key, (SELECT members FROM _shapes WHERE id = _shape), _rest{places}")
}

/// The row that a statement has read.
pub(crate) fn stored(fields: &Fields, table: &Table) -> StoredRow {
    let (id, key) = (fields.integer(0), fields.text(1));
    if table.dialect.is_postgres() {
        // The record is there as it came; its row is what it would be now.
        let record = serde_json::from_str(&fields.text(2)).unwrap_or_default();
        let Row { key, shape, rest, cells } = record::row(table, &record, key);
        return StoredRow { id, key, shape, rest, cells };
    }
    let cells = fields.0.get(4..).unwrap_or_default().to_vec();
    StoredRow { id, key, shape: fields.text(2), rest: fields.optional_text(3), cells }
}

/// The columns in which a row holds its record.
pub(crate) fn held_columns(table: &Table) -> Vec<String> {
    let own = match table.dialect {
        Dialect::Sqlite => ["_shape", "_rest"],
        Dialect::Postgres => ["_record", "_odd"],
    };
    let places = table.columns.iter().map(|column| format!("c{}", column.place));
    own.map(str::to_owned).into_iter().chain(places).collect()
}

/// The values of these columns.
pub(crate) fn held(
    db: &dyn Db,
    learnt: &mut Learnt,
    table: &Table,
    record: &Map<String, Value>,
    row: &Row,
) -> Result<Vec<Cell>> {
    if table.dialect.is_postgres() {
        let (cells, is_odd) = typed::cells(table, row);
        let text = serde_json::to_string(record).unwrap_or_default();
        return Ok(cells![text, is_odd].into_iter().chain(cells).collect());
    }
    let own = cells![shape_id(db, learnt, &row.shape)?, row.rest.clone()];
    Ok(own.into_iter().chain(row.cells.iter().cloned()).collect())
}

/// Number of a shape. It is the same in every process that writes to the file.
fn shape_id(db: &dyn Db, learnt: &mut Learnt, shape: &str) -> Result<i64> {
    if let Some(id) = learnt.shape(shape) {
        return Ok(id);
    }
    let insert = "INSERT INTO _shapes (members) VALUES (?) ON CONFLICT DO NOTHING";
    db.execute(insert, cells![shape])?;
    let id = db.number("SELECT id FROM _shapes WHERE members = ?", cells![shape])?;
    let id = id.unwrap_or_default();
    learnt.remember_shape(shape, id);
    Ok(id)
}
