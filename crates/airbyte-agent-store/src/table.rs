//! Tables: what the store knows about each, and how it comes to have the columns that a spec asks for.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::{Error, Result};
use crate::names::{Names, literal, quoted, table_name};
use crate::reencode::reencode;
use crate::spec::{TableSpec, WantedColumn};
use crate::store::{Learnt, Store};
use crate::value::ColumnKind;

/// Columns that every table has beside those of its records.
pub(crate) const OWN_COLUMNS: [&str; 4] = ["_account", "_key", "_synced_at", "_record"];

/// A table of the store, with the columns that it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) connector: String,
    pub(crate) entity: String,
    pub(crate) description: String,
    pub(crate) key: Vec<String>,
    pub(crate) hidden: Vec<Vec<String>>,
    pub(crate) columns: Vec<Column>,
    /// Number that the next column gets.
    next_column: u32,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// Name in SQL. It is the name of the field, with a number if another differs by case only.
    pub name: String,
    /// Name of the field of the records.
    pub property: String,
    /// The type of its values.
    pub kind: ColumnKind,
    /// What the field means, from the schema; empty if that does not say.
    pub description: String,
    /// Whether the words of its texts are found by searches.
    pub is_searched: bool,
    /// Its column is `c<place>`.
    pub(crate) place: u32,
}

impl Table {
    /// Name in SQL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Slug of the connector.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// Name of the entity.
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// What one record is.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The fields that identify a record within an account; none if records are known by their place.
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// The columns, in the order of the schema.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn rows(&self) -> String {
        format!("_rows_{}", self.id)
    }

    pub(crate) fn column(&self, property: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.property == property)
    }

    /// Reads what the store knows about the table whose `_tables` row meets the condition.
    pub(crate) fn load(
        connection: &rusqlite::Connection,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<Self>> {
        let sql = format!(
            "SELECT id, name, connector, entity, description, keys, hidden, next_column FROM _tables
             WHERE {condition} ORDER BY name"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let tables = statement.query_map(parameters, |row| {
            Ok(Self {
                id: row.get(0)?,
                name: row.get(1)?,
                connector: row.get(2)?,
                entity: row.get(3)?,
                description: row.get(4)?,
                key: list(&row.get::<_, String>(5)?),
                hidden: list(&row.get::<_, String>(6)?),
                columns: Vec::new(),
                next_column: row.get(7)?,
            })
        })?;
        let mut tables = tables.collect::<rusqlite::Result<Vec<_>>>()?;
        for table in &mut tables {
            table.columns = columns(connection, table.id)?;
        }
        Ok(tables)
    }
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap_or_default()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn columns(connection: &rusqlite::Connection, table: i64) -> Result<Vec<Column>> {
    let mut statement = connection.prepare_cached(
        "SELECT property, name, kind, description, is_searched, place FROM _columns
         WHERE table_id = ? ORDER BY place",
    )?;
    let columns = statement.query_map([table], |row| {
        let kind: String = row.get(2)?;
        Ok(Column {
            property: row.get(0)?,
            name: row.get(1)?,
            kind: ColumnKind::from_name(&kind).unwrap_or(ColumnKind::Text),
            description: row.get(3)?,
            is_searched: row.get(4)?,
            place: row.get(5)?,
        })
    })?;
    Ok(columns.collect::<rusqlite::Result<_>>()?)
}

impl Store {
    /// The table that this spec asks for. It is made if it does not exist. If it does, it gets the columns that
    /// it lacks, and a column whose type has changed is replaced by one of the new type, in which the values of
    /// all rows are. Fields that are left out from now on are removed from the rows that have them.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] if the table has rows and its key would change; and the errors of writing.
    pub fn declare(&self, spec: &TableSpec) -> Result<Table> {
        if let Some(table) = self.table(&spec.connector, &spec.entity)?
            && is_as_wanted(&table, spec)
        {
            return Ok(table);
        }
        self.write(|transaction, learnt| declare(transaction, learnt, spec))
    }

    /// The table of an entity; `None` if it was never declared.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn table(&self, connector: &str, entity: &str) -> Result<Option<Table>> {
        self.read(|reader| {
            reader.internally(|connection| {
                let found = Table::load(connection, "connector = ?1 AND entity = ?2", [connector, entity])?;
                Ok(found.into_iter().next())
            })
        })
    }
}

fn is_as_wanted(table: &Table, spec: &TableSpec) -> bool {
    let wanted = spec.columns();
    let is_same = |wanted: &WantedColumn| {
        table.column(&wanted.property).is_some_and(|known| {
            known.kind == wanted.kind
                && known.description == wanted.description
                && known.is_searched == wanted.is_searched
        })
    };
    table.key == spec.key
        && table.description == spec.description
        && table.hidden == spec.hidden()
        && wanted.iter().all(is_same)
}

fn declare(transaction: &Transaction<'_>, learnt: &mut Learnt, spec: &TableSpec) -> Result<Table> {
    let known = Table::load(transaction, "connector = ?1 AND entity = ?2", [&spec.connector, &spec.entity])?;
    let mut table = match known.into_iter().next() {
        Some(table) => table,
        None => create(transaction, spec)?,
    };
    let before = table.clone();
    if table.key != spec.key {
        change_key(transaction, &mut table, spec)?;
    }
    table.hidden = spec.hidden();
    table.description.clone_from(&spec.description);
    let mut names = Names::with(
        OWN_COLUMNS.into_iter().chain(table.columns.iter().map(|column| column.name.as_str())),
    );
    let hidden: HashSet<&str> = table
        .hidden
        .iter()
        .filter_map(|path| path.first().filter(|_| path.len() == 1).map(String::as_str))
        .collect();
    let mut columns: Vec<Column> =
        table.columns.iter().filter(|column| !hidden.contains(column.property.as_str())).cloned().collect();
    for wanted in spec.columns() {
        let known = columns.iter_mut().find(|column| column.property == wanted.property);
        if let Some(known) = known {
            known.description = wanted.description;
            known.is_searched = wanted.is_searched;
            if known.kind != wanted.kind {
                known.kind = wanted.kind;
                known.place = add_column(transaction, table.id, &mut table.next_column, wanted.kind)?;
            }
        } else if columns.len() < crate::spec::MOST_COLUMNS {
            let place = add_column(transaction, table.id, &mut table.next_column, wanted.kind)?;
            columns.push(Column {
                name: names.take(&wanted.property),
                property: wanted.property,
                kind: wanted.kind,
                description: wanted.description,
                is_searched: wanted.is_searched,
                place,
            });
        }
    }
    table.columns = columns;
    save(transaction, &table)?;
    view(transaction, &table)?;
    reencode(transaction, learnt, &before, &table)?;
    index(transaction, &table, spec)?;
    Ok(table)
}

fn create(transaction: &Transaction<'_>, spec: &TableSpec) -> Result<Table> {
    let wanted = table_name(&spec.connector, &spec.entity);
    let mut taken = transaction.prepare("SELECT name FROM sqlite_schema UNION SELECT name FROM _tables")?;
    let taken = taken.query_map([], |row| row.get::<_, String>(0))?;
    let taken = taken.collect::<rusqlite::Result<Vec<_>>>()?;
    let name = Names::with(taken.iter().map(String::as_str)).take(&wanted);
    transaction.execute(
        "INSERT INTO _tables (name, connector, entity, description, keys, hidden, next_column)
         VALUES (?, ?, ?, '', ?, '[]', 1)",
        params![name, spec.connector, spec.entity, json(&spec.key)],
    )?;
    let id = transaction.last_insert_rowid();
    transaction.execute_batch(&format!(
        "CREATE TABLE _rows_{id} (
            _row INTEGER PRIMARY KEY, _account TEXT NOT NULL, _key TEXT NOT NULL,
            _synced_at TEXT NOT NULL, _shape INTEGER NOT NULL, _rest TEXT);
         CREATE UNIQUE INDEX _key_{id} ON _rows_{id} (_account, _key);"
    ))?;
    Ok(Table {
        id,
        name,
        connector: spec.connector.clone(),
        entity: spec.entity.clone(),
        description: String::new(),
        key: spec.key.clone(),
        hidden: Vec::new(),
        columns: Vec::new(),
        next_column: 1,
    })
}

/// A row's key is made from its record when it is written, so that it cannot change afterwards.
fn change_key(transaction: &Transaction<'_>, table: &mut Table, spec: &TableSpec) -> Result<()> {
    let row = transaction
        .query_row(&format!("SELECT 1 FROM {} LIMIT 1", table.rows()), [], |_| Ok(()))
        .optional()?;
    if row.is_some() {
        return Err(Error::Table {
            table: table.name.clone(),
            why: format!(
                "its rows are identified by [{}] and would be by [{}]; clear the table and fetch it again",
                table.key.join(", "),
                spec.key.join(", ")
            ),
        });
    }
    table.key.clone_from(&spec.key);
    Ok(())
}

fn add_column(transaction: &Transaction<'_>, table: i64, next: &mut u32, kind: ColumnKind) -> Result<u32> {
    let place = *next;
    *next += 1;
    transaction.execute_batch(&format!("ALTER TABLE _rows_{table} ADD COLUMN c{place} {}", kind.declared()))?;
    Ok(place)
}

fn save(transaction: &Transaction<'_>, table: &Table) -> Result<()> {
    transaction.execute(
        "UPDATE _tables SET description = ?, keys = ?, hidden = ?, next_column = ? WHERE id = ?",
        params![table.description, json(&table.key), json(&table.hidden), table.next_column, table.id],
    )?;
    transaction.execute("DELETE FROM _columns WHERE table_id = ?", [table.id])?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO _columns (table_id, place, property, name, kind, is_searched, description)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )?;
    for column in &table.columns {
        insert.execute(params![
            table.id,
            column.place,
            column.property,
            column.name,
            column.kind.name(),
            column.is_searched,
            column.description,
        ])?;
    }
    Ok(())
}

/// What users read: the columns under their names, and the whole record put together again.
fn view(transaction: &Transaction<'_>, table: &Table) -> Result<()> {
    let name = quoted(&table.name);
    let mut columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("c{} AS {}", column.place, quoted(&column.name)))
        .collect();
    columns.extend(["_account", "_key", "_synced_at"].map(str::to_owned));
    columns.push(format!("{} AS _record", record_expression(table)));
    transaction.execute_batch(&format!(
        "DROP VIEW IF EXISTS {name}; CREATE VIEW {name} AS SELECT {} FROM {};",
        columns.join(", "),
        table.rows()
    ))?;
    Ok(())
}

/// The record of a row of `_rows_<id>` as an expression.
pub(crate) fn record_expression(table: &Table) -> String {
    let kinds: Vec<(&str, ColumnKind)> =
        table.columns.iter().map(|column| (column.property.as_str(), column.kind)).collect();
    let places: String = table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
    format!(
        "store_record({}, _shape, (SELECT members FROM _shapes WHERE id = _shape), _rest{places})",
        literal(&json(&kinds))
    )
}

fn index(transaction: &Transaction<'_>, table: &Table, spec: &TableSpec) -> Result<()> {
    let single = spec.key.iter().filter(|_| spec.key.len() == 1);
    let wanted: HashSet<&String> = spec.indexed.iter().chain(single).collect();
    for column in table.columns.iter().filter(|column| wanted.contains(&column.property)) {
        let place = column.place;
        transaction.execute_batch(&format!(
            "CREATE INDEX IF NOT EXISTS _index_{0}_{place} ON {1} (c{place})",
            table.id,
            table.rows()
        ))?;
    }
    Ok(())
}
