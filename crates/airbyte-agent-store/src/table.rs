//! What the store knows about a table.

use airbyte_agent_description::is_secret_name;

use crate::db::{Db, Dialect, cells};
use crate::error::Result;
use crate::names::literal;
use crate::spec::path_of;
use crate::value::{Cell, ColumnKind};

/// Columns that every table has beside those of its records.
pub(crate) const OWN_COLUMNS: [&str; 4] = ["_account", "_key", "_synced_at", "_record"];

/// A table of the store, with the columns that it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The database that the table is in.
    pub(crate) dialect: Dialect,
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) connector: String,
    pub(crate) entity: String,
    pub(crate) description: String,
    pub(crate) key: Vec<String>,
    pub(crate) hidden: Vec<Vec<String>>,
    /// Paths of fields that are in the rows and that this reader does not see.
    pub(crate) withheld: Vec<Vec<String>>,
    /// Whether this reader does not see fields whose names say that they hold a secret, either.
    pub(crate) hides_secrets: bool,
    pub(crate) columns: Vec<Column>,
    /// Number that the next column gets.
    pub(crate) next_column: u32,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// Name in SQL. It is the name of the field, with a number if another differs by case only.
    pub name: String,
    /// Name of the field of the records, or a JSON Pointer to a member inside one; see [`path`](Self::path).
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

impl Column {
    /// The names that lead to the values in a record, from the outside inwards. There is one for the column of a field.
    pub fn path(&self) -> Vec<String> {
        path_of(&self.property)
    }

    /// The name by which searches and lists of columns know it: that of the field, or the column's own name if its
    /// values are those of a member inside a field.
    pub fn field(&self) -> &str {
        if self.property.starts_with('/') { &self.name } else { &self.property }
    }
}

impl Table {
    /// The name that queries in SQL use.
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

    /// The column that searches know by this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Column> {
        self.column(name).or_else(|| self.columns.iter().find(|column| column.field() == name))
    }

    /// The table without these fields, for somebody who may not see them.
    pub(crate) fn withholding(mut self, fields: &[String]) -> Self {
        for field in fields {
            // A name with dots may be that of one field.
            self.withheld.push(vec![field.clone()]);
            if field.contains('.') {
                self.withheld.push(field.split('.').map(str::to_owned).collect());
            }
        }
        self
    }

    /// The columns that are seen.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| self.is_shown(column))
    }

    /// Whether a column is seen.
    pub(crate) fn is_shown(&self, column: &Column) -> bool {
        // What is said about a secret, such as whether there is one, is none.
        let is_plain =
            matches!(column.kind, ColumnKind::Boolean | ColumnKind::Integer | ColumnKind::Real);
        let is_secret = self.hides_secrets && !is_plain && is_secret_name(&column.property);
        let path = column.path();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        !is_secret && !self.withholds_given(&path)
    }

    /// Whether a field is not seen: it, or something that it is in, is withheld.
    pub(crate) fn withholds(&self, path: &[&str]) -> bool {
        (self.hides_secrets && path.iter().any(|step| is_secret_name(step)))
            || self.withholds_given(path)
    }

    fn withholds_given(&self, path: &[&str]) -> bool {
        self.withheld.iter().any(|hidden| {
            hidden.len() <= path.len() && hidden.iter().zip(path).all(|(a, b)| a == b)
        })
    }

    /// Whether anything is withheld.
    pub(crate) fn is_partial(&self) -> bool {
        self.hides_secrets || !self.withheld.is_empty()
    }

    /// Whether one of the columns is seen that every table has. The key is not if it would tell a field that is
    /// withheld.
    pub(crate) fn has_own(&self, column: &str) -> bool {
        let tells = |field: &String| {
            let path: Vec<&str> = field.split('.').collect();
            self.withholds(&[field]) || self.withholds(&path)
        };
        // A record without a key is known by its place.
        column != "_key" || !self.key.iter().any(tells)
    }

    /// The value of a column in a row, without what is withheld inside it.
    pub(crate) fn expression(&self, column: &Column) -> String {
        let inside: Vec<&[String]> = self
            .withheld
            .iter()
            .filter(|path| path.len() > 1 && path.first() == Some(&column.property))
            .map(|path| &path[1..])
            .collect();
        let place = format!("c{}", column.place);
        // Columns of other types have nothing inside.
        let is_plain = !matches!(column.kind, ColumnKind::Text | ColumnKind::Json);
        if self.dialect.is_postgres() && is_plain {
            return place;
        }
        let may_hold_secrets = self.hides_secrets && column.kind == ColumnKind::Json;
        if inside.is_empty() && !may_hold_secrets {
            return place;
        }
        self.without(&inside, &place)
    }

    /// The members that no column holds, without what is withheld. It is for SQLite.
    pub(crate) fn rest(&self) -> String {
        self.without_withheld("_rest".to_owned())
    }

    fn without_withheld(&self, expression: String) -> String {
        if self.is_partial() { self.without(&self.withheld, &expression) } else { expression }
    }

    /// A value without what is at these paths inside it, and without secrets if these are not seen.
    fn without(&self, paths: &impl serde::Serialize, expression: &str) -> String {
        let paths = literal(&json(paths));
        if self.dialect.is_postgres() {
            return format!("_without({expression}, {paths}, {})", self.hides_secrets);
        }
        let function = if self.hides_secrets { "store_public" } else { "store_without" };
        format!("{function}({paths}, {expression})")
    }

    /// The table as it is now: another process may have given it other columns.
    pub(crate) fn current(&self, db: &dyn Db) -> Result<Self> {
        let sql = "SELECT next_column, hidden FROM _tables WHERE id = ?";
        let known = db.row(sql, cells![self.id])?.unwrap_or_default();
        if known.integer(0) == i64::from(self.next_column)
            && list::<Vec<String>>(&known.text(1)) == self.hidden
        {
            return Ok(self.clone());
        }
        let found = Self::load(db, "id = ?1", cells![self.id])?;
        let found = found.into_iter().next();
        Ok(found.map_or_else(
            || self.clone(),
            |table| Self {
                withheld: self.withheld.clone(),
                hides_secrets: self.hides_secrets,
                ..table
            },
        ))
    }

    /// Reads what the store knows about the table whose `_tables` row meets the condition.
    pub(crate) fn load(db: &dyn Db, condition: &str, values: Vec<Cell>) -> Result<Vec<Self>> {
        let sql = format!(
            "SELECT id, name, connector, entity, description, keys, hidden, next_column FROM _tables
             WHERE {condition} ORDER BY name"
        );
        let tables = db.rows(&sql, values)?.into_iter().map(|row| {
            let id = row.integer(0);
            Ok(Self {
                dialect: db.dialect(),
                id,
                name: row.text(1),
                connector: row.text(2),
                entity: row.text(3),
                description: row.text(4),
                key: list(&row.text(5)),
                hidden: list(&row.text(6)),
                withheld: Vec::new(),
                hides_secrets: false,
                columns: columns(db, id)?,
                next_column: u32::try_from(row.integer(7)).unwrap_or_default(),
            })
        });
        tables.collect()
    }
}

pub(crate) fn list<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    serde_json::from_str(text).unwrap_or_default()
}

pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn columns(db: &dyn Db, table: i64) -> Result<Vec<Column>> {
    let sql = "SELECT property, name, kind, description, is_searched, place FROM _columns
         WHERE table_id = ? ORDER BY place";
    let columns = db.rows(sql, cells![table])?.into_iter().map(|row| Column {
        property: row.text(0),
        name: row.text(1),
        kind: ColumnKind::from_name(&row.text(2)).unwrap_or(ColumnKind::Text),
        description: row.text(3),
        is_searched: row.boolean(4),
        place: u32::try_from(row.integer(5)).unwrap_or_default(),
    });
    Ok(columns.collect())
}

/// The record of a row of `_rows_<id>` as an expression.
pub(crate) fn record_expression(table: &Table) -> String {
    if table.dialect.is_postgres() {
        return table.without_withheld("_record".to_owned());
    }
    let kinds: Vec<(&str, ColumnKind)> =
        table.columns.iter().map(|column| (column.property.as_str(), column.kind)).collect();
    let places: String =
        table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
    table.without_withheld(format!(
        "store_record({}, _shape, (SELECT members FROM main._shapes WHERE id = _shape), _rest{places})",
        literal(&json(&kinds))
    ))
}
