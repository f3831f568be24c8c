//! Reads documents of `OpenAPI` 3.0 and 3.1.

use serde_json::{Map, Value};

use crate::about::{Server, ServerVariable};
use crate::model::{Body, Content, Link, Operation, Parameter, Place, Response, Rest, Style};
use crate::parts::{self, extensions};
use crate::refs::{base, is_true, items, members, resolve, text};

/// The operations of the document, and what it says about the API.
pub(crate) fn rest(root: Value) -> Rest {
    let mut rest = parts::rest(&root);
    rest.servers = servers(&root).unwrap_or_default();
    rest.schemes =
        parts::schemes(&root, root.get("components").unwrap_or(&Value::Null), "securitySchemes");
    let servers = rest.servers.clone();
    parts::operations(rest, root, |root, path, item, method, node| {
        operation(root, &servers, path, item, method, node)
    })
}

fn operation(
    root: &Value,
    common: &[Server],
    path: &str,
    item: &Value,
    method: &str,
    node: &Value,
) -> Operation {
    let servers = servers(node).or_else(|| servers(item)).unwrap_or_else(|| common.to_vec());
    let (responses, failures) =
        parts::responses(root, node, |status, node| response(root, status, node));
    Operation {
        bases: servers.iter().map(|server| base(&server.url)).collect(),
        servers,
        deprecated: is_true(node, "deprecated"),
        parameters: parameters(root, item, node),
        body: node
            .get("requestBody")
            .and_then(|node| resolve(root, node))
            .map(|node| body(root, node)),
        responses,
        failures,
        ..parts::operation(root, path, method, node)
    }
}

/// The servers of a node; `None` if it has none.
fn servers(node: &Value) -> Option<Vec<Server>> {
    let all: Vec<Server> = items(node, "servers").iter().map(server).collect();
    (!all.is_empty()).then_some(all)
}

fn server(node: &Value) -> Server {
    let variable = |(name, node): (&str, &Value)| ServerVariable {
        name: name.to_owned(),
        default: text(node, "default"),
        choices: items(node, "enum").iter().filter_map(scalar).collect(),
        description: text(node, "description"),
    };
    // An address may leave the protocol to the program that shows the document.
    let mut url = text(node, "url");
    if url.starts_with("//") {
        url.insert_str(0, "https:");
    }
    Server {
        url,
        description: text(node, "description"),
        variables: members(node, "variables").map(variable).collect(),
        extensions: extensions(node),
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
        all.push(parameter(root, found, name, place));
    }
    all
}

fn parameter(root: &Value, node: &Value, name: String, place: Place) -> Parameter {
    // The schema may be in the only member of `content`.
    let media = members(node, "content").next();
    let inside = media.and_then(|(_, media)| media.get("schema"));
    let schema = node.get("schema").or(inside).cloned().unwrap_or_default();
    let style = Style::parse(&text(node, "style")).unwrap_or_else(|| Style::of(place));
    Parameter {
        required: is_true(node, "required"),
        deprecated: is_true(node, "deprecated"),
        description: text(node, "description"),
        style,
        explode: node.get("explode").and_then(Value::as_bool).unwrap_or(style == Style::Form),
        media_type: media.map(|(name, _)| media_type(name)),
        example: example(root, node).or_else(|| example(root, media?.1)),
        extensions: extensions(node),
        ..Parameter::new(name, place, schema)
    }
}

/// The example of a parameter or a body: the only one, or the first of several.
fn example(root: &Value, node: &Value) -> Option<Value> {
    let first = || {
        let (_, first) = members(node, "examples").next()?;
        resolve(root, first)?.get("value")
    };
    node.get("example").or_else(first).cloned()
}

fn body(root: &Value, node: &Value) -> Body {
    Body {
        required: is_true(node, "required"),
        description: text(node, "description"),
        contents: contents(root, node),
        extensions: extensions(node),
    }
}

fn contents(root: &Value, node: &Value) -> Vec<Content> {
    members(node, "content")
        .map(|(name, media)| Content {
            media_type: media_type(name),
            schema: media.get("schema").cloned(),
            encoding: object(media, "encoding"),
            example: example(root, media),
        })
        .collect()
}

/// The media type without parameters.
pub(crate) fn media_type(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn response(root: &Value, status: &str, node: &Value) -> Response {
    let links =
        members(node, "links").filter_map(|(name, node)| Some((name, resolve(root, node)?)));
    Response {
        status: status.to_owned(),
        description: text(node, "description"),
        contents: contents(root, node),
        headers: members(node, "headers").map(|(name, _)| name.to_owned()).collect(),
        links: links.map(|(name, node)| link(name, node)).collect(),
        extensions: extensions(node),
    }
}

fn link(name: &str, node: &Value) -> Link {
    Link {
        name: name.to_owned(),
        operation_id: text(node, "operationId"),
        operation_ref: text(node, "operationRef"),
        description: text(node, "description"),
        parameters: object(node, "parameters"),
    }
}

fn object(node: &Value, key: &str) -> Map<String, Value> {
    node.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
