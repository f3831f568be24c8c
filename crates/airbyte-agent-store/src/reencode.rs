//! Rows that were written with other columns are brought into the columns that the table has now.

use rusqlite::{Connection, Transaction, params_from_iter};
use serde_json::Value;

use crate::error::Result;
use crate::learnt::Learnt;
use crate::misfits;
use crate::record::{self, Row};
use crate::spec;
use crate::stored::{StoredRow, shape_id, stored, stored_columns};
use crate::table::Table;
use crate::text;
use crate::value::Cell;

/// Writes every row whose record stands differently in the columns of `after` than in those of `before`.
pub(crate) fn reencode(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    before: &Table,
    after: &Table,
) -> Result<()> {
    let shape_of = |table: &Table| -> Vec<_> {
        let columns = table.columns.iter();
        columns
            .map(|column| (column.property.clone(), column.kind, column.is_searched, column.place))
            .collect()
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
    misfits::recount(transaction, after)
}

/// Adds the words of all rows of a table to the index, which has none of them.
pub(crate) fn index_again(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    table: &Table,
) -> Result<()> {
    let mut last = i64::MIN;
    loop {
        let rows = batch(transaction, table, last)?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.id;
        for stored in rows {
            let record = stored.record(table);
            let row = record::row(table, &record, stored.key.clone());
            text::insert(transaction, learnt, table, stored.id, &record, &row)?;
        }
    }
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
    let used: String =
        after.columns.iter().map(|column| format!(", c{} = ?", column.place)).collect();
    let mut statement = transaction.prepare_cached(&format!(
        "UPDATE {} SET _shape = ?, _rest = ?{used}{unused} WHERE _row = ?",
        after.rows()
    ))?;
    let shape = Cell::Integer(shape_id(transaction, learnt, &row.shape)?);
    let rest = row.rest.clone().map_or(Cell::Null, Cell::Text);
    let values =
        [shape, rest].into_iter().chain(row.cells.iter().cloned()).chain([Cell::Integer(id)]);
    statement.execute(params_from_iter(values))?;
    Ok(())
}
