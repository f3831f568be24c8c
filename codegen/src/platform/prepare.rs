//! From the document of the API to one that makes a good client.
//!
//! The document says what is true of a server that keeps every promise. A client must live with
//! others, so its answers are relaxed: nothing is required, `null` is accepted everywhere, sets of
//! words are open. Requests stay as strict as they are. What the client adds to every request (token,
//! headers) and what it takes from every answer (errors) is left out, and so is everything that is
//! deprecated.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What is added to the name of a schema that requests use, where an answer uses it.
const VIEW: &str = "View";

/// Where schemas stand.
const SCHEMAS: &str = "#/components/schemas/";

/// The methods of a path.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The document to give to progenitor, and what is worth remembering of the one it comes from.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The document.
    pub(super) document: Value,
    /// Schemas that only answers use.
    pub(super) answers: BTreeSet<String>,
    /// Schema and member of everything that must not be shown.
    pub(super) secrets: BTreeSet<(String, String)>,
    /// The operations.
    pub(super) operations: Vec<Operation>,
}

/// What a request to an operation does not tell of it.
#[derive(Debug)]
pub(super) struct Operation {
    /// Its name.
    pub(super) id: String,
    /// `get`, `post` and so on.
    pub(super) method: String,
    /// Its path.
    pub(super) path: String,
    /// Whether doing it twice is harmless.
    pub(super) repeatable: bool,
    /// Whether it goes without a token.
    pub(super) open: bool,
}

/// Prepares the document.
pub(super) fn prepare(document: &Value) -> Prepared {
    let mut document = document.clone();
    let parameters = document["components"]["parameters"].clone();
    let schemas = document["components"]["schemas"].clone();
    let mut operations = Vec::new();
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    for (path, item) in members(&mut document["paths"]) {
        let shared = item["parameters"].take();
        if let Some(item) = item.as_object_mut() {
            item.retain(|key, operation| {
                METHODS.contains(&key.as_str()) && operation["deprecated"] != true
            });
        }
        for (method, operation) in members(item) {
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                method: method.clone(),
                path: path.clone(),
                repeatable: operation["x-agent-idempotent"] == true
                    || matches!(method.as_str(), "get" | "put" | "delete"),
                open: operation["security"].as_array().is_some_and(Vec::is_empty),
            });
            operation["parameters"] = chosen(&[&shared, &operation["parameters"]], &parameters);
            operation["responses"] = success(&operation["responses"]);
            references(&operation["parameters"], &mut asked);
            references(&operation["requestBody"], &mut asked);
            references(&operation["responses"], &mut answered);
        }
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    }
    let mut relaxed = schemas.clone();
    members(&mut relaxed).for_each(|(_, schema)| relax(schema));
    let (asked, answered) = (reached(asked, &schemas), reached(answered, &relaxed));
    let view = |name: &str| {
        let suffix = if asked.contains(name) { VIEW } else { "" };
        format!("{name}{suffix}")
    };
    let mut kept = Map::new();
    let mut secrets = BTreeSet::new();
    for (name, schema) in schemas.as_object().into_iter().flatten() {
        let mut keep = |name: String, mut schema: Value| {
            explain(&mut schema, &schemas);
            for (member, property) in schema["properties"].as_object().into_iter().flatten() {
                if property["x-agent-secret"] == true {
                    secrets.insert((name.clone(), member.clone()));
                }
            }
            kept.insert(name, schema);
        };
        if asked.contains(name) {
            let mut schema = schema.clone();
            plain(&mut schema);
            keep(name.clone(), schema);
        }
        if answered.contains(name) {
            let mut schema = relaxed[name].clone();
            // A type of its own is an object; its users may have `null` in its place.
            if let Some(map) = schema.as_object_mut() {
                map.remove("nullable");
            }
            rename(&mut schema, &view);
            keep(view(name), schema);
        }
    }
    for (_, item) in members(&mut document["paths"]) {
        for (_, operation) in members(item) {
            rename(&mut operation["responses"], &view);
            plain(&mut operation["parameters"]);
        }
    }
    document["components"] = json!({"schemas": kept});
    let answers = answered.iter().map(|name| view(name)).collect();
    Prepared { document, answers, secrets, operations }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// Parameters without those that are deprecated or go into headers.
fn chosen(lists: &[&Value], components: &Value) -> Value {
    let all = lists.iter().filter_map(|list| list.as_array()).flatten();
    let resolved = all.map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => components[last(reference)].clone(),
        None => parameter.clone(),
    });
    let wanted = |parameter: &Value| parameter["in"] != "header" && parameter["deprecated"] != true;
    resolved.filter(wanted).collect()
}

/// The one success of an operation, whatever its number, as JSON where there is a choice.
fn success(responses: &Value) -> Value {
    let good = responses.as_object().into_iter().flatten().find(|(code, _)| code.starts_with('2'));
    let Some((_, response)) = good else { return json!({}) };
    let mut response = response.clone();
    if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut)
        && content.contains_key("application/json")
    {
        content.retain(|media_type, _| media_type == "application/json");
    }
    json!({"2XX": response})
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Names of schemas referred to directly.
fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| key == "$ref") {
                    Some(text) if text.starts_with(SCHEMAS) => names.push(last(text).to_owned()),
                    _ => references(value, names),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}

/// Names of schemas reached from these.
fn reached(mut open: Vec<String>, schemas: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !names.contains(&name) {
            references(&schemas[&name], &mut open);
            names.insert(name);
        }
    }
    names
}

fn rename(value: &mut Value, view: &impl Fn(&str) -> String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "$ref" && text.starts_with(SCHEMAS) => {
                        *text = format!("{SCHEMAS}{}", view(last(text)));
                    }
                    _ => rename(value, view),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, view)),
        _ => {}
    }
}

/// Gives members that only refer to a schema the description of that schema.
fn explain(schema: &mut Value, schemas: &Value) {
    for (_, property) in members(&mut schema["properties"]) {
        let Some(reference) = property["$ref"].as_str() else { continue };
        let description = &schemas[last(reference).trim_end_matches(VIEW)]["description"];
        *property = json!({"description": description, "allOf": [{"$ref": reference}]});
    }
}

/// Makes a schema of requests: identifiers and instants are texts for the platform to judge, and a
/// list or an object that is left out is something else than an empty one.
fn plain(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.get("type").is_some_and(|kind| kind == "string") {
                map.remove("format");
            }
            let required = map.get("required").cloned().unwrap_or_default();
            let required = |name: &String| {
                required.as_array().is_some_and(|names| names.iter().any(|other| other == name))
            };
            for (name, property) in map.get_mut("properties").into_iter().flat_map(members) {
                if property["type"] == "array" || property["type"] == "object" {
                    property["nullable"] = (!required(name)).into();
                }
            }
            map.values_mut().for_each(plain);
        }
        Value::Array(list) => list.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Makes a schema accept whatever a server may send in its place.
fn relax(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if map.contains_key("oneOf") {
        let description = map.remove("description").unwrap_or_default();
        *schema = json!({
            "description": description, "type": "object", "additionalProperties": true,
            "nullable": true,
        });
        return;
    }
    for key in ["required", "format", "default", "minLength", "minimum", "maximum"] {
        map.remove(key);
    }
    if let Some(values) = map.remove("enum") {
        let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<String> = values.map(|value| format!("`{value}`")).collect();
        let said = map.get("description").and_then(Value::as_str).unwrap_or_default();
        map.insert("description".to_owned(), format!("{said} One of {}.", words.join(", ")).into());
    }
    if map.contains_key("type") {
        map.insert("nullable".to_owned(), true.into());
    }
    for (key, value) in map.iter_mut() {
        match key.as_str() {
            "properties" => members(value).for_each(|(_, value)| relax(value)),
            // Values under names that nobody knows beforehand may be anything.
            "additionalProperties" => *value = true.into(),
            "items" => {
                relax(value);
                // An element that is nothing at all has not been seen.
                if let Some(map) = value.as_object_mut() {
                    map.remove("nullable");
                }
            }
            "allOf" => value.as_array_mut().into_iter().flatten().for_each(relax),
            _ => {}
        }
    }
}
