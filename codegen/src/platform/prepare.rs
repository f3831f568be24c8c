//! Prepares the document of the API, so that a good client can be made of it.
//!
//! The document describes a server that always keeps to it. A client has to work with other servers
//! as well, so the schemas of responses are relaxed: no member is required, `null` is accepted
//! everywhere, and any text is accepted instead of a listed one. Schemas of requests stay as strict
//! as they are. What the session handles for all operations (token, headers, errors) is left out,
//! and so is everything that is deprecated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::operation::{self, Operation, last};

/// The suffix that distinguishes the schema for responses, where requests use a schema of this name
/// as well.
const VIEW: &str = "View";

/// The beginning of references to schemas in the document.
const SCHEMAS: &str = "#/components/schemas/";

/// The methods that a path may have.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The prepared document, and other information from the original that the client needs.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The document that progenitor reads.
    pub(super) document: Value,
    /// The schema and the member of every value that must not be shown.
    pub(super) secrets: BTreeSet<(String, String)>,
    /// The descriptions of the tags of operations, by the module of each tag.
    pub(super) tags: BTreeMap<String, String>,
    /// The operations, in the order of the document.
    pub(super) operations: Vec<Operation>,
}

/// Prepares the document.
pub(super) fn prepare(document: &Value) -> Prepared {
    let mut document = document.clone();
    let parameters = document["components"]["parameters"].clone();
    let schemas = document["components"]["schemas"].clone();
    let (mut requested, mut returned) = (Vec::new(), Vec::new());
    for (_, item) in members(&mut document["paths"]) {
        let shared = item["parameters"].take();
        if let Some(item) = item.as_object_mut() {
            item.retain(|key, operation| {
                METHODS.contains(&key.as_str()) && operation["deprecated"] != true
            });
        }
        for (_, operation) in members(item) {
            operation["parameters"] = chosen(&[&shared, &operation["parameters"]], &parameters);
            operation["responses"] = success(&operation["responses"]);
            references(&operation["parameters"], &mut requested);
            references(&operation["requestBody"], &mut requested);
            references(&operation["responses"], &mut returned);
        }
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    }
    let mut relaxed = schemas.clone();
    members(&mut relaxed).for_each(|(_, schema)| relax(schema));
    let (requested, returned) = (reached(requested, &schemas), reached(returned, &relaxed));
    let view = |name: &str| {
        let suffix = if requested.contains(name) { VIEW } else { "" };
        format!("{name}{suffix}")
    };
    let mut components = Map::new();
    let mut secrets = BTreeSet::new();
    for (name, schema) in schemas.as_object().into_iter().flatten() {
        let mut keep = |name: String, mut schema: Value| {
            explain(&mut schema, &schemas);
            for (member, property) in schema["properties"].as_object().into_iter().flatten() {
                if property["x-agent-secret"] == true {
                    secrets.insert((name.clone(), member.clone()));
                }
            }
            components.insert(name, schema);
        };
        if requested.contains(name) {
            let mut schema = schema.clone();
            plain(&mut schema);
            keep(name.clone(), schema);
        }
        if returned.contains(name) {
            let mut schema = relaxed[name].clone();
            // The type itself is an object; members that refer to it may be `null`.
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
    document["components"] = json!({"schemas": components});
    let tags = document["tags"].as_array().into_iter().flatten().map(|tag| {
        let text = |key: &str| tag[key].as_str().unwrap_or_default();
        (operation::module(text("name")), text("description").to_owned())
    });
    let tags = tags.collect();
    let operations = operations(&document);
    Prepared { document, secrets, tags, operations }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operations.push(Operation::read(path, method, operation));
        }
    }
    operations
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// The parameters of path and query that are not deprecated.
fn chosen(lists: &[&Value], components: &Value) -> Value {
    let all = lists.iter().filter_map(|list| list.as_array()).flatten();
    let resolved = all.map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => components[last(reference)].clone(),
        None => parameter.clone(),
    });
    let wanted = |parameter: &Value| parameter["in"] != "header" && parameter["deprecated"] != true;
    resolved.filter(wanted).collect()
}

/// The successful response of an operation, whatever its status, with its JSON form where there are several.
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

/// Adds the names of the schemas that a value refers to.
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

/// The names of these schemas and of all that they refer to.
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

/// Prepares a schema of requests: identifiers and times are plain texts, which the platform checks,
/// and a list or an object may be left out, which differs from an empty one.
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

/// Relaxes a schema of responses, so that it accepts what other servers may send.
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
        let description = map.get("description").and_then(Value::as_str).unwrap_or_default();
        map.insert(
            "description".to_owned(),
            format!("{description} One of {}.", words.join(", ")).into(),
        );
    }
    if map.contains_key("type") {
        map.insert("nullable".to_owned(), true.into());
    }
    for (key, value) in map.iter_mut() {
        match key.as_str() {
            "properties" => members(value).for_each(|(_, value)| relax(value)),
            // Values of members whose names are not known beforehand may be any JSON.
            "additionalProperties" => *value = true.into(),
            "items" => {
                relax(value);
                // No server sends `null` as an element of a list.
                if let Some(map) = value.as_object_mut() {
                    map.remove("nullable");
                }
            }
            "allOf" => value.as_array_mut().into_iter().flatten().for_each(relax),
            _ => {}
        }
    }
}
