//! A place of a query that names a table, and what its rows have to meet.

use airbyte_agent_store::ColumnKind;

use super::literal::{Bound, Literal};

/// A place of the query that names a table.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) table: usize,
    /// What rows have to meet to have any effect on the result.
    pub(super) conditions: Vec<Condition>,
    /// Rows have an effect only if they meet a row of another reference.
    pub(super) links: Vec<Link>,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) field: Field,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// Equals one of these.
    In(Vec<Literal>),
    /// Is not smaller.
    From(Bound),
    /// Is not larger.
    To(Bound),
}

/// A column, or a member of one that holds JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The expression in SQL, without the name of the table.
    pub(super) sql: String,
    /// The place in the record.
    pub(super) path: Vec<String>,
    /// The type of the column; `None` inside JSON.
    pub(super) kind: Option<ColumnKind>,
}

#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) field: Field,
    pub(super) other: usize,
    pub(super) other_field: Field,
}
