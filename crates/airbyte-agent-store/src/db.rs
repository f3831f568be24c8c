//! The seam to the databases: statements with their values, whatever executes them. What is written in the same way for
//! all databases is written once, and [`Dialect`] says where they differ.

pub(crate) use crate::dialect::Dialect;
use crate::error::Result;
use crate::value::Cell;

/// A connection to a database, inside or outside a transaction.
///
/// Parameters are `?`, which stand for the values in their order, or `?1`, `?2` and so on.
pub(crate) trait Db {
    fn dialect(&self) -> Dialect;

    /// Executes statements without parameters.
    fn batch(&self, sql: &str) -> Result<()>;

    /// Executes a statement once for each list of values, and gives the number of rows that were written by all of them.
    fn execute_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<u64>;

    /// The rows of a query for each list of values.
    fn query_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<Vec<Vec<Fields>>>;

    /// Gives the rows of a query one after the other, until `take` says that there were enough by `false`.
    fn each(
        &self,
        sql: &str,
        values: &[Cell],
        take: &mut dyn FnMut(Fields) -> Result<bool>,
    ) -> Result<()>;
}

impl dyn Db + '_ {
    /// Executes a statement, and gives the number of rows that were written.
    pub(crate) fn execute(&self, sql: &str, values: Vec<Cell>) -> Result<u64> {
        self.execute_all(sql, &[values])
    }

    /// All rows of a query.
    pub(crate) fn rows(&self, sql: &str, values: Vec<Cell>) -> Result<Vec<Fields>> {
        Ok(self.query_all(sql, &[values])?.pop().unwrap_or_default())
    }

    /// The first row of a query.
    pub(crate) fn row(&self, sql: &str, values: Vec<Cell>) -> Result<Option<Fields>> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The number in the first column of the first row.
    pub(crate) fn number(&self, sql: &str, values: Vec<Cell>) -> Result<Option<i64>> {
        Ok(self.row(sql, values)?.and_then(|row| row.optional_integer(0)))
    }
}

/// The values of a row, read by their place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) Vec<Cell>);

impl Fields {
    pub(crate) fn text(&self, at: usize) -> String {
        self.optional_text(at).unwrap_or_default()
    }

    pub(crate) fn optional_text(&self, at: usize) -> Option<String> {
        match self.0.get(at) {
            Some(Cell::Text(text) | Cell::Digits(text)) => Some(text.clone()),
            _ => None,
        }
    }

    pub(crate) fn integer(&self, at: usize) -> i64 {
        self.optional_integer(at).unwrap_or_default()
    }

    pub(crate) fn optional_integer(&self, at: usize) -> Option<i64> {
        match self.0.get(at) {
            Some(Cell::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn count(&self, at: usize) -> u64 {
        u64::try_from(self.integer(at)).unwrap_or_default()
    }

    pub(crate) fn boolean(&self, at: usize) -> bool {
        self.integer(at) != 0
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Cell {
    fn from(is: bool) -> Self {
        Self::Integer(i64::from(is))
    }
}

/// Values for the parameters of a statement.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Cell::from($value)),*] };
}
pub(crate) use cells;
