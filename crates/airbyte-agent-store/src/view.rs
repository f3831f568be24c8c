//! Views: the part of a table that somebody may read, and how SQL sees it.

use crate::catalog::TableNames;
use crate::db::{Db, Dialect, cells};
use crate::declare::own_columns;
use crate::error::Result;
use crate::misfits::ReadTable;
use crate::names::{literal, quoted};
use crate::table::{OWN_COLUMNS, Table, record_expression};

/// The part of a table that a query or a search sees: the records of some accounts, without some of their fields,
/// perhaps under another name. Whatever is not in it does not exist for the query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct View {
    /// The name in SQL; that of the table if it is empty.
    pub name: String,
    /// Slug of the connector.
    pub connector: String,
    /// Name of the entity.
    pub entity: String,
    /// The accounts whose records are seen. Without any, no record is.
    pub accounts: Vec<String>,
    /// The fields that are not seen, such as `email` or `owner.phone`.
    pub withheld: Vec<String>,
    /// Whether fields are not seen, either, whose names say that they hold a secret, such as `client_secret`.
    pub hides_secrets: bool,
}

impl View {
    /// A view of the table of an entity under the table's own name, which shows the records of no account yet.
    pub fn new(connector: impl Into<String>, entity: impl Into<String>) -> Self {
        Self { connector: connector.into(), entity: entity.into(), ..Self::default() }
    }

    /// The same view under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same view with the records of these accounts.
    #[must_use]
    pub fn accounts(mut self, accounts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.accounts = accounts.into_iter().map(Into::into).collect();
        self
    }

    /// The same view without these fields.
    #[must_use]
    pub fn withholding(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.withheld = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same view without fields whose names say that they hold a secret, at any depth.
    #[must_use]
    pub fn hiding_secrets(mut self, hides: bool) -> Self {
        self.hides_secrets = hides;
        self
    }

    /// The table without the fields; `None` if the store has no such table.
    pub(crate) fn table(&self, db: &dyn Db) -> Result<Option<Table>> {
        let condition = "connector = ?1 AND entity = ?2";
        let found = Table::load(db, condition, cells![&self.connector, &self.entity])?;
        Ok(found.into_iter().next().map(|table| {
            let hides_secrets = self.hides_secrets;
            Table { hides_secrets, ..table.withholding(&self.withheld) }
        }))
    }
}

/// A view as SQL has it.
#[derive(Debug)]
pub(crate) struct SqlView {
    pub(crate) name: String,
    table: Table,
    accounts: Vec<String>,
}

impl SqlView {
    /// The views whose tables exist. Of several with the same name, the first is taken.
    pub(crate) fn load(db: &dyn Db, views: &[View]) -> Result<Vec<Self>> {
        let mut found: Vec<Self> = Vec::new();
        for view in views {
            let Some(table) = view.table(db)? else { continue };
            let name = if view.name.is_empty() { table.name.clone() } else { view.name.clone() };
            if !found.iter().any(|known| known.name.eq_ignore_ascii_case(&name)) {
                found.push(Self { name, table, accounts: view.accounts.clone() });
            }
        }
        Ok(found)
    }

    /// The table as a statement reads it by the view.
    pub(crate) fn read_table(&self) -> ReadTable<'_> {
        ReadTable { name: &self.name, table: &self.table, accounts: Some(&self.accounts) }
    }

    /// The statement that makes the view for one connection.
    pub(crate) fn statement(&self, db: &dyn Db) -> Result<String> {
        let table = &self.table;
        let mut columns: Vec<String> = table
            .shown()
            .map(|column| format!("{} AS {}", table.expression(column), quoted(&column.name)))
            .collect();
        let own = OWN_COLUMNS.into_iter().zip(own_columns(table.dialect));
        columns.extend(
            own.filter(|(name, _)| table.has_own(name))
                .map(|(_, expression)| expression.to_owned()),
        );
        columns.push(format!("{} AS _record", record_expression(table)));
        let accounts: Vec<String> = self.accounts.iter().map(|account| literal(account)).collect();
        let accounts = match accounts.as_slice() {
            // Postgres knows no empty list.
            [] => "NULL".to_owned(),
            some => some.join(", "),
        };
        let (name, rows) = (quoted(&self.name), table.rows());
        let columns = columns.join(", ");
        if table.dialect == Dialect::Postgres {
            return Ok(format!(
                "CREATE VIEW pg_temp.{name} WITH (security_barrier) AS
                 SELECT {columns} FROM {rows} WHERE _account IN ({accounts})"
            ));
        }
        let others = format!(
            "SELECT 1 FROM _accounts WHERE table_id = ? AND coalesce(account NOT IN ({accounts}), TRUE) LIMIT 1"
        );
        let has_others = db.row(&others, cells![table.id])?.is_some();
        // Without a limit, SQLite may compute a condition of the query for records that the view does not show, and
        // a condition that fails for some values would tell which they have.
        let barrier = if has_others { " LIMIT -1" } else { "" };
        Ok(format!(
            "CREATE TEMP VIEW {name} AS SELECT {columns} FROM main.{rows} WHERE _account IN ({accounts}){barrier}"
        ))
    }
}

/// The names of the views and of their columns, for messages.
pub(crate) fn names(views: &[SqlView]) -> TableNames {
    TableNames::of(views.iter().map(|view| {
        let columns = view.table.shown().map(|column| column.name.clone());
        let own = OWN_COLUMNS.into_iter().filter(|own| view.table.has_own(own));
        (view.name.clone(), columns.chain(own.map(str::to_owned)).collect())
    }))
}
