//! Reads descriptions of the objects of a graph API, one file for each type of object: its fields,
//! and its edges, which are the operations on an object. Another file lists the values of
//! enumerated types. The files of an archive are one document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest};
use crate::refs::{is_true, items, text};

/// Parameters that every request which reads may have, although no description of an object lists
/// them: the fields to return, and for edges the page.
const COMMON: [(&str, &str); 4] =
    [("fields", "string"), ("limit", "int"), ("after", "string"), ("before", "string")];

/// Whether a value describes one type of object, or lists enumerated types.
pub(crate) fn is_part(value: &Value) -> bool {
    let is_enumeration =
        |value: &Value| value.get("values").is_some() && value.get("node").is_some();
    value.get("fields").is_some_and(Value::is_array)
        || value.get("apis").is_some_and(Value::is_array)
        || value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(is_enumeration))
}

/// The operations of objects, each given with the name of its type.
pub(crate) fn rest(parts: &[(String, Value)]) -> Rest {
    let types = Types {
        objects: parts.iter().map(|(name, _)| name.as_str()).collect(),
        enums: parts
            .iter()
            .filter_map(|(_, part)| part.as_array())
            .flatten()
            .map(|entry| (text(entry, "name"), entry.get("values").cloned().unwrap_or_default()))
            .collect(),
    };
    let mut schemas = Map::new();
    let mut operations = Vec::new();
    for (name, part) in parts {
        let fields = items(part, "fields").iter();
        let fields = fields.map(|field| (text(field, "name"), types.schema(&text(field, "type"))));
        let properties: Map<String, Value> = fields.collect();
        schemas.insert(name.clone(), json!({"type": "object", "properties": properties}));
        operations.extend(items(part, "apis").iter().map(|edge| operation(&types, name, edge)));
    }
    Rest { operations, root: json!({"schemas": schemas}), ..Rest::default() }
}

struct Types<'a> {
    objects: Vec<&'a str>,
    enums: BTreeMap<String, Value>,
}

impl Types<'_> {
    /// The schema of a type, which is named or is a list.
    fn schema(&self, name: &str) -> Value {
        if let Some(inner) = name.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
            return json!({"type": "array", "items": self.schema(inner)});
        }
        match name {
            "string" | "numeric string" | "datetime" | "file" => json!({"type": "string"}),
            "int" | "unsigned int" => json!({"type": "integer"}),
            "float" => json!({"type": "number"}),
            "bool" => json!({"type": "boolean"}),
            "map" | "Object" => json!({"type": "object"}),
            _ if name.starts_with("map<") => json!({"type": "object"}),
            _ => match self.enums.get(name) {
                Some(values) => json!({"type": "string", "enum": values}),
                None if self.objects.contains(&name) => {
                    json!({"$ref": format!("#/schemas/{name}")})
                }
                None => json!({}),
            },
        }
    }
}

fn operation(types: &Types<'_>, object: &str, edge: &Value) -> Operation {
    let name = text(edge, "endpoint");
    let name = name.trim_matches('/');
    let method = text(edge, "method");
    let is_read = method == "GET";
    let parameters = items(edge, "params");
    let query = parameters.iter().filter(|_| is_read || method == "DELETE").map(|node| Parameter {
        required: is_true(node, "required"),
        ..Parameter::new(text(node, "name"), Place::Query, types.schema(&text(node, "type")))
    });
    let common = COMMON.iter().take(if name.is_empty() { 1 } else { COMMON.len() });
    let common = common
        .filter(|_| is_read)
        .map(|(name, ty)| Parameter::new(*name, Place::Query, types.schema(ty)));
    let result = types.schema(&text(edge, "return"));
    // An edge returns a page of objects, and an operation that writes returns ids only.
    let schema = if name.is_empty() { result } else { page(&result) };
    let content = Content {
        media_type: "application/json".to_owned(),
        schema: Some(schema),
        ..Content::default()
    };
    let contents = if is_read { vec![content] } else { Vec::new() };
    Operation {
        id: format!("{object}/{name}"),
        path: if name.is_empty() { "/{id}".to_owned() } else { format!("/{{id}}/{name}") },
        parameters: query.chain(common).collect(),
        body: (method == "POST").then(|| body(types, parameters)),
        responses: vec![Response { status: "200".to_owned(), contents, ..Response::default() }],
        method,
        ..Operation::default()
    }
}

fn page(object: &Value) -> Value {
    json!({"type": "object", "properties": {
        "data": {"type": "array", "items": object},
        "paging": {"type": "object", "properties": {
            "cursors": {"type": "object", "properties": {
                "before": {"type": "string"}, "after": {"type": "string"},
            }},
            "next": {"type": "string"}, "previous": {"type": "string"},
        }},
        "summary": {"type": "object"},
    }})
}

/// Bodies may be forms or JSON.
fn body(types: &Types<'_>, parameters: &[Value]) -> Body {
    let required = parameters.iter().filter(|node| is_true(node, "required"));
    let required: Vec<String> = required.map(|node| text(node, "name")).collect();
    let properties: Map<String, Value> = parameters
        .iter()
        .map(|node| (text(node, "name"), types.schema(&text(node, "type"))))
        .collect();
    let schema = json!({"type": "object", "properties": properties, "required": required});
    let contents = ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"];
    let contents = contents.map(|media_type| Content {
        media_type: media_type.to_owned(),
        schema: Some(schema.clone()),
        ..Content::default()
    });
    Body { contents: contents.to_vec(), ..Body::default() }
}
