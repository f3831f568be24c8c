//! Settings and server variables in the body that creates or changes a connector.

use airbyte_agent_description::{Connector, Kind, Setting};
use serde_json::{Map, Value};

use super::credentials::MASK;
use crate::data::format_instant;
use crate::decode::is_of_kind;
use crate::platform::error::ApiError;
use crate::platform::paths::{last_step, value_at};

/// Values by name.
type Members = Map<String, Value>;

/// Settings and server variables of a new connector, complete and checked.
pub(crate) fn configure(
    connector: &Connector,
    environment: &Map<String, Value>,
    given: &Map<String, Value>,
    now: u64,
) -> Result<(Members, Members), ApiError> {
    let mut settings = given_settings(connector, given);
    complete(connector, &mut settings, now)?;
    Ok((settings, given_variables(connector, environment, given)))
}

/// The settings among `given`, by their names. They may also be at their paths in the stored
/// configuration.
pub(super) fn given_settings(
    connector: &Connector,
    given: &Map<String, Value>,
) -> Map<String, Value> {
    let mut settings = Map::new();
    for setting in connector.hosting.settings.iter() {
        let value = given.get(setting.name.as_ref()).or_else(|| value_at(given, &setting.path));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            settings.insert(setting.name.to_string(), typed(setting, value));
        }
    }
    settings
}

/// The server variables among `environment` and `given`, by their names.
pub(super) fn given_variables(
    connector: &Connector,
    environment: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Map<String, Value> {
    let sources = [environment, given];
    let text = |name: &str| sources.iter().find_map(|source| source.get(name)?.as_str());
    let mut found = Map::new();
    for variable in connector.server.variables.iter() {
        let stored = connector.hosting.variables.iter().find(|s| s.variable == variable.name);
        let value = text(&variable.name).or_else(|| {
            let (before, after) = stored?.format.split_once("{value}")?;
            let text = text(last_step(&stored?.path))?;
            let inner = text.strip_prefix(before).and_then(|text| text.strip_suffix(after));
            Some(inner.unwrap_or(text))
        });
        if let Some(value) = value.filter(|value| !value.is_empty() && *value != MASK) {
            found.insert(variable.name.to_string(), value.into());
        }
    }
    found
}

/// A value with the type of its setting. Lists, numbers and booleans may be given as texts.
fn typed(setting: &Setting, value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let read = || serde_json::from_str::<Value>(text).ok();
    let wanted = |kind| setting.schema.kinds.contains(&kind);
    if wanted(Kind::String) {
        value.clone()
    } else if wanted(Kind::Array) {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        read().filter(Value::is_array).unwrap_or_else(|| parts.map(Value::from).collect())
    } else {
        read().unwrap_or_else(|| value.clone())
    }
}

/// Adds the values that the platform adds. Fails when a value is missing or has a wrong type.
pub(super) fn complete(
    connector: &Connector,
    settings: &mut Map<String, Value>,
    now: u64,
) -> Result<(), ApiError> {
    for setting in connector.hosting.settings.iter() {
        let name = setting.name.as_ref();
        let Some(value) = settings.get(name) else {
            let mut constants = connector.hosting.constants.iter();
            let filled = constants.find(|constant| constant.path == setting.path);
            let value = filled.map(|filled| constant(&filled.value.value(), now));
            let default =
                || setting.schema.default.as_ref().map(airbyte_agent_description::Json::value);
            if let Some(value) = value.or_else(default) {
                settings.insert(name.to_owned(), value);
            } else if setting.required {
                let message = format!("required property '{name}' not found");
                return Err(ApiError::invalid("body", message));
            }
            continue;
        };
        let kinds = &setting.schema.kinds;
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_of_kind(*kind, value)) {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            let message = format!("property '{name}' must be of type {}", kinds.join(" or "));
            return Err(ApiError::invalid("body", message));
        }
    }
    Ok(())
}

/// A constant of the stored configuration. A template stands for the instant that is as many days from
/// now as it says.
pub(super) fn constant(value: &Value, now: u64) -> Value {
    match value {
        Value::String(text) if text.contains("{{") => {
            let days = text.split("day_delta(").nth(1).and_then(|rest| {
                let end = rest.find([',', ')'])?;
                rest[..end].trim().parse::<i64>().ok()
            });
            let shift = days.unwrap_or_default().saturating_mul(86_400);
            format_instant(now.saturating_add_signed(shift)).into()
        }
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), constant(value, now))).collect()
        }
        value => value.clone(),
    }
}

/// A value for a setting of a connector that the sandbox sets up itself: the example in the setting's
/// description, where it has one.
pub(crate) fn sample_value(setting: &Setting, now: u64) -> Value {
    let text = &setting.schema.description;
    let example = text.to_lowercase().find("example").and_then(|at| {
        let mut parts = text.get(at..)?.split('`');
        parts.nth(1)
    });
    let word = || Value::from(example.unwrap_or("sandbox"));
    let items = setting.schema.items.first();
    match setting.schema.kinds.first() {
        Some(Kind::Array) if items.is_some_and(|items| is_of_objects(&items.kinds)) => {
            Value::Array(Vec::new())
        }
        Some(Kind::Array) => Value::Array(vec![word()]),
        Some(Kind::Integer | Kind::Number) => 0.into(),
        Some(Kind::Boolean) => true.into(),
        Some(Kind::Object) => Map::new().into(),
        _ if setting.schema.format == "date-time" => {
            format_instant(now.saturating_sub(7_776_000)).into()
        }
        _ => word(),
    }
}

fn is_of_objects(kinds: &[Kind]) -> bool {
    kinds.first() == Some(&Kind::Object)
}
