//! Joined tables.

use std::rc::Rc;

use super::Row;

/// A table, by the name that the query gives it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

/// A row of each table.
pub(super) type Joined = Vec<Rc<Row>>;

/// The tables that a query reads from, and their joined rows.
#[derive(Debug, Default)]
pub(super) struct Relation {
    pub(super) parts: Vec<Part>,
    pub(super) rows: Vec<Joined>,
}
