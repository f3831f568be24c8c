//! Settings and server variables of a connector, as they are given at creation.

use airbyte_agent_description::{Connector, Kind, Setting};
use serde_json::{Map, Value};

use super::credentials::leaf;
use super::view::MASK;
use crate::data::instant;
use crate::platform::refusal::Refusal;

/// Values by name.
type Members = Map<String, Value>;

/// Settings and server variables of a new connector, complete and checked.
pub(crate) fn configure(
    connector: &Connector,
    environment: &Map<String, Value>,
    given: &Map<String, Value>,
    now: u64,
) -> Result<(Members, Members), Refusal> {
    let mut settings = read(connector, given);
    check(connector, &mut settings, now)?;
    Ok((settings, variables(connector, environment, given)))
}

/// The settings among `given`, by their names.
pub(super) fn read(connector: &Connector, given: &Map<String, Value>) -> Map<String, Value> {
    let mut settings = Map::new();
    for setting in connector.hosting.settings.iter() {
        let value = given.get(setting.name.as_ref()).or_else(|| at(given, &setting.path));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            settings.insert(setting.name.to_string(), typed(setting, value));
        }
    }
    settings
}

/// The value at a dotted place.
fn at<'v>(given: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let mut steps = path.split('.');
    let first = given.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

/// The server variables among `environment` and `given`, by their names.
pub(super) fn variables(
    connector: &Connector,
    environment: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Map<String, Value> {
    let places = [environment, given];
    let text = |name: &str| places.iter().find_map(|place| place.get(name)?.as_str());
    let mut found = Map::new();
    for variable in connector.server.variables.iter() {
        let stored = connector.hosting.variables.iter().find(|s| s.variable == variable.name);
        let value = text(&variable.name).or_else(|| {
            let (before, after) = stored?.format.split_once("{value}")?;
            let text = text(leaf(&stored?.path))?;
            let inner = text.strip_prefix(before).and_then(|text| text.strip_suffix(after));
            Some(inner.unwrap_or(text))
        });
        if let Some(value) = value.filter(|value| !value.is_empty() && *value != MASK) {
            found.insert(variable.name.to_string(), value.into());
        }
    }
    found
}

/// A value as the setting has it: texts stand in for lists, numbers and booleans.
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

/// Fills in what the platform fills in, and refuses what is missing or ill-typed.
pub(super) fn check(
    connector: &Connector,
    settings: &mut Map<String, Value>,
    now: u64,
) -> Result<(), Refusal> {
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
                let why = format!("required property '{name}' not found");
                return Err(Refusal::invalid("body", why));
            }
            continue;
        };
        let kinds = &setting.schema.kinds;
        if !kinds.is_empty() && !kinds.iter().any(|kind| is(*kind, value)) {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            let why = format!("property '{name}' is to be of type {}", kinds.join(" or "));
            return Err(Refusal::invalid("body", why));
        }
    }
    Ok(())
}

fn is(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// A constant of the stored configuration; one that is computed is that many days from now.
pub(super) fn constant(value: &Value, now: u64) -> Value {
    match value {
        Value::String(text) if text.contains("{{") => {
            let days = text.split("day_delta(").nth(1).and_then(|rest| {
                let end = rest.find([',', ')'])?;
                rest[..end].trim().parse::<i64>().ok()
            });
            let shift = days.unwrap_or_default().saturating_mul(86_400);
            instant(now.saturating_add_signed(shift)).into()
        }
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), constant(value, now))).collect()
        }
        value => value.clone(),
    }
}

/// A value for a setting of a connector that the sandbox sets up itself: the example that its
/// description gives, if it gives one.
pub(crate) fn sample(setting: &Setting, now: u64) -> Value {
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
        _ if setting.schema.format == "date-time" => instant(now.saturating_sub(7_776_000)).into(),
        _ => word(),
    }
}

fn is_of_objects(kinds: &[Kind]) -> bool {
    kinds.first() == Some(&Kind::Object)
}
