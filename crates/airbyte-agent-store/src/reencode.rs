//! Rows that were written with other columns are brought into the columns that the table has now.

use rusqlite::{Connection, Transaction, params_from_iter};
use serde_json::Value;

use crate::error::Result;
use crate::record::{self, Row};
use crate::spec;
use crate::store::Learnt;
use crate::table::Table;
use crate::text;
use crate::value::Cell;
use crate::write::shape_id;

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
    let places: String = table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
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

/// Writes every row whose record stands differently in the columns of `after` than in those of `before`.
pub(crate) fn reencode(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    before: &Table,
    after: &Table,
) -> Result<()> {
    let shape_of = |table: &Table| -> Vec<_> {
        let columns = table.columns.iter();
        columns.map(|column| (column.property.clone(), column.kind, column.is_searched, column.place)).collect()
    };
    if shape_of(before) == shape_of(after) && before.hidden == after.hidden {
        return Ok(());
    }
    let mut last = i64::MIN;
    loop {
        let rows = batch(transaction, before, last)?;
        let Some(end) = rows.last() else { break };
        last = end.id;
        for old in rows {
            let mut value = Value::Object(old.record(before));
            spec::remove(&mut value, &after.hidden);
            let Value::Object(value) = value else { continue };
            let row = record::row(after, &value, old.key.clone());
            update(transaction, learnt, before, after, old.id, &row)?;
            text::replace(transaction, learnt, after, old.id, &value, &row)?;
        }
    }
    Ok(())
}

fn batch(connection: &Connection, table: &Table, after: i64) -> Result<Vec<StoredRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {} FROM {} WHERE _row > ? ORDER BY _row LIMIT 500",
        stored_columns(table),
        table.rows()
    ))?;
    let rows = statement.query_map([after], |row| stored(row, table))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn update(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    before: &Table,
    after: &Table,
    id: i64,
    row: &Row,
) -> Result<()> {
    // A column that was replaced, or whose field is left out, keeps no values.
    let is_used = |place: u32| after.columns.iter().any(|column| column.place == place);
    let unused = before.columns.iter().filter(|column| !is_used(column.place));
    let unused: String = unused.map(|column| format!(", c{} = NULL", column.place)).collect();
    let used: String = after.columns.iter().map(|column| format!(", c{} = ?", column.place)).collect();
    let mut statement = transaction.prepare_cached(&format!(
        "UPDATE {} SET _shape = ?, _rest = ?{used}{unused} WHERE _row = ?",
        after.rows()
    ))?;
    let shape = Cell::Integer(shape_id(transaction, learnt, &row.shape)?);
    let rest = row.rest.clone().map_or(Cell::Null, Cell::Text);
    let values = [shape, rest].into_iter().chain(row.cells.iter().cloned()).chain([Cell::Integer(id)]);
    statement.execute(params_from_iter(values))?;
    Ok(())
}
