//! Values that are not of the type of their column, such as a text where the schema says that there is a number. They
//! are counted when rows are written, so that whoever reads such a column can be told. The count knows no value. SQLite has
//! such a value in the column all the same, Postgres has null there.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::db::{Db, Dialect, cells};
use crate::error::Result;
use crate::names::literal;
use crate::stored::{stored, stored_columns};
use crate::table::{Column, Table};
use crate::typed;
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
    /// The name by which searches know the column: that of the field, or the column's own if its values are inside one.
    pub field: String,
    /// The type of the column.
    pub kind: ColumnKind,
    /// What the values are: `text`, `list`, `object`, `truth value`, `number` or `long number`, and in
    /// Postgres also `number with a fraction` and `value with the character NUL`.
    pub found: String,
    /// How many values there are.
    pub values: u64,
    /// The names that lead to the values in a record.
    #[serde(skip)]
    path: Vec<String>,
    #[serde(skip)]
    dialect: Dialect,
}

impl Misfit {
    fn new(
        name: &str,
        table: &Table,
        column: &Column,
        account: &str,
        (found, values): (&str, i64),
    ) -> Self {
        Self {
            table: name.to_owned(),
            account: account.to_owned(),
            column: column.name.clone(),
            field: column.field().to_owned(),
            kind: column.kind,
            found: found.to_owned(),
            values: u64::try_from(values).unwrap_or_default(),
            path: column.path(),
            dialect: table.dialect,
        }
    }

    /// What this means for whoever reads the column, in a sentence. It contains no value.
    pub fn sentence(&self) -> String {
        let Self { table, account, column, kind, found, values, path, dialect, .. } = self;
        let (what, verb) = match values {
            1 => (format!("value of the account {account} is a {found}"), "it"),
            _ => (format!("values of the account {account} are each a {found}"), "them"),
        };
        let kind = with_article(*kind);
        let advice = match dialect {
            Dialect::Sqlite => {
                let steps = path.iter().map(|name| format!(".\"{}\"", name.replace('"', "\\\"")));
                let path = literal(&format!("${}", steps.collect::<String>()));
                format!(
                    "conditions, orders and sums over the column do not treat {verb} as {kind}, and \
                     json_extract(_record, {path}) gives what the vendor sent"
                )
            }
            Dialect::Postgres => {
                let steps: Vec<String> = path.iter().map(|name| literal(name)).collect();
                format!(
                    "the column is null in place of {verb}, and _record #> ARRAY[{}] gives what the vendor sent",
                    steps.join(", ")
                )
            }
        };
        format!("{table}.{column} should be {kind}, but {values} {what}; {advice}")
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

/// What a value is that the column of its kind does not hold as one of its type; `None` if the column does, or takes any.
fn found(dialect: Dialect, kind: ColumnKind, cell: &Cell) -> Option<&'static str> {
    let other = of_another_type(kind, cell);
    if !dialect.is_postgres() {
        return other;
    }
    // What is in a column of Postgres is of its type.
    typed::is_lost(kind, cell).then(|| match (kind, cell) {
        _ if other.is_some() => other.unwrap_or_default(),
        (ColumnKind::Json, _) => "value with the character NUL",
        (_, Cell::Real(_)) => "number with a fraction",
        (_, Cell::Text(text)) => word(text),
        _ => "number",
    })
}

/// What a value is that is not of this type.
fn of_another_type(kind: ColumnKind, cell: &Cell) -> Option<&'static str> {
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
            if let Some(found) = found(table.dialect, column.kind, cell) {
                *self.0.entry((column.place, found)).or_default() += by;
            }
        }
    }

    /// Writes what was counted.
    pub(crate) fn write(self, db: &dyn Db, table: &Table, account: &str) -> Result<()> {
        let counted = self.0.into_iter().filter(|(_, by)| *by != 0);
        let rows: Vec<Vec<Cell>> = counted
            .map(|((place, found), by)| cells![table.id, account, place, found, by])
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        db.execute_all(
            "INSERT INTO _misfits (table_id, account, place, found, number) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (table_id, account, place, found)
             DO UPDATE SET number = _misfits.number + excluded.number",
            &rows,
        )?;
        db.execute(
            "DELETE FROM _misfits WHERE table_id = ? AND account = ? AND number <= 0",
            cells![table.id, account],
        )?;
        Ok(())
    }

    /// What was counted, of rows that are in no table of the store.
    pub(crate) fn misfits(&self, table: &Table, account: &str) -> Vec<Misfit> {
        let one = |((place, found), number): (&(u32, &'static str), &i64)| {
            let column = table.columns.iter().find(|column| column.place == *place)?;
            let misfit = Misfit::new(&table.name, table, column, account, (found, *number));
            Some(misfit).filter(|misfit| misfit.values > 0)
        };
        self.0.iter().filter_map(one).collect()
    }
}

/// Takes the values of rows that are about to be removed out of the counts.
pub(crate) fn forget_rows(db: &dyn Db, table: &Table, account: &str, rows: &[i64]) -> Result<()> {
    let any = "SELECT 1 FROM _misfits WHERE table_id = ? AND account = ? LIMIT 1";
    if db.row(any, cells![table.id, account])?.is_none() {
        return Ok(());
    }
    let sql = format!("SELECT {} FROM {} WHERE _row = ?", stored_columns(table), table.rows());
    let numbers: Vec<Vec<Cell>> = rows.iter().map(|row| cells![*row]).collect();
    let mut tally = Tally::default();
    for fields in db.query_all(&sql, &numbers)?.iter().flatten() {
        tally.remove(table, &stored(fields, table).cells);
    }
    tally.write(db, table, account)
}

/// Counts the values of all rows of a table anew.
pub(crate) fn recount(db: &dyn Db, table: &Table) -> Result<()> {
    db.execute("DELETE FROM _misfits WHERE table_id = ?", cells![table.id])?;
    let mut tallies: HashMap<String, Tally> = HashMap::new();
    let sql = format!("SELECT {}, _account FROM {}", stored_columns(table), table.rows());
    db.each(&sql, &[], &mut |mut fields| {
        let Some(Cell::Text(account)) = fields.0.pop() else { return Ok(true) };
        tallies.entry(account).or_default().add(table, &stored(&fields, table).cells);
        Ok(true)
    })?;
    tallies.into_iter().try_for_each(|(account, tally)| tally.write(db, table, &account))
}

/// A table as a statement reads it.
pub(crate) struct ReadTable<'r> {
    /// The name by which it is read.
    pub(crate) name: &'r str,
    pub(crate) table: &'r Table,
    /// The accounts whose rows are read; `None` for all.
    pub(crate) accounts: Option<&'r [String]>,
}

impl<'r> ReadTable<'r> {
    /// A table that is read by its own name, with all accounts.
    pub(crate) fn whole(table: &'r Table) -> Self {
        Self { name: &table.name, table, accounts: None }
    }
}

/// The values that are not of the type of their column, in these tables and of the columns for which `is_read` is true.
pub(crate) fn load(
    db: &dyn Db,
    tables: &[ReadTable<'_>],
    is_read: impl Fn(&str, &str) -> bool,
) -> Result<Vec<Misfit>> {
    let sql = "SELECT account, place, found, number FROM _misfits WHERE table_id = ?
         ORDER BY place, account, found";
    let mut all = Vec::new();
    for ReadTable { name, table, accounts } in tables {
        for counted in db.rows(sql, cells![table.id])? {
            let (account, place, found) = (counted.text(0), counted.integer(1), counted.text(2));
            let column = table.shown().find(|column| i64::from(column.place) == place);
            let Some(column) = column.filter(|column| is_read(name, &column.name)) else {
                continue;
            };
            if accounts.is_none_or(|accounts| accounts.contains(&account)) {
                let number = counted.integer(3);
                all.push(Misfit::new(name, table, column, &account, (&found, number)));
            }
        }
    }
    Ok(all)
}

/// The columns that a statement reads, by the names of table and column in lower case.
pub(crate) type ReadColumns = BTreeSet<(String, String)>;

/// Whether there are any such values.
pub(crate) fn are_any(db: &dyn Db) -> Result<bool> {
    Ok(db.row("SELECT 1 FROM _misfits LIMIT 1", Vec::new())?.is_some())
}

/// As [`load`], for the tables and columns that a statement has read.
pub(crate) fn of_read(
    db: &dyn Db,
    read: &ReadColumns,
    tables: Option<Vec<ReadTable<'_>>>,
) -> Result<Vec<Misfit>> {
    if read.is_empty() || !are_any(db)? {
        return Ok(Vec::new());
    }
    let is_read =
        |table: &str, column: &str| read.contains(&(table.to_lowercase(), column.to_lowercase()));
    if let Some(tables) = tables {
        return load(db, &tables, is_read);
    }
    let mut all = Table::load(db, "TRUE", Vec::new())?;
    all.retain(|table| {
        let name = table.name.to_lowercase();
        read.iter().any(|(known, _)| *known == name)
    });
    load(db, &all.iter().map(ReadTable::whole).collect::<Vec<_>>(), is_read)
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
            assert_eq!(found(Dialect::Sqlite, kind, &cell), expected, "{kind:?} {cell:?}");
        }
    }

    #[test]
    fn what_a_column_of_postgres_cannot_hold_is_told() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for (kind, cell, expected) in [
            (ColumnKind::Integer, Cell::Integer(5), None),
            (ColumnKind::Integer, Cell::Null, None),
            (ColumnKind::Integer, Cell::Real(5.5), Some("number with a fraction")),
            (ColumnKind::Integer, text("n/a"), Some("text")),
            (ColumnKind::Real, Cell::Digits("9".repeat(30)), Some("long number")),
            (ColumnKind::Boolean, Cell::Integer(7), Some("number")),
            (ColumnKind::Timestamp, text("2024-01-05"), None),
            (ColumnKind::Timestamp, text("2024-13-05"), Some("text")),
            (ColumnKind::Timestamp, text("1704448800"), Some("number")),
            (ColumnKind::Text, text("[1]"), None),
            (ColumnKind::Json, text(r#"["a\u0000"]"#), Some("value with the character NUL")),
        ] {
            assert_eq!(found(Dialect::Postgres, kind, &cell), expected, "{kind:?} {cell:?}");
        }
    }
}
