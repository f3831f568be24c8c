//! Searches by filter, order, fields and cursor, as the context store has them.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};

use super::cursor::{Cursor, Key};
use super::scan;
use super::translate::Translation;
use super::wanted::{Page, Wanted};
use crate::db::{Db, Dialect};
use crate::error::{Error, Result};
use crate::misfits::{self, Misfit, ReadTable};
use crate::sql::QueryLimits;
use crate::store::Store;
use crate::table::{Table, record_expression};
use crate::view::View;

/// One page of the records that a search finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SearchPage {
    /// The records, or the fields of them that were selected.
    pub data: Vec<Value>,
    /// Whether there is another page.
    pub has_more: bool,
    /// What the search for the next page passes as `cursor`; `None` on the last page.
    pub cursor: Option<String>,
    /// The values that are not of the type of their column, in the columns by which the search selects and sorts.
    pub misfits: Vec<Misfit>,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}

impl Store {
    /// A search with the arguments of the context store's search: `query` with `filter` and `sort`, `limit`,
    /// `cursor` and `fields`. `accounts` are those whose records are searched; all of them if there are none.
    /// A record without a field by which the records are sorted comes last.
    ///
    /// # Errors
    ///
    /// [`Error::Search`] for arguments that are wrong; [`Error::Query`] if the search takes longer than the
    /// limits allow.
    pub fn search(
        &self,
        table: &Table,
        accounts: &[&str],
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let accounts = Some(accounts).filter(|accounts| !accounts.is_empty());
        self.search_table(table, accounts, arguments, limits)
    }

    /// A search in a view, with the arguments of [`search`](Self::search). Fields that the view withholds do not exist.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search); [`Error::Search`] also if the view has no table.
    pub fn search_view(
        &self,
        view: &View,
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let table = self.read(|db| view.table(db))?;
        let table = table.ok_or_else(|| {
            let View { connector, entity, .. } = view;
            Error::Search(format!("the store has no table of {connector} {entity}"))
        })?;
        let accounts: Vec<&str> = view.accounts.iter().map(String::as_str).collect();
        self.search_table(&table, Some(&accounts), arguments, limits)
    }

    /// A search in the records of these accounts, or in all of them.
    fn search_table(
        &self,
        table: &Table,
        accounts: Option<&[&str]>,
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let started = Instant::now();
        let wanted = Wanted::read(table, arguments)?;
        // What a cursor belongs to.
        let identity = Value::from(vec![
            arguments.get("query").cloned().unwrap_or_default(),
            accounts.unwrap_or_default().into(),
        ])
        .to_string();
        let cursor = arguments.get("cursor").filter(|cursor| !cursor.is_null());
        let cursor = cursor.map(|cursor| Cursor::read(cursor, &identity)).transpose()?;
        self.read_within(limits, |db| {
            let table = &table.current(db)?;
            let mut found = Page::new(&wanted);
            match db.dialect() {
                Dialect::Sqlite => translated(db, table, accounts, cursor.as_ref(), &mut found)?,
                Dialect::Postgres => {
                    scan::scan(db, table, accounts, cursor.as_ref(), &mut found)?;
                }
            }
            let last = found.last.filter(|_| found.has_more);
            let fields = wanted.compared_fields();
            let compared = |column: &str| {
                fields.iter().any(|field| table.field(field).is_some_and(|one| one.name == column))
            };
            let all: Vec<String> =
                accounts.unwrap_or_default().iter().map(|one| (*one).to_owned()).collect();
            let accounts = accounts.map(|_| all.as_slice());
            let read = ReadTable { name: &table.name, table, accounts };
            Ok(SearchPage {
                misfits: misfits::load(db, &[read], |_, column| compared(column))?,
                data: found.data,
                has_more: found.has_more,
                cursor: last.map(|(row, keys)| Cursor::new(&identity, keys, row).write()),
                took_ms: started.elapsed().as_secs_f64() * 1000.0,
            })
        })
    }
}

/// Fills the page by one statement that means the whole search.
fn translated(
    db: &dyn Db,
    table: &Table,
    accounts: Option<&[&str]>,
    cursor: Option<&Cursor>,
    found: &mut Page<'_>,
) -> Result<()> {
    let mut translation = Translation { table, db, parameters: Vec::new() };
    let sql = statement(&mut translation, accounts, found.wanted, cursor)?;
    db.each(&sql, &translation.parameters, &mut |row| {
        let record: Value = serde_json::from_str(&row.text(1)).unwrap_or_default();
        let keys = row.0.iter().skip(2).map(Key::of).collect();
        Ok(found.add(row.integer(0), keys, &record))
    })
}

/// The statement: number, record, and the values by which the rows are sorted.
fn statement(
    translation: &mut Translation<'_>,
    accounts: Option<&[&str]>,
    wanted: &Wanted,
    cursor: Option<&Cursor>,
) -> Result<String> {
    let table = translation.table;
    let mut conditions = vec!["TRUE".to_owned()];
    if let Some(accounts) = accounts {
        let marks: Vec<String> =
            accounts.iter().map(|account| translation.bind((*account).into())).collect();
        conditions.push(format!("_account IN ({})", marks.join(", ")));
    }
    if let Some(filter) = &wanted.filter {
        conditions.push(translation.condition(filter)?);
    }
    let keys: Vec<String> = wanted.sort.iter().map(|(place, _)| place.scalar()).collect();
    if let Some(cursor) = cursor {
        conditions.push(after(translation, wanted, &keys, cursor));
    }
    let mut order: Vec<String> = Vec::new();
    for ((_, is_descending), key) in wanted.sort.iter().zip(&keys) {
        order.push(format!("{key} {} NULLS LAST", if *is_descending { "DESC" } else { "ASC" }));
    }
    order.push("_row".to_owned());
    let selected: String = keys.iter().map(|key| format!(", {key}")).collect();
    Ok(format!(
        "SELECT _row, {}{selected} FROM {} WHERE {} ORDER BY {} LIMIT {}",
        record_expression(table),
        table.rows(),
        conditions.join(" AND "),
        order.join(", "),
        wanted.limit + 1
    ))
}

/// The condition for rows behind the cursor, in the order of the search.
fn after(
    translation: &mut Translation<'_>,
    wanted: &Wanted,
    keys: &[String],
    cursor: &Cursor,
) -> String {
    let mut alternatives = Vec::new();
    let mut equal: Vec<String> = Vec::new();
    for (((_, is_descending), key), value) in wanted.sort.iter().zip(keys).zip(&cursor.keys) {
        let is_null = *value == Key::Null;
        let value = translation.bind(value.cell());
        if !is_null {
            let sign = if *is_descending { "<" } else { ">" };
            // Rows without a value come last.
            let behind = format!("({key} {sign} {value} OR {key} IS NULL)");
            alternatives
                .push(equal.iter().cloned().chain([behind]).collect::<Vec<_>>().join(" AND "));
        }
        equal.push(format!("{key} IS {value}"));
    }
    let row = translation.bind(cursor.row.into());
    equal.push(format!("_row > {row}"));
    alternatives.push(equal.join(" AND "));
    format!("(({}))", alternatives.join(") OR ("))
}
