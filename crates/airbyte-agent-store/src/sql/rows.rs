//! The result of a query.

use serde::Serialize;
use serde_json::{Number, Value};
use std::time::Duration;

use rusqlite::types::ValueRef;

use super::limits::QueryLimits;
use crate::error::Result;
use crate::misfits::Misfit;
use crate::value::ColumnKind;

/// Takes the result of a query row by row, so that it need not be in memory as a whole.
pub(crate) trait RowSink {
    /// Is told the columns, before any row.
    ///
    /// # Errors
    ///
    /// An error ends the query and is what it gives back.
    fn columns(&mut self, columns: Vec<RowColumn>) -> Result<()>;

    /// Takes a row, and says whether it wants another.
    ///
    /// # Errors
    ///
    /// An error ends the query and is what it gives back.
    fn row(&mut self, row: Vec<Value>) -> Result<bool>;
}

/// A result within limits.
pub(crate) struct Collected<'l> {
    limits: &'l QueryLimits,
    bytes: usize,
    pub(crate) rows: Rows,
}

impl<'l> Collected<'l> {
    pub(crate) fn new(limits: &'l QueryLimits) -> Self {
        let rows = Rows {
            columns: Vec::new(),
            rows: Vec::new(),
            cut: None,
            views: Vec::new(),
            misfits: Vec::new(),
            took: Duration::ZERO,
        };
        Self { limits, bytes: 0, rows }
    }
}

impl RowSink for Collected<'_> {
    fn columns(&mut self, columns: Vec<RowColumn>) -> Result<()> {
        self.rows.columns = columns;
        Ok(())
    }

    fn row(&mut self, row: Vec<Value>) -> Result<bool> {
        if self.rows.rows.len() >= self.limits.rows {
            self.rows.cut = Some(Cut::Rows);
            return Ok(false);
        }
        self.bytes += row.iter().map(size).sum::<usize>();
        if self.bytes > self.limits.bytes {
            self.rows.cut = Some(Cut::Bytes);
            return Ok(false);
        }
        self.rows.rows.push(row);
        Ok(true)
    }
}

/// About how many bytes a value takes.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 16,
        _ => 8,
    }
}

/// The result of a query.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Rows {
    /// The columns, in the order of the query.
    pub columns: Vec<RowColumn>,
    /// The rows, each with a value for each column. Numbers that no JSON number holds exactly are texts of
    /// their digits, and bytes are in hexadecimal form.
    pub rows: Vec<Vec<Value>>,
    /// Why there are no more rows, if the query has more.
    pub cut: Option<Cut>,
    /// The views that the query names, if it could read views only.
    pub views: Vec<String>,
    /// The values that are not of the type of their column, in the columns that the query names.
    pub misfits: Vec<Misfit>,
    /// How long the query took.
    pub took: Duration,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RowColumn {
    /// The name that the query gives it.
    pub name: String,
    /// Its type, if it is a column of a table and not computed.
    pub kind: Option<ColumnKind>,
}

/// The limit that a result was cut off at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// The number of rows.
    Rows,
    /// The bytes of all values.
    Bytes,
}

impl Rows {
    /// The names of the columns, of which the second with the same name gets a number, so that they are all different.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let same = |name: &str| names.iter().any(|known: &String| known == name);
            let mut name = column.name.clone();
            let mut number = 2;
            while same(&name) {
                name = format!("{}_{number}", column.name);
                number += 1;
            }
            names.push(name);
        }
        names
    }
}

impl RowColumn {
    pub(super) fn new(name: &str, declared: Option<&str>) -> Self {
        let kinds = [
            ColumnKind::Text,
            ColumnKind::Integer,
            ColumnKind::Real,
            ColumnKind::Boolean,
            ColumnKind::Timestamp,
            ColumnKind::Json,
        ];
        let kind = kinds.into_iter().find(|kind| Some(kind.declared()) == declared);
        Self { name: name.to_owned(), kind }
    }
}

/// The value as JSON.
pub(super) fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => {
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        ValueRef::Text(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => {
            // Columns hold digits of long numbers in this form.
            let is_digits =
                !bytes.is_empty() && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
            let text = if is_digits {
                String::from_utf8_lossy(bytes).into_owned()
            } else {
                bytes.iter().map(|byte| format!("{byte:02x}")).collect()
            };
            Value::String(text)
        }
    }
}
