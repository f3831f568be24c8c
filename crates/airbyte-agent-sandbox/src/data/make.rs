//! Values that fit a JSON Schema, by the number of the record and the names on the way.

use serde_json::{Map, Value, json};

use super::words::{self, Place};
use super::{World, count, plain, shape};
use crate::hash::{mix, stable};

/// Deepest nesting that is filled.
const DEPTH: usize = 8;

/// Makes the values of one record.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'w> {
    world: &'w World,
    /// The entity, or the entity and the way to a nested object that is no entity.
    entity: &'w str,
    index: u64,
}

/// The texts by which a record may be asked for, whatever property holds them.
pub(crate) fn identifiers(connector: &str, entity: &str, index: u64) -> [String; 3] {
    [
        words::identifier(connector, entity, index),
        words::numeric_identifier(connector, entity, index).to_string(),
        words::uuid_identifier(connector, entity, index),
    ]
}

impl<'w> Maker<'w> {
    pub(crate) fn new(world: &'w World, entity: &'w str, index: u64) -> Self {
        Self { world, entity, index }
    }

    /// The record.
    pub(crate) fn record(&self, schema: &Value) -> Value {
        self.value(schema, self.entity, 0)
    }

    fn seed(&self, name: &str) -> u64 {
        stable(&[&self.world.connector, self.entity, name])
    }

    fn value(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let merged;
        let schema = if schema.get("allOf").is_some() {
            merged = merge_all(schema);
            &merged
        } else {
            schema
        };
        let name = schema.get("x-name").and_then(Value::as_str).unwrap_or(name);
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        let plain = plain(name);
        let seed = self.seed(name);
        let (kind, nullable) = kind_of(schema);
        if nullable
            && depth > 0
            && !words::is_identifier(&plain)
            && mix(seed ^ self.index).is_multiple_of(9)
        {
            return Value::Null;
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.cycle(values, seed);
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(variant) =
                schema.get(union).and_then(Value::as_array).and_then(|v| first(v))
                && kind.is_none()
            {
                return self.value(variant, name, depth);
            }
        }
        let place = Place {
            connector: &self.world.connector,
            entity: self.entity,
            index: self.index,
            name,
            plain: &plain,
            seed,
        };
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        match kind {
            Some("string") => self.text(schema, place, format, depth),
            Some("integer") => self.integer(schema, place, format).into(),
            Some("number") if name.to_lowercase().ends_with("id") => {
                self.integer(schema, place, format).into()
            }
            Some("number") => {
                let number = self.integer(schema, place, format);
                let whole = number > 1_000_000 || schema.get("maximum").is_some();
                if whole {
                    number.into()
                } else {
                    json!(f64::from(i32::try_from(number).unwrap_or(0)) + 0.25)
                }
            }
            Some("boolean") => words::boolean(place).into(),
            Some("array") => self.array(schema, name, seed, depth),
            Some("object") => self.object(schema, name, depth),
            Some("null") => Value::Null,
            _ if depth < DEPTH => self.value(&shape::untyped(name), name, DEPTH),
            _ => Value::Null,
        }
    }

    fn cycle(&self, values: &[Value], seed: u64) -> Value {
        let real: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let length = u64::try_from(real.len()).unwrap_or(1).max(1);
        let at = usize::try_from((self.index + seed % length) % length).unwrap_or(0);
        real.get(at).map_or(Value::Null, |value| (*value).clone())
    }

    fn text(&self, schema: &Value, place: Place<'_>, format: &str, depth: usize) -> Value {
        if depth == 1
            && let Some(values) = self.world.choices(self.entity, place.plain)
            && values.iter().all(Value::is_string)
        {
            return self.cycle(values, place.seed);
        }
        let text = if words::is_identifier(place.plain) && matches!(format, "" | "uuid") {
            self.identifier(self.entity, self.index, format)
        } else if let Some(target) = self.world.reference(self.entity, place.plain)
            && format.is_empty()
        {
            let index = self.index % count(&self.world.connector, target);
            self.identifier(target, index, format)
        } else {
            words::text(place, format)
        };
        let maximum = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        text.chars().take(usize::try_from(maximum).unwrap_or(usize::MAX)).collect::<String>().into()
    }

    fn identifier(&self, entity: &str, index: u64, format: &str) -> String {
        if self.world.is_numbered(entity) {
            words::numeric_identifier(&self.world.connector, entity, index).to_string()
        } else if format == "uuid" {
            words::uuid_identifier(&self.world.connector, entity, index)
        } else {
            words::identifier(&self.world.connector, entity, index)
        }
    }

    fn integer(&self, schema: &Value, place: Place<'_>, format: &str) -> i64 {
        let connector = &self.world.connector;
        let is_reference = place.plain.ends_with("id");
        let target = self.world.reference(self.entity, place.plain).filter(|_| is_reference);
        let number = if words::is_identifier(place.plain) {
            words::numeric_identifier(connector, self.entity, self.index).cast_signed()
        } else if let Some(target) = target {
            let index = self.index % count(connector, target);
            words::numeric_identifier(connector, target, index).cast_signed()
        } else {
            words::integer(place, format)
        };
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        #[allow(clippy::cast_possible_truncation)]
        let (low, high) = (bound("minimum").map(|n| n as i64), bound("maximum").map(|n| n as i64));
        let (low, high) = (low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
        if (low..=high).contains(&number) {
            number
        } else if low == i64::MIN || high == i64::MAX {
            number.max(low).min(high)
        } else {
            low + number.unsigned_abs().cast_signed() % (high - low + 1).max(1)
        }
    }

    fn array(&self, schema: &Value, name: &str, seed: u64, depth: usize) -> Value {
        let wanted = if depth <= 2 { 1 + mix(seed ^ self.index) % 3 } else { 1 };
        let maximum = schema.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let (Some(items), true) = (schema.get("items"), depth < DEPTH) else {
            return Value::Array(Vec::new());
        };
        if matches!(plain(name).as_str(), "errors" | "warnings" | "usererrors") {
            return Value::Array(Vec::new());
        }
        let one = super::singular(name);
        (0..wanted.min(maximum))
            .map(|at| {
                let index = self.index * 3 + at;
                Maker { index, ..*self }.value(items, &one, depth + 1)
            })
            .collect()
    }

    fn object(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let mut map = Map::new();
        if depth >= DEPTH {
            return map.into();
        }
        // A nested object that is another entity is the record of that entity with this number;
        // any other has identifiers of its own.
        let scope;
        let inner = if depth == 0 {
            *self
        } else if let Some(target) = self.world.entity_called(&plain(name)) {
            let index = self.index % count(&self.world.connector, target);
            Maker { entity: target, index, ..*self }
        } else {
            scope = format!("{}.{name}", self.entity);
            Maker { entity: &scope, ..*self }
        };
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, schema) in properties {
                map.insert(name.clone(), inner.value(schema, name, depth + 1));
            }
        } else if let Some(schema) = schema.get("additionalProperties").filter(|s| s.is_object()) {
            map.insert("sample".to_owned(), inner.value(schema, "sample", depth + 1));
        }
        map.into()
    }
}

/// The type to make, and whether `null` is allowed.
pub(super) fn kind_of(schema: &Value) -> (Option<&str>, bool) {
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    match schema.get("type") {
        Some(Value::String(kind)) => (Some(kind), nullable),
        Some(Value::Array(kinds)) => {
            let mut names = kinds.iter().filter_map(Value::as_str);
            let has_null = kinds.iter().any(|kind| kind == "null");
            (names.find(|kind| *kind != "null").or(Some("null")), nullable || has_null)
        }
        _ if schema.get("properties").is_some() => (Some("object"), nullable),
        _ if schema.get("items").is_some() => (Some("array"), nullable),
        _ => (None, nullable),
    }
}

/// The variant to make: a scalar before an object, never `null`.
fn first(variants: &[Value]) -> Option<&Value> {
    let real = || variants.iter().filter(|variant| kind_of(variant).0 != Some("null"));
    real()
        .find(|variant| !matches!(kind_of(variant).0, Some("object") | None))
        .or_else(|| real().next())
}

/// A schema whose `allOf` is merged into it.
fn merge_all(schema: &Value) -> Value {
    let mut out = schema.as_object().cloned().unwrap_or_default();
    let parts = out.remove("allOf").and_then(|v| v.as_array().cloned()).unwrap_or_default();
    for part in parts {
        let part = if part.get("allOf").is_some() { merge_all(&part) } else { part };
        for (key, value) in part.as_object().into_iter().flatten() {
            match (out.get_mut(key), value) {
                (Some(Value::Object(known)), Value::Object(more)) => {
                    for (name, value) in more {
                        known.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
                (Some(_), _) => {}
                (None, value) => {
                    out.insert(key.clone(), value.clone());
                }
            }
        }
    }
    out.into()
}
