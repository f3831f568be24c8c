//! `OpenAPI` 3.0 and 3.1.

use serde_json::Value;

use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest};
use crate::refs::{METHODS, base, is_true, items, members, resolve, text};

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
    let servers = [node, item, root].into_iter().map(|place| items(place, "servers"));
    let servers = servers.into_iter().find(|servers| !servers.is_empty()).unwrap_or_default();
    Operation {
        id: text(node, "operationId"),
        method: method.to_uppercase(),
        bases: servers.iter().map(|server| base(&text(server, "url"))).collect(),
        path: path.to_owned(),
        deprecated: is_true(node, "deprecated"),
        parameters: parameters(root, item, node),
        body: node.get("requestBody").and_then(|body| resolve(root, body)).map(body),
        responses: responses(root, node),
    }
}

/// The parameters of the operation, and those of its path that it does not replace.
fn parameters(root: &Value, item: &Value, node: &Value) -> Vec<Parameter> {
    let mut all: Vec<Parameter> = Vec::new();
    for found in items(item, "parameters").iter().chain(items(node, "parameters")) {
        let Some(found) = resolve(root, found) else { continue };
        let Some(place) = Place::parse(&text(found, "in")) else { continue };
        let name = text(found, "name");
        all.retain(|known| known.name != name || known.place != place);
        all.push(Parameter {
            name,
            place,
            required: is_true(found, "required"),
            deprecated: is_true(found, "deprecated"),
            schema: schema(found).unwrap_or_default(),
        });
    }
    all
}

/// The schema of a parameter, which may stand in the only member of `content`.
fn schema(parameter: &Value) -> Option<Value> {
    let inside = || members(parameter, "content").next().and_then(|(_, media)| media.get("schema"));
    parameter.get("schema").or_else(inside).cloned()
}

fn body(node: &Value) -> Body {
    Body { required: is_true(node, "required"), contents: contents(node) }
}

fn contents(node: &Value) -> Vec<Content> {
    members(node, "content")
        .map(|(name, media)| Content {
            media_type: media_type(name),
            schema: media.get("schema").cloned(),
        })
        .collect()
}

/// The media type without parameters.
pub(crate) fn media_type(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn responses(root: &Value, node: &Value) -> Vec<Response> {
    let all = members(node, "responses").filter(|(status, _)| status.starts_with('2'));
    let mut found: Vec<_> = all.collect();
    if found.is_empty() {
        found = members(node, "responses").filter(|(status, _)| *status == "default").collect();
    }
    found
        .into_iter()
        .filter_map(|(status, response)| {
            let response = resolve(root, response)?;
            Some(Response {
                status: status.to_owned(),
                contents: contents(response),
                headers: members(response, "headers").map(|(name, _)| name.to_owned()).collect(),
            })
        })
        .collect()
}
