//! Members that all requests to the context store have.

use serde_json::{Map, Value};

use super::filter::check_field;
use crate::platform::error::ApiError;

/// The member `limit`, a number of rows.
pub(super) fn limit(
    params: &Map<String, Value>,
    default: usize,
    largest: usize,
) -> Result<usize, ApiError> {
    match params.get("limit") {
        None | Some(Value::Null) => Ok(default),
        Some(value) => {
            let number = value.as_u64().filter(|number| *number > 0);
            let number = number.and_then(|number| usize::try_from(number).ok());
            number.map(|number| number.min(largest)).ok_or_else(|| {
                ApiError::invalid("limit", "limit must be a whole number above zero")
            })
        }
    }
}

/// The member `fields`: dotted paths, or lists of the keys of a path. `None` stands for all fields.
pub(super) fn selected_fields(
    given: Option<&Value>,
    fields: &[&str],
) -> Result<Option<Vec<String>>, ApiError> {
    let invalid = |message: String| ApiError::invalid("fields", format!("fields: {message}"));
    let items = match given {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(invalid("must be an array".into())),
    };
    let mut paths = Vec::new();
    for item in items {
        let path = match item {
            Value::String(path) => path.clone(),
            Value::Array(keys) => {
                let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
                let keys = keys.filter(|keys| !keys.is_empty());
                keys.ok_or_else(|| invalid("a list of keys holds texts".into()))?.join(".")
            }
            _ => return Err(invalid("holds dotted texts or lists of keys".into())),
        };
        check_field(&path, fields).map_err(invalid)?;
        paths.push(path);
    }
    Ok(if paths.is_empty() { None } else { Some(paths) })
}
