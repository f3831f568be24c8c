//! Values that fit a schema of the document.

use airbyte_agent_core::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::document::{Operation, resolve};

/// How much of a schema a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Every member, and the alternative of this number where there is a choice.
    Whole(usize),
    /// What is required.
    Least,
    /// Nothing but what is required, and `null` for the rest.
    Nulls,
    /// Nothing at all.
    Nothing,
}

/// Arguments of an operation.
pub(crate) struct Sample {
    pub(crate) parameters: Map<String, Value>,
    pub(crate) body: Option<Value>,
}

impl Sample {
    /// Arguments for an operation.
    pub(crate) fn of(operation: &Operation, extent: Extent) -> Self {
        let parameters = operation
            .parameters
            .iter()
            .filter(|parameter| parameter["in"] != "header")
            .filter(|parameter| matches!(extent, Extent::Whole(_)) || parameter["required"] == true)
            .map(|parameter| {
                let name = parameter["name"].as_str().unwrap().to_owned();
                let value = value(&parameter["schema"], &name, extent);
                (name, value)
            });
        let parameters = parameters.collect();
        let body = operation.body.map(|schema| value(schema, "body", extent));
        Self { parameters, body }
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Some(self.parameters.get(name)?.as_str().unwrap().to_owned())
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        Some(serde_json::from_value(self.parameters.get(name)?.clone()).unwrap())
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        Some(self.parameters.get(name)?.as_u64().unwrap())
    }

    pub(crate) fn truth(&self, name: &str) -> Option<bool> {
        Some(self.parameters.get(name)?.as_bool().unwrap())
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.body.clone().unwrap()).unwrap()
    }
}

/// How many alternatives a schema has, wherever they are.
pub(crate) fn alternatives(schema: &'static Value) -> usize {
    let schema = resolve(schema);
    let own = schema["oneOf"].as_array().map_or(1, Vec::len);
    let members = schema["properties"].as_object().into_iter().flat_map(|map| map.values());
    let below = ["items", "additionalProperties"].into_iter().map(|key| &schema[key]);
    members.chain(below).filter(|below| below.is_object()).map(alternatives).fold(own, usize::max)
}

/// A value that fits.
pub(crate) fn value(schema: &'static Value, name: &str, extent: Extent) -> Value {
    let schema = resolve(schema);
    if let Some(all) = schema["allOf"].as_array() {
        return value(&all[0], name, extent);
    }
    if let Some(one) = schema["oneOf"].as_array() {
        let choice = if let Extent::Whole(choice) = extent { choice % one.len() } else { 0 };
        return value(&one[choice], name, extent);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    match schema["type"].as_str() {
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("0b1c7a54-0f5e-11ee-9c2b-0242ac120002"),
            Some("date-time") => json!("2026-05-01T12:30:00Z"),
            // What a URL, a path or a header could stumble over.
            _ => json!(format!("{name} ä/b?c=d&e%2F+#1")),
        },
        Some("integer") => json!(schema["minimum"].as_u64().unwrap_or(6) + 1),
        Some("number") => json!(0.5),
        Some("boolean") => json!(schema["default"] != true),
        Some("array") if extent == Extent::Least => json!([]),
        Some("array") => json!([value(&schema["items"], name, extent)]),
        Some("object") => object(schema, extent),
        _ => json!({"anything": ["goes", 1, null]}),
    }
}

fn object(schema: &'static Value, extent: Extent) -> Value {
    let mut map = Map::new();
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let is_required = required.iter().any(|other| other == name);
        match extent {
            Extent::Nothing => {}
            Extent::Whole(_) => {
                map.insert(name.clone(), value(member, name, extent));
            }
            _ if is_required => {
                map.insert(name.clone(), value(member, name, extent));
            }
            Extent::Nulls => {
                map.insert(name.clone(), Value::Null);
            }
            // What has a default is sent with it.
            Extent::Least => {
                if let Some(default) = resolve(member).get("default") {
                    map.insert(name.clone(), default.clone());
                }
            }
        }
    }
    match &schema["additionalProperties"] {
        Value::Bool(true) if map.is_empty() && extent != Extent::Least => {
            map.insert("any_key".to_owned(), json!({"nested": [1, true, "x"]}));
        }
        open @ Value::Object(_) if matches!(extent, Extent::Whole(_)) => {
            map.insert("some key".to_owned(), value(open, "value", extent));
        }
        _ => {}
    }
    Value::Object(map)
}

/// What came of a call: the answer as JSON again.
pub(crate) type Ending = Result<Value>;

/// Reads the end of a call.
pub(crate) fn ending<T: Serialize>(result: Result<T>) -> Ending {
    result.map(|answer| serde_json::to_value(answer).unwrap())
}
