//! Swagger 2, which `OpenAPI` 3 replaced. Its parameters are their own schemas.

use serde_json::{Map, Value, json};

use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest};
use crate::openapi::media_type;
use crate::refs::{METHODS, is_true, items, members, resolve, text};

/// What the document says about operations.
pub(crate) fn rest(root: Value) -> Rest {
    let mut operations = Vec::new();
    for (path, item) in members(&root, "paths") {
        let Some(item) = resolve(&root, item) else { continue };
        for method in METHODS {
            if let Some(node) = item.get(method) {
                operations.push(operation(&root, path, item, method, node));
            }
        }
    }
    Rest { operations, root }
}

fn operation(root: &Value, path: &str, item: &Value, method: &str, node: &Value) -> Operation {
    let given = parameters(root, item, node);
    let parameters = given.iter().filter_map(|given| {
        let place = Place::parse(&text(given, "in"))?;
        Some(Parameter {
            name: text(given, "name"),
            place,
            required: is_true(given, "required"),
            deprecated: is_true(given, "deprecated") || is_true(given, "x-deprecated"),
            schema: (*given).clone(),
        })
    });
    Operation {
        id: text(node, "operationId"),
        method: method.to_uppercase(),
        bases: vec![text(root, "basePath").trim_end_matches('/').to_owned()],
        path: path.to_owned(),
        deprecated: is_true(node, "deprecated"),
        parameters: parameters.collect(),
        body: body(root, node, &given),
        responses: responses(root, node),
    }
}

/// The parameters of the operation, and those of its path that it does not replace.
fn parameters<'a>(root: &'a Value, item: &'a Value, node: &'a Value) -> Vec<&'a Value> {
    let mut all: Vec<&Value> = Vec::new();
    for given in items(item, "parameters").iter().chain(items(node, "parameters")) {
        let Some(given) = resolve(root, given) else { continue };
        let is_same = |known: &&Value| {
            text(known, "name") == text(given, "name") && text(known, "in") == text(given, "in")
        };
        all.retain(|known| !is_same(known));
        all.push(given);
    }
    all
}

/// The body is one parameter with a schema, or the fields of a form.
fn body(root: &Value, node: &Value, given: &[&Value]) -> Option<Body> {
    let consumes = media_types(root, node, "consumes");
    if let Some(body) = given.iter().find(|given| text(given, "in") == "body") {
        let media_type = consumes.into_iter().find(|name| name.contains("json"));
        let content = Content {
            media_type: media_type.unwrap_or_else(|| "application/json".to_owned()),
            schema: body.get("schema").cloned(),
        };
        return Some(Body { required: is_true(body, "required"), contents: vec![content] });
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut has_file = false;
    for field in given.iter().filter(|given| text(given, "in") == "formData") {
        let name = text(field, "name");
        has_file |= text(field, "type") == "file";
        if is_true(field, "required") {
            required.push(name.clone());
        }
        properties.insert(name, (*field).clone());
    }
    if properties.is_empty() {
        return None;
    }
    let media_type =
        if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let is_required = !required.is_empty();
    let schema = json!({"type": "object", "properties": properties, "required": required});
    let content = Content { media_type: media_type.to_owned(), schema: Some(schema) };
    Some(Body { required: is_required, contents: vec![content] })
}

/// The media types of the operation, or those of the document.
fn media_types(root: &Value, node: &Value, key: &str) -> Vec<String> {
    let own = items(node, key);
    let all = if own.is_empty() { items(root, key) } else { own };
    all.iter().filter_map(Value::as_str).map(media_type).collect()
}

fn responses(root: &Value, node: &Value) -> Vec<Response> {
    let mut found: Vec<_> =
        members(node, "responses").filter(|(status, _)| status.starts_with('2')).collect();
    if found.is_empty() {
        found = members(node, "responses").filter(|(status, _)| *status == "default").collect();
    }
    found
        .into_iter()
        .filter_map(|(status, response)| {
            let response = resolve(root, response)?;
            let schema = response.get("schema").cloned();
            let content = schema.map(|schema| Content {
                media_type: "application/json".to_owned(),
                schema: Some(schema),
            });
            Some(Response {
                status: status.to_owned(),
                contents: content.into_iter().collect(),
                headers: members(response, "headers").map(|(name, _)| name.to_owned()).collect(),
            })
        })
        .collect()
}
