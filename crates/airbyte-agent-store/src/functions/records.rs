//! The functions that put a record together again and leave out what is withheld, which views use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_description::is_secret_name;
use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::{Value as Scalar, ValueRef};
use serde_json::Value;

use super::{BoxError, PURE, failed};
use crate::record::record;
use crate::spec::remove;
use crate::value::{Cell, ColumnKind};

/// Most shapes that are kept in memory.
const MOST_SHAPES: usize = 10_000;

/// Properties and types of the columns that a call passes.
type Columns = Vec<(String, ColumnKind)>;

/// Members of records by the number of their shape, which never changes its meaning.
type Shapes = Arc<Mutex<HashMap<i64, Arc<Vec<String>>>>>;

/// `store_record(columns, shape, members, rest, …)` is the record as JSON text, and `store_without(paths, value)` is
/// a value without what is at these paths inside it, and `store_public` also without texts whose names say that they are
/// secrets.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let shapes = Shapes::default();
    connection
        .create_scalar_function("store_record", -1, PURE, move |context| whole(context, &shapes))?;
    for (name, hides_secrets) in [("store_without", false), ("store_public", true)] {
        connection.create_scalar_function(name, 2, PURE, move |context| {
            without(context, hides_secrets)
        })?;
    }
    Ok(())
}

fn without(context: &Context<'_>, hides_secrets: bool) -> rusqlite::Result<Scalar> {
    let paths = context.get_or_create_aux(0, |text| -> Result<Vec<Vec<String>>, BoxError> {
        Ok(serde_json::from_str(text.as_str()?)?)
    })?;
    let cell = context.get_raw(1);
    // Objects and lists are texts, whatever the column holds otherwise.
    let text = match cell {
        ValueRef::Text(_) => cell.as_str().map_err(failed)?,
        plain => return Scalar::try_from(plain).map_err(failed),
    };
    Ok(Scalar::Text(match serde_json::from_str::<Value>(text) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            remove(&mut value, &paths);
            if hides_secrets {
                remove_secrets(&mut value);
            }
            value.to_string()
        }
        _ => text.to_owned(),
    }))
}

fn remove_secrets(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(remove_secrets),
        Value::Object(members) => {
            members.retain(|name, value| !(value.is_string() && is_secret_name(name)));
            members.values_mut().for_each(remove_secrets);
        }
        _ => {}
    }
}

fn whole(context: &Context<'_>, shapes: &Shapes) -> rusqlite::Result<String> {
    let columns = context.get_or_create_aux(0, |text| -> Result<Columns, BoxError> {
        Ok(serde_json::from_str(text.as_str()?)?)
    })?;
    let shape: i64 = context.get(1)?;
    let known = shapes.lock().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned();
    let members = match known {
        Some(members) => members,
        None => {
            let text: String = context.get(2)?;
            let members: Vec<String> = serde_json::from_str(&text).map_err(failed)?;
            let members = Arc::new(members);
            let mut shapes = shapes.lock().unwrap_or_else(PoisonError::into_inner);
            if shapes.len() >= MOST_SHAPES {
                shapes.clear();
            }
            shapes.insert(shape, Arc::clone(&members));
            members
        }
    };
    let rest = context.get_raw(3).as_str_or_null().map_err(failed)?;
    let cells: HashMap<&str, (ColumnKind, Cell)> = columns
        .iter()
        .zip(4..context.len())
        .map(|((name, kind), at)| (name.as_str(), (*kind, Cell::from_sql(context.get_raw(at)))))
        .collect();
    let record = record(&members, rest, |name| cells.get(name).map(|(kind, cell)| (*kind, cell)));
    Ok(Value::Object(record).to_string())
}
