//! How a table comes to have the columns that a spec asks for.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::{Error, Result};
use crate::learnt::Learnt;
use crate::names::{Names, quoted, table_name};
use crate::reencode::reencode;
use crate::spec::{TableSpec, WantedColumn};
use crate::store::Store;
use crate::table::{Column, OWN_COLUMNS, Table, json, record_expression};
use crate::value::ColumnKind;

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
                let found =
                    Table::load(connection, "connector = ?1 AND entity = ?2", [connector, entity])?;
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
    let known = Table::load(
        transaction,
        "connector = ?1 AND entity = ?2",
        [&spec.connector, &spec.entity],
    )?;
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
    let mut columns: Vec<Column> = table
        .columns
        .iter()
        .filter(|column| !hidden.contains(column.property.as_str()))
        .cloned()
        .collect();
    for wanted in spec.columns() {
        let known = columns.iter_mut().find(|column| column.property == wanted.property);
        if let Some(known) = known {
            known.description = wanted.description;
            known.is_searched = wanted.is_searched;
            if known.kind != wanted.kind {
                known.kind = wanted.kind;
                known.place =
                    add_column(transaction, table.id, &mut table.next_column, wanted.kind)?;
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
    let mut taken =
        transaction.prepare("SELECT name FROM sqlite_schema UNION SELECT name FROM _tables")?;
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
        withheld: Vec::new(),
        hides_secrets: false,
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

fn add_column(
    transaction: &Transaction<'_>,
    table: i64,
    next: &mut u32,
    kind: ColumnKind,
) -> Result<u32> {
    let place = *next;
    *next += 1;
    transaction.execute_batch(&format!(
        "ALTER TABLE _rows_{table} ADD COLUMN c{place} {}",
        kind.declared()
    ))?;
    Ok(place)
}

fn save(transaction: &Transaction<'_>, table: &Table) -> Result<()> {
    transaction.execute(
        "UPDATE _tables SET description = ?, keys = ?, hidden = ?, next_column = ? WHERE id = ?",
        params![
            table.description,
            json(&table.key),
            json(&table.hidden),
            table.next_column,
            table.id
        ],
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
