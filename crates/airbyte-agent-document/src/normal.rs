//! The keywords of schemas, and the meaning of those of earlier generations in JSON Schema.

use serde_json::{Map, Value, json};

use crate::refs::items;

/// The keywords that are kept in schemas.
const KEYWORDS: [&str; 44] = [
    "$comment",
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// Whether a member of a schema is a keyword, which describes values.
pub(crate) fn is_keyword(key: &str) -> bool {
    KEYWORDS.contains(&key) || key.starts_with("x-")
}

/// Replaces keywords of all generations by those of JSON Schema with the same meaning. `schema` has
/// the keywords of the schema `given`, and its inner schemas have been converted.
pub(crate) fn keywords(mut schema: Map<String, Value>, given: &Map<String, Value>) -> Value {
    kind(&mut schema);
    choices(&mut schema);
    elements(&mut schema);
    for (limit, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        bound(&mut schema, limit, exclusive);
    }
    // In a parameter or a member, a `required` that is true or false describes the parameter and
    // not the schema.
    if schema.get("required").is_some_and(|required| !required.is_array()) {
        schema.remove("required");
    }
    let is_true = |key: &str| given.get(key) == Some(&Value::Bool(true));
    if is_true("nullable") || is_true("x-nullable") {
        nullable(schema)
    } else {
        Value::Object(schema)
    }
}

/// Replaces the type by its name in JSON Schema.
fn kind(schema: &mut Map<String, Value>) {
    let Some(Value::String(name)) = schema.get("type") else { return };
    let (name, format) = match name.as_str() {
        "string" | "integer" | "number" | "boolean" | "array" | "object" | "null" => return,
        "file" => ("string", Some("binary")),
        "int" | "int32" | "int64" | "long" => ("integer", None),
        "float" | "double" | "decimal" => ("number", None),
        "bool" => ("boolean", None),
        "text" | "uuid" | "uri" => ("string", None),
        "date" => ("string", Some("date")),
        "datetime" | "date-time" => ("string", Some("date-time")),
        "list" => ("array", None),
        "map" => ("object", None),
        _ => {
            schema.remove("type");
            return;
        }
    };
    schema.insert("type".to_owned(), name.into());
    if let Some(format) = format {
        schema.entry("format").or_insert_with(|| format.into());
    }
}

/// Makes a list of the values that are allowed, which may be a single value or a list in a list in
/// the document.
fn choices(schema: &mut Map<String, Value>) {
    let Some(given) = schema.get("enum") else { return };
    let flat: Vec<Value> = match given {
        Value::Array(all) if all.iter().any(Value::is_array) && all.len() == 1 => {
            all.iter().filter_map(Value::as_array).flatten().cloned().collect()
        }
        Value::Array(_) => return,
        Value::Null | Value::Object(_) => Vec::new(),
        single => vec![single.clone()],
    };
    if flat.is_empty() {
        schema.remove("enum");
    } else {
        schema.insert("enum".to_owned(), Value::Array(flat));
    }
}

/// Makes one schema of several schemas of elements, each of which describes an element. Converted
/// documents have alternatives there, without a type.
fn elements(schema: &mut Map<String, Value>) {
    if schema.get("items").is_none_or(|items| !items.is_array()) {
        return;
    }
    let key = if schema.get("type").is_some() { "prefixItems" } else { "anyOf" };
    if let Some(all) = schema.remove("items")
        && schema.get(key).is_none()
    {
        schema.insert(key.to_owned(), all);
    }
}

/// Makes a limit a number. Earlier generations state by a flag whether the limit itself is allowed.
fn bound(schema: &mut Map<String, Value>, limit: &str, exclusive: &str) {
    for key in [limit, exclusive] {
        if let Some(Value::String(text)) = schema.get(key) {
            match text.trim().parse::<serde_json::Number>() {
                Ok(number) => schema.insert(key.to_owned(), Value::Number(number)),
                Err(_) => schema.remove(key),
            };
        }
    }
    match schema.get(exclusive) {
        Some(Value::Bool(true)) => {
            schema.remove(exclusive);
            if let Some(value) = schema.remove(limit) {
                schema.insert(exclusive.to_owned(), value);
            }
        }
        Some(Value::Bool(false)) => {
            schema.remove(exclusive);
        }
        _ => {}
    }
}

/// A schema that also allows `null`.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let null = || Value::from("null");
    if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !choices.contains(&Value::Null)
    {
        choices.push(Value::Null);
    }
    match schema.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let both = Value::Array(vec![Value::String(std::mem::take(name)), null()]);
            schema.insert("type".to_owned(), both);
            return Value::Object(schema);
        }
        Some(Value::Array(names)) => {
            if !names.contains(&null()) {
                names.push(null());
            }
            return Value::Object(schema);
        }
        _ => {}
    }
    let mut inner = Map::new();
    for key in ["$ref", "allOf", "oneOf", "anyOf", "not"] {
        if let Some(value) = schema.remove(key) {
            inner.insert(key.to_owned(), value);
        }
    }
    if inner.is_empty() {
        return Value::Object(schema);
    }
    let only = inner.len() == 1 && !items(&Value::Object(inner.clone()), "anyOf").is_empty();
    let mut branches = match inner.remove("anyOf") {
        Some(Value::Array(branches)) if only => branches,
        Some(other) => {
            inner.insert("anyOf".to_owned(), other);
            vec![Value::Object(inner)]
        }
        None => vec![Value::Object(inner)],
    };
    branches.push(json!({"type": "null"}));
    let mut out = Map::new();
    out.insert("anyOf".to_owned(), Value::Array(branches));
    out.extend(schema);
    Value::Object(out)
}
