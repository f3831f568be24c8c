//! How a table comes to have the columns that a spec asks for.

use std::collections::HashSet;

use crate::db::{Db, Dialect, cells};
use crate::error::{Error, Result};
use crate::learnt::Learnt;
use crate::names::{Names, literal, quoted, table_name};
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
        self.write(|db, learnt| declare(db, learnt, spec))
    }

    /// The table of an entity; `None` if it was never declared.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn table(&self, connector: &str, entity: &str) -> Result<Option<Table>> {
        self.read(|db| {
            let condition = "connector = ?1 AND entity = ?2";
            let found = Table::load(db, condition, cells![connector, entity])?;
            Ok(found.into_iter().next())
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

fn declare(db: &dyn Db, learnt: &mut Learnt, spec: &TableSpec) -> Result<Table> {
    let known =
        Table::load(db, "connector = ?1 AND entity = ?2", cells![&spec.connector, &spec.entity])?;
    let mut table = match known.into_iter().next() {
        Some(table) => table,
        None => create(db, spec)?,
    };
    let before = table.clone();
    if table.key != spec.key {
        change_key(db, &mut table, spec)?;
    }
    table.hidden = spec.hidden();
    table.description.clone_from(&spec.description);
    let mut names = Names::with(
        db.dialect(),
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
                known.place = add_column(db, table.id, &mut table.next_column, wanted.kind)?;
            }
        } else if columns.len() < crate::spec::MOST_COLUMNS {
            let place = add_column(db, table.id, &mut table.next_column, wanted.kind)?;
            columns.push(Column {
                name: names.take(&wanted.name),
                property: wanted.property,
                kind: wanted.kind,
                description: wanted.description,
                is_searched: wanted.is_searched,
                place,
            });
        }
    }
    table.columns = columns;
    save(db, &table)?;
    view(db, &table)?;
    reencode(db, learnt, &before, &table)?;
    index(db, &table, spec)?;
    Ok(table)
}

fn create(db: &dyn Db, spec: &TableSpec) -> Result<Table> {
    let wanted = table_name(&spec.connector, &spec.entity);
    let all = match db.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema UNION SELECT name FROM _tables",
        Dialect::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace
             UNION SELECT name FROM _tables"
        }
    };
    let taken: Vec<String> = db.rows(all, Vec::new())?.into_iter().map(|row| row.text(0)).collect();
    let name = Names::with(db.dialect(), taken.iter().map(String::as_str)).take(&wanted);
    let id = db.number(
        "INSERT INTO _tables (name, connector, entity, description, keys, hidden, next_column)
         VALUES (?, ?, ?, '', ?, '[]', 1) RETURNING id",
        cells![&name, &spec.connector, &spec.entity, json(&spec.key)],
    )?;
    let id = id.unwrap_or_default();
    let own = match db.dialect() {
        Dialect::Sqlite => "_row INTEGER PRIMARY KEY, _shape INTEGER NOT NULL, _rest TEXT",
        Dialect::Postgres => {
            "_row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, _record json NOT NULL,
             _odd boolean NOT NULL"
        }
    };
    db.batch(&format!(
        "CREATE TABLE _rows_{id} (
            {own}, _account TEXT NOT NULL, _key TEXT NOT NULL, _synced_at TEXT NOT NULL);
         CREATE UNIQUE INDEX _key_{id} ON _rows_{id} (_account, _key);"
    ))?;
    Ok(Table {
        dialect: db.dialect(),
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
fn change_key(db: &dyn Db, table: &mut Table, spec: &TableSpec) -> Result<()> {
    let row = db.row(&format!("SELECT 1 FROM {} LIMIT 1", table.rows()), Vec::new())?;
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

fn add_column(db: &dyn Db, table: i64, next: &mut u32, kind: ColumnKind) -> Result<u32> {
    let place = *next;
    *next += 1;
    let declared = kind.declared_in(db.dialect());
    db.batch(&format!("ALTER TABLE _rows_{table} ADD COLUMN c{place} {declared}"))?;
    Ok(place)
}

fn save(db: &dyn Db, table: &Table) -> Result<()> {
    db.execute(
        "UPDATE _tables SET description = ?, keys = ?, hidden = ?, next_column = ? WHERE id = ?",
        cells![
            &table.description,
            json(&table.key),
            json(&table.hidden),
            table.next_column,
            table.id
        ],
    )?;
    db.execute("DELETE FROM _columns WHERE table_id = ?", cells![table.id])?;
    let columns = table.columns.iter().map(|column| {
        cells![
            table.id,
            column.place,
            &column.property,
            &column.name,
            column.kind.name(),
            column.is_searched,
            &column.description,
        ]
    });
    db.execute_all(
        "INSERT INTO _columns (table_id, place, property, name, kind, is_searched, description)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        &columns.collect::<Vec<_>>(),
    )?;
    Ok(())
}

/// What users read: the columns under their names, and the whole record put together again.
fn view(db: &dyn Db, table: &Table) -> Result<()> {
    let name = quoted(&table.name);
    let mut columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("c{} AS {}", column.place, quoted(&column.name)))
        .collect();
    columns.extend(own_columns(db.dialect()).map(str::to_owned));
    columns.push(format!("{} AS _record", record_expression(table)));
    let grant = match db.dialect() {
        Dialect::Sqlite => String::new(),
        // Whoever asks for the table is told what is wrong if there is no such role.
        Dialect::Postgres => format!("SELECT _grant({});", literal(&table.name)),
    };
    db.batch(&format!(
        "DROP VIEW IF EXISTS {name}; CREATE VIEW {name} AS SELECT {} FROM {}; {grant}",
        columns.join(", "),
        table.rows()
    ))?;
    Ok(())
}

/// Account, key and time as views show them.
pub(crate) fn own_columns(dialect: Dialect) -> [&'static str; 3] {
    match dialect {
        Dialect::Sqlite => ["_account", "_key", "_synced_at"],
        Dialect::Postgres => ["_account", "_key", "_synced_at::timestamptz AS _synced_at"],
    }
}

fn index(db: &dyn Db, table: &Table, spec: &TableSpec) -> Result<()> {
    let single = spec.key.iter().filter(|_| spec.key.len() == 1);
    let wanted: HashSet<&String> = spec.indexed.iter().chain(single).collect();
    for column in table.columns.iter().filter(|column| wanted.contains(&column.property)) {
        let method = match (db.dialect(), column.kind) {
            // It compares JSON in no useful way.
            (Dialect::Postgres, ColumnKind::Json) => continue,
            // Its trees have no room for long texts.
            (Dialect::Postgres, ColumnKind::Text) => "USING hash ",
            _ => "",
        };
        db.batch(&format!(
            "CREATE INDEX IF NOT EXISTS _index_{0}_{1} ON {2} {method}(c{1})",
            table.id,
            column.place,
            table.rows()
        ))?;
    }
    Ok(())
}
