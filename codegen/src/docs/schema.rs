//! JSON Schemas as rows of a table. Names of nested members contain dots, and `[]` stands for the elements of
//! an array.

use std::collections::BTreeSet;

use airbyte_agent_description::{Kind, Schema};
use serde_json::Value;

use crate::prose;

/// The number of nested levels that a table shows.
const DEPTH: usize = 3;

/// The rows of a JSON Schema: name, type and description of each member.
pub(crate) fn rows(schema: &Value) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    walk(schema, "", DEPTH, &mut rows);
    rows
}

fn walk(schema: &Value, path: &str, depth: usize, rows: &mut Vec<Vec<String>>) {
    let schema = plain(schema);
    if let Some(items) = schema.get("items") {
        return walk(items, &format!("{path}[]"), depth, rows);
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let own = property.get("description").or_else(|| plain(property).get("description"));
        let description = own.and_then(Value::as_str).unwrap_or_default();
        rows.push(vec![
            prose::code(&path),
            kind(property),
            prose::cell(&prose::sentence(description)),
        ]);
        if depth > 1 {
            walk(property, &path, depth - 1, rows);
        }
    }
}

/// The schema, or its only alternative that is not `null`.
fn plain(schema: &Value) -> &Value {
    let options = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    let Some(options) = options else { return schema };
    let mut others =
        options.iter().filter(|option| option.get("type").and_then(Value::as_str) != Some("null"));
    match (others.next(), others.next()) {
        (Some(only), None) => plain(only),
        _ => schema,
    }
}

/// The type of a value in words: `string`, `list of object`, `string or null` …
pub(crate) fn kind(schema: &Value) -> String {
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let mut null = false;
    gather(schema, &mut kinds, &mut null);
    let mut text = kinds.into_iter().collect::<Vec<_>>().join(" or ");
    if text.is_empty() {
        "any".clone_into(&mut text);
    }
    if null { format!("{text} or null") } else { text }
}

fn gather(schema: &Value, kinds: &mut BTreeSet<String>, null: &mut bool) {
    if let Some(options) = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(*key)?.as_array()) {
        for option in options {
            gather(option, kinds, null);
        }
        return;
    }
    let mut add = |name: &str| match name {
        "null" => *null = true,
        "array" => {
            let item = schema.get("items").map_or("any".to_owned(), kind);
            kinds.insert(format!("list of {item}"));
        }
        name => {
            kinds.insert(name.to_owned());
        }
    };
    match schema.get("type") {
        Some(Value::String(name)) => add(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(add),
        _ if schema.get("properties").is_some() => add("object"),
        _ => {}
    }
}

/// The type of an argument in the same words.
pub(crate) fn parameter_kind(schema: &Schema) -> String {
    let names: Vec<String> = schema
        .kinds
        .iter()
        .map(|kind| match kind {
            Kind::Array => {
                let item = schema.items.first().map_or("any".to_owned(), parameter_kind);
                format!("list of {item}")
            }
            kind => kind.as_str().to_owned(),
        })
        .collect();
    if names.is_empty() {
        return "any".to_owned();
    }
    let text = names.join(" or ");
    if schema.nullable { format!("{text} or null") } else { text }
}
