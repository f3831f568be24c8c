//! Values that are not of the type of their column, such as a text where the schema says that there is a number. They
//! are counted when rows are written, so that whoever reads such a column can be told. The count knows no value.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use crate::error::Result;
use crate::names::literal;
use crate::stored::{stored, stored_columns};
use crate::table::Table;
use crate::value::{Cell, ColumnKind};

/// Values of an account in a column whose type they do not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Misfit {
    /// Name of the table, or of the view by which it was read.
    pub table: String,
    /// Name of the account.
    pub account: String,
    /// Name of the column in SQL.
    pub column: String,
    /// Name of the field of the records.
    pub field: String,
    /// The type of the column.
    pub kind: ColumnKind,
    /// What the values are: `text`, `list`, `object`, `truth value`, `number` or `long number`.
    pub found: String,
    /// How many values there are.
    pub values: u64,
}

impl Misfit {
    /// What this means for whoever reads the column, in a sentence. It contains no value.
    pub fn sentence(&self) -> String {
        let Self { table, account, column, field, kind, found, values } = self;
        let (what, verb) = match values {
            1 => (format!("value of the account {account} is a {found}"), "it"),
            _ => (format!("values of the account {account} are each a {found}"), "them"),
        };
        let path = format!("$.\"{}\"", field.replace('"', "\\\""));
        format!(
            "{table}.{column} should be {}, but {values} {what}; conditions, orders and sums over the column do not treat \
             {verb} as {}, and json_extract(_record, {}) gives what the vendor sent",
            with_article(*kind),
            with_article(*kind),
            literal(&path),
        )
    }
}

fn with_article(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "a text",
        ColumnKind::Integer => "an integer",
        ColumnKind::Real => "a number",
        ColumnKind::Boolean => "a truth value",
        ColumnKind::Timestamp => "a timestamp",
        ColumnKind::Json => "a list or an object",
    }
}

/// What a value is that is not of the type of its column; `None` if it is of this type, or if the column takes any.
fn found(kind: ColumnKind, cell: &Cell) -> Option<&'static str> {
    match (kind, cell) {
        (ColumnKind::Boolean, Cell::Integer(0 | 1)) => None,
        (ColumnKind::Boolean, Cell::Integer(_) | Cell::Real(_)) => Some("number"),
        (ColumnKind::Integer | ColumnKind::Real | ColumnKind::Boolean, Cell::Text(text)) => {
            Some(word(text))
        }
        (ColumnKind::Integer | ColumnKind::Real | ColumnKind::Boolean, Cell::Digits(_)) => {
            Some("long number")
        }
        (ColumnKind::Timestamp, Cell::Text(text)) if !begins_with_date(text) => {
            let is_number = !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            Some(if is_number { "number" } else { word(text) })
        }
        _ => None,
    }
}

fn word(text: &str) -> &'static str {
    match text {
        "true" | "false" => "truth value",
        _ if text.starts_with('{') => "object",
        _ if text.starts_with('[') => "list",
        _ => "text",
    }
}

/// Whether a text begins as moments do: `2024-` or `20240105`.
fn begins_with_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == 4 && bytes.get(4) == Some(&b'-'))
        || (digits == 8 && bytes.get(8).is_none_or(|byte| *byte == b'T'))
}

/// How many such values come to the rows of an account in a table, or go, by the column's place and what they are.
#[derive(Debug, Default)]
pub(crate) struct Tally(HashMap<(u32, &'static str), i64>);

impl Tally {
    /// Counts the values of a row that comes.
    pub(crate) fn add(&mut self, table: &Table, cells: &[Cell]) {
        self.count(table, cells, 1);
    }

    /// Counts the values of a row that goes.
    pub(crate) fn remove(&mut self, table: &Table, cells: &[Cell]) {
        self.count(table, cells, -1);
    }

    fn count(&mut self, table: &Table, cells: &[Cell], by: i64) {
        for (column, cell) in table.columns.iter().zip(cells) {
            if let Some(found) = found(column.kind, cell) {
                *self.0.entry((column.place, found)).or_default() += by;
            }
        }
    }

    /// Writes what was counted.
    pub(crate) fn write(self, connection: &Connection, table: &Table, account: &str) -> Result<()> {
        for ((place, found), by) in self.0.into_iter().filter(|(_, by)| *by != 0) {
            connection
                .prepare_cached(
                    "INSERT INTO _misfits (table_id, account, place, found, number) VALUES (?, ?, ?, ?, ?)
                     ON CONFLICT (table_id, account, place, found)
                     DO UPDATE SET number = _misfits.number + excluded.number",
                )?
                .execute(params![table.id, account, place, found, by])?;
            connection
                .prepare_cached(
                    "DELETE FROM _misfits WHERE table_id = ? AND account = ? AND place = ? AND number <= 0",
                )?
                .execute(params![table.id, account, place])?;
        }
        Ok(())
    }

    /// What was counted, of rows that are in no table of the store.
    pub(crate) fn misfits(&self, table: &Table, account: &str) -> Vec<Misfit> {
        let one = |((place, found), number): (&(u32, &'static str), &i64)| {
            let column = table.columns.iter().find(|column| column.place == *place)?;
            Some(Misfit {
                table: table.name.clone(),
                account: account.to_owned(),
                column: column.name.clone(),
                field: column.property.clone(),
                kind: column.kind,
                found: (*found).to_owned(),
                values: u64::try_from(*number).ok().filter(|number| *number > 0)?,
            })
        };
        self.0.iter().filter_map(one).collect()
    }
}

/// Takes the values of a row that is about to be removed out of the counts.
pub(crate) fn forget_row(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    row: i64,
) -> Result<()> {
    let has_some = transaction
        .prepare_cached("SELECT 1 FROM _misfits WHERE table_id = ? AND account = ? LIMIT 1")?
        .exists(params![table.id, account])?;
    if !has_some {
        return Ok(());
    }
    let sql = format!("SELECT {} FROM {} WHERE _row = ?", stored_columns(table), table.rows());
    let known =
        transaction.prepare_cached(&sql)?.query_row([row], |row| stored(row, table)).optional()?;
    let mut tally = Tally::default();
    if let Some(known) = known {
        tally.remove(table, &known.cells);
    }
    tally.write(transaction, table, account)
}

/// Counts the values of all rows of a table anew.
pub(crate) fn recount(transaction: &Transaction<'_>, table: &Table) -> Result<()> {
    transaction.execute("DELETE FROM _misfits WHERE table_id = ?", [table.id])?;
    let mut tallies: HashMap<String, Tally> = HashMap::new();
    {
        let sql = format!("SELECT {}, _account FROM {}", stored_columns(table), table.rows());
        let mut all = transaction.prepare(&sql)?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let known = stored(row, table)?;
            let account: String = row.get(table.columns.len() + 4)?;
            tallies.entry(account).or_default().add(table, &known.cells);
        }
    }
    tallies.into_iter().try_for_each(|(account, tally)| tally.write(transaction, table, &account))
}

/// A table as a statement reads it.
pub(crate) struct ReadTable<'r> {
    /// The name by which it is read.
    pub(crate) name: &'r str,
    pub(crate) table: &'r Table,
    /// The accounts whose rows are read; `None` for all.
    pub(crate) accounts: Option<&'r [String]>,
}

/// The values that are not of the type of their column, in these tables and of the columns for which `is_read` is true.
pub(crate) fn load(
    connection: &Connection,
    tables: &[ReadTable<'_>],
    is_read: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Misfit>> {
    let mut find = connection.prepare_cached(
        "SELECT account, place, found, number FROM _misfits WHERE table_id = ? ORDER BY place, account, found",
    )?;
    let mut all = Vec::new();
    for ReadTable { name, table, accounts } in tables {
        let counted = find.query_map([table.id], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get(2)?, row.get(3)?))
        })?;
        for counted in counted {
            let (account, place, found, number): (_, _, String, i64) = counted?;
            let column = table.shown().find(|column| column.place == place);
            let Some(column) = column.filter(|column| is_read(name, &column.name)) else {
                continue;
            };
            if accounts.is_some_and(|accounts| !accounts.contains(&account)) {
                continue;
            }
            all.push(Misfit {
                table: (*name).to_owned(),
                account,
                column: column.name.clone(),
                field: column.property.clone(),
                kind: column.kind,
                found,
                values: u64::try_from(number).unwrap_or_default(),
            });
        }
    }
    Ok(all)
}

/// The columns that a statement reads, by the names of table and column in lower case.
pub(crate) type ReadColumns = BTreeSet<(String, String)>;

/// As [`load`], for the tables and columns that a statement has read.
pub(crate) fn of_read(
    connection: &Connection,
    read: &ReadColumns,
    tables: Option<Vec<ReadTable<'_>>>,
) -> Result<Vec<Misfit>> {
    let has_some = connection.prepare_cached("SELECT 1 FROM _misfits LIMIT 1")?.exists([])?;
    if !has_some || read.is_empty() {
        return Ok(Vec::new());
    }
    let is_read =
        |table: &str, column: &str| read.contains(&(table.to_lowercase(), column.to_lowercase()));
    match tables {
        Some(tables) => load(connection, &tables, is_read),
        None => {
            let all = Table::load(connection, "TRUE", [])?;
            let named = |table: &&Table| {
                let name = table.name.to_lowercase();
                read.iter().any(|(known, _)| *known == name)
            };
            let tables: Vec<ReadTable<'_>> = all
                .iter()
                .filter(named)
                .map(|table| ReadTable { name: &table.name, table, accounts: None })
                .collect();
            load(connection, &tables, is_read)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_type_is_told_by_what_it_is() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for (kind, cell, expected) in [
            (ColumnKind::Integer, Cell::Integer(5), None),
            (ColumnKind::Integer, Cell::Real(5.5), None),
            (ColumnKind::Integer, Cell::Null, None),
            (ColumnKind::Integer, text("n/a"), Some("text")),
            (ColumnKind::Real, text("[1]"), Some("list")),
            (ColumnKind::Real, text("{}"), Some("object")),
            (ColumnKind::Real, text("true"), Some("truth value")),
            (ColumnKind::Integer, Cell::Digits("9".repeat(30)), Some("long number")),
            (ColumnKind::Boolean, Cell::Integer(1), None),
            (ColumnKind::Boolean, Cell::Integer(7), Some("number")),
            (ColumnKind::Timestamp, text("2024-01-05"), None),
            (ColumnKind::Timestamp, text("20240105T000000Z"), None),
            (ColumnKind::Timestamp, text("1704448800"), Some("number")),
            (ColumnKind::Timestamp, text("soon"), Some("text")),
            (ColumnKind::Text, text("[1]"), None),
            (ColumnKind::Json, text("1"), None),
        ] {
            assert_eq!(found(kind, &cell), expected, "{kind:?} {cell:?}");
        }
    }
}
