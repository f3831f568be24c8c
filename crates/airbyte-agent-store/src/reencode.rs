//! Rows that were written with other columns are brought into the columns that the table has now.

use serde_json::Value;

use crate::db::{Db, cells};
use crate::error::Result;
use crate::learnt::Learnt;
use crate::misfits;
use crate::record;
use crate::spec;
use crate::stored::{held, held_columns, stored, stored_columns};
use crate::table::Table;
use crate::text;

/// Writes every row whose record stands differently in the columns of `after` than in those of `before`.
pub(crate) fn reencode(
    db: &dyn Db,
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
    let select = format!(
        "SELECT {} FROM {} WHERE _row > ? ORDER BY _row LIMIT 500",
        stored_columns(before),
        before.rows()
    );
    // A column that was replaced, or whose field is left out, keeps no values.
    let is_used = |place: u32| after.columns.iter().any(|column| column.place == place);
    let unused = before.columns.iter().filter(|column| !is_used(column.place));
    let unused: String = unused.map(|column| format!(", c{} = NULL", column.place)).collect();
    let used: Vec<String> =
        held_columns(after).iter().map(|column| format!("{column} = ?")).collect();
    let update = format!("UPDATE {} SET {}{unused} WHERE _row = ?", after.rows(), used.join(", "));
    let mut last = i64::MIN;
    loop {
        let rows = db.rows(&select, cells![last])?;
        let Some(end) = rows.last() else { break };
        last = end.integer(0);
        let (mut updates, mut records) = (Vec::new(), Vec::new());
        for fields in rows {
            let old = stored(&fields, before);
            let mut value = Value::Object(old.record(before));
            spec::remove(&mut value, &after.hidden);
            let Value::Object(value) = value else { continue };
            let row = record::row(after, &value, old.key.clone());
            let mut values = held(db, learnt, after, &value, &row)?;
            values.extend(cells![old.id]);
            updates.push(values);
            records.push((old.id, value, row));
        }
        db.execute_all(&update, &updates)?;
        let ids: Vec<i64> = records.iter().map(|(id, ..)| *id).collect();
        text::delete(db, after, &ids)?;
        let records: Vec<_> = records.iter().map(|(id, record, row)| (*id, record, row)).collect();
        text::insert(db, learnt, after, &records)?;
    }
    misfits::recount(db, after)
}

/// Adds the words of all rows of a table to the index, which has none of them.
pub(crate) fn index_again(db: &dyn Db, learnt: &mut Learnt, table: &Table) -> Result<()> {
    let select = format!(
        "SELECT {} FROM {} WHERE _row > ? ORDER BY _row LIMIT 500",
        stored_columns(table),
        table.rows()
    );
    let mut last = i64::MIN;
    loop {
        let rows = db.rows(&select, cells![last])?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.integer(0);
        let records = rows.iter().map(|fields| {
            let known = stored(fields, table);
            let record = known.record(table);
            let row = record::row(table, &record, known.key);
            (known.id, record, row)
        });
        let records: Vec<_> = records.collect();
        let records: Vec<_> = records.iter().map(|(id, record, row)| (*id, record, row)).collect();
        text::insert(db, learnt, table, &records)?;
    }
}
