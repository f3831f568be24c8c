//! The customization of a source template: which streams are copied, and what is changed in them.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::refusal::Refusal;

/// What a mapper of each type needs.
const MAPPERS: [(&str, &[&str]); 5] = [
    ("hashing", &["target_field", "method"]),
    ("field-renaming", &["original_field_name", "new_field_name"]),
    ("field-filtering", &["target_field"]),
    ("row-filtering", &["conditions"]),
    ("encryption", &["target_field", "public_key"]),
];

/// Takes `customization` out of a body.
pub(super) fn read(fields: &mut Fields) -> Result<Option<Value>, Refusal> {
    let Some(mut given) = fields.object("customization")? else { return Ok(None) };
    let modes = ["all", "suggested", "whitelist"];
    let mode = given.entry("stream_selection_mode").or_insert(json!("suggested"));
    if !mode.as_str().is_some_and(|mode| modes.contains(&mode)) {
        return Err(refuse("stream_selection_mode is to be all, suggested or whitelist"));
    }
    let streams = given.get("stream_mappers").filter(|mappers| !mappers.is_null());
    let streams = match streams {
        None => &Map::new(),
        Some(Value::Object(streams)) => streams,
        Some(_) => return Err(refuse("stream_mappers is to be an object")),
    };
    for (stream, mappers) in streams {
        let mappers = mappers.as_array();
        for mapper in mappers.ok_or_else(|| refuse(&format!("{stream}: no array of mappers")))? {
            check(stream, mapper)?;
        }
    }
    Ok(Some(given.into()))
}

fn check(stream: &str, mapper: &Value) -> Result<(), Refusal> {
    let kind = mapper["type"].as_str().unwrap_or_default();
    let Some((_, needed)) = MAPPERS.iter().find(|(known, _)| *known == kind) else {
        let known: Vec<&str> = MAPPERS.iter().map(|(known, _)| *known).collect();
        return Err(refuse(&format!("{stream}: type is to be one of {}", known.join(", "))));
    };
    let configuration = &mapper["mapper_configuration"];
    match needed.iter().find(|name| configuration[**name].is_null()) {
        Some(name) => Err(refuse(&format!("{stream}: a {kind} mapper needs {name}"))),
        None => Ok(()),
    }
}

fn refuse(why: &str) -> Refusal {
    Refusal::invalid("customization", why)
}
