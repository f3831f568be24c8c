//! The functions to which filters are translated.

use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::Value as Scalar;
use serde_json::Value;

use super::{BoxError, PURE, failed};
use crate::search::test::Test;
use crate::spec::at;
use crate::value::{Cell, ColumnKind, decode};

/// `store_meets(test, kind, inside, cell)` is whether the value passes the test, and
/// `store_value(kind, inside, cell)` is the value in the form by which it is sorted.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    connection.create_scalar_function("store_meets", 4, PURE, |context| {
        let test = context.get_or_create_aux(0, |text| -> Result<Test, BoxError> {
            Ok(serde_json::from_str(text.as_str()?)?)
        })?;
        Ok(test.holds(&value(context, 1)?))
    })?;
    connection.create_scalar_function("store_value", 3, PURE, |context| {
        Ok(match value(context, 0)? {
            Value::Null => Scalar::Null,
            Value::Bool(is) => Scalar::Integer(i64::from(is)),
            Value::String(text) => Scalar::Text(text),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Scalar::Integer(whole),
                (None, Some(real)) if number.is_f64() => Scalar::Real(real),
                _ => Scalar::Text(number.to_string()),
            },
            other => Scalar::Text(other.to_string()),
        })
    })
}

/// The value inside a cell; the arguments from `first` on are the kind of the column, the path and the cell.
fn value(context: &Context<'_>, first: usize) -> rusqlite::Result<Value> {
    let kind = context.get_raw(first).as_str().map_err(failed)?;
    let kind = ColumnKind::from_name(kind).unwrap_or(ColumnKind::Text);
    let path = context.get_raw(first + 1).as_str().map_err(failed)?;
    let whole = decode(kind, &Cell::from_sql(context.get_raw(first + 2)));
    if path.is_empty() {
        return Ok(whole);
    }
    Ok(whole.as_object().and_then(|members| at(members, path)).cloned().unwrap_or_default())
}
