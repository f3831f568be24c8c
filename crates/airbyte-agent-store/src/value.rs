//! Values of records as columns hold them, and back. A value that a column would round or change is kept as
//! the text of its digits, in a form that SQLite does not convert.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dialect::Dialect;
use crate::moment;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColumnKind {
    /// Text; other values are written as JSON.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A number with a fraction.
    Real,
    /// A truth value, which SQL sees as 0 or 1.
    Boolean,
    /// A moment as ISO 8601 text. One with an offset is converted to UTC, so that moments sort by time.
    Timestamp,
    /// A list or an object as JSON text.
    Json,
}

impl ColumnKind {
    /// The declared type in the SQL of SQLite. The word TEXT in it keeps SQLite from converting texts to numbers.
    pub const fn declared(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Boolean => "BOOLEAN",
            Self::Timestamp => "TIMESTAMP TEXT",
            Self::Json => "JSON TEXT",
        }
    }

    /// The declared type in a database.
    pub(crate) const fn declared_in(self, dialect: Dialect) -> &'static str {
        match (dialect, self) {
            (Dialect::Sqlite, _) => self.declared(),
            (Dialect::Postgres, Self::Text) => "text COLLATE \"C\"",
            (Dialect::Postgres, Self::Integer) => "bigint",
            (Dialect::Postgres, Self::Real) => "double precision",
            (Dialect::Postgres, Self::Boolean) => "boolean",
            (Dialect::Postgres, Self::Timestamp) => "timestamptz",
            (Dialect::Postgres, Self::Json) => "jsonb",
        }
    }

    /// The type in one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let all =
            [Self::Text, Self::Integer, Self::Real, Self::Boolean, Self::Timestamp, Self::Json];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// A value in a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// The digits of a number that a numeric column would round, as a blob, which SQLite never converts.
    Digits(String),
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Digits(digits) => ValueRef::Blob(digits.as_bytes()),
        }))
    }
}

impl Cell {
    pub(crate) fn from_sql(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Self::Digits(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

/// Largest whole number up to which a double holds every whole number.
const EXACT: u64 = 1 << 53;

/// How a column of this kind holds the value.
pub(crate) fn encode(kind: ColumnKind, value: &Value) -> Cell {
    match (kind, value) {
        (_, Value::Null) => Cell::Null,
        (ColumnKind::Timestamp, Value::String(text)) => {
            Cell::Text(moment::in_utc(text).unwrap_or_else(|| text.clone()))
        }
        (ColumnKind::Text, Value::String(text)) => Cell::Text(text.clone()),
        (ColumnKind::Boolean, Value::Bool(is)) => Cell::Integer(i64::from(*is)),
        (ColumnKind::Json | ColumnKind::Text | ColumnKind::Timestamp, _)
        | (_, Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Cell::Text(value.to_string()),
        (_, Value::String(text)) => number_text(kind, text),
        (_, Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole_number(kind, whole),
            (None, Some(real)) if number.is_f64() => real_number(kind, real),
            _ => Cell::Digits(number.to_string()),
        },
    }
}

fn whole_number(kind: ColumnKind, whole: i64) -> Cell {
    match kind {
        ColumnKind::Real if whole.unsigned_abs() > EXACT => Cell::Digits(whole.to_string()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the number is one that a double holds exactly"
        )]
        ColumnKind::Real => Cell::Real(whole as f64),
        _ => Cell::Integer(whole),
    }
}

/// SQLite makes an integer of a whole number in a column of integers, and so does this.
fn real_number(kind: ColumnKind, real: f64) -> Cell {
    #[expect(clippy::cast_precision_loss, reason = "compared with the exact power of two")]
    let is_small = real.abs() <= EXACT as f64;
    #[expect(clippy::cast_possible_truncation, reason = "small and without a fraction")]
    match kind {
        // SQLite forgets the sign of zero.
        ColumnKind::Real => Cell::Real(if real == 0.0 { 0.0 } else { real }),
        _ if is_small && real.fract() == 0.0 => Cell::Integer(real as i64),
        // SQLite would try to make an integer of a large one.
        _ if real.fract() == 0.0 => Cell::Digits(real.to_string()),
        _ => Cell::Real(real),
    }
}

/// A text in a column of numbers: as the number if it is the usual text of one, otherwise so that SQLite does
/// not convert it.
fn number_text(kind: ColumnKind, text: &str) -> Cell {
    if let Ok(whole) = text.parse::<i64>()
        && whole.to_string() == text
    {
        return whole_number(kind, whole);
    }
    if !looks_like_number(text) {
        return Cell::Text(text.to_owned());
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(real) if kind == ColumnKind::Real && digits <= 15 && real.is_finite() => {
            Cell::Real(real)
        }
        _ => Cell::Digits(text.to_owned()),
    }
}

/// Whether SQLite might convert the text to a number.
fn looks_like_number(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'_')
        })
}

/// The value that a column of this kind holds. Where it is not the record's own value, the record's own is
/// kept beside the columns.
pub(crate) fn decode(kind: ColumnKind, cell: &Cell) -> Value {
    match (kind, cell) {
        (_, Cell::Null) => Value::Null,
        (ColumnKind::Boolean, Cell::Integer(0)) => Value::Bool(false),
        (ColumnKind::Boolean, Cell::Integer(1)) => Value::Bool(true),
        (ColumnKind::Json, Cell::Text(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        (_, Cell::Integer(number)) => Value::from(*number),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "whole and small"
        )]
        (_, Cell::Real(real)) if real.fract() == 0.0 && real.abs() <= EXACT as f64 => {
            Value::from(*real as i64)
        }
        (_, Cell::Real(real)) => Value::from(*real),
        (_, Cell::Text(text) | Cell::Digits(text)) => Value::String(text.clone()),
    }
}
