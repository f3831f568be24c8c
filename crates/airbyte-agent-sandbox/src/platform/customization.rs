//! The customization of a source template: which streams are copied, and how their records are changed.

use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::fields::Fields;

/// The required members of a mapper's configuration, by the type of the mapper.
const MAPPERS: [(&str, &[&str]); 5] = [
    ("hashing", &["target_field", "method"]),
    ("field-renaming", &["original_field_name", "new_field_name"]),
    ("field-filtering", &["target_field"]),
    ("row-filtering", &["conditions"]),
    ("encryption", &["target_field", "public_key"]),
];

/// The member `customization` of a body, checked.
pub(super) fn take_customization(fields: &mut Fields) -> Result<Option<Value>, ApiError> {
    let Some(mut given) = fields.object("customization")? else { return Ok(None) };
    let modes = ["all", "suggested", "whitelist"];
    let mode = given.entry("stream_selection_mode").or_insert(json!("suggested"));
    if !mode.as_str().is_some_and(|mode| modes.contains(&mode)) {
        return Err(invalid("stream_selection_mode must be all, suggested or whitelist"));
    }
    let streams = given.get("stream_mappers").filter(|mappers| !mappers.is_null());
    let streams = match streams {
        None => &Map::new(),
        Some(Value::Object(streams)) => streams,
        Some(_) => return Err(invalid("stream_mappers must be an object")),
    };
    for (stream, mappers) in streams {
        let mappers = mappers.as_array();
        for mapper in
            mappers.ok_or_else(|| invalid(&format!("{stream}: the mappers must be an array")))?
        {
            check_mapper(stream, mapper)?;
        }
    }
    Ok(Some(given.into()))
}

/// Fails when a mapper is not of a known type or lacks a required member.
fn check_mapper(stream: &str, mapper: &Value) -> Result<(), ApiError> {
    let kind = mapper["type"].as_str().unwrap_or_default();
    let Some((_, needed)) = MAPPERS.iter().find(|(known, _)| *known == kind) else {
        let known: Vec<&str> = MAPPERS.iter().map(|(known, _)| *known).collect();
        return Err(invalid(&format!("{stream}: type must be one of {}", known.join(", "))));
    };
    let configuration = &mapper["mapper_configuration"];
    match needed.iter().find(|name| configuration[**name].is_null()) {
        Some(name) => Err(invalid(&format!("{stream}: a {kind} mapper needs {name}"))),
        None => Ok(()),
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::invalid("customization", message)
}
