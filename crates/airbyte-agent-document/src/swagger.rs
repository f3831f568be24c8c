//! Reads documents of Swagger 2, which `OpenAPI` 3 replaced. Its parameters are themselves schemas.

use serde_json::{Map, Value, json};

use crate::about::Server;
use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest, Style};
use crate::openapi::media_type;
use crate::parts::{self, extensions};
use crate::refs::{is_true, items, members, resolve, text};

/// The operations of the document, and what it says about the API.
pub(crate) fn rest(root: Value) -> Rest {
    let mut rest = parts::rest(&root);
    rest.servers = servers(&root, &root);
    rest.schemes = parts::schemes(&root, &root, "securityDefinitions");
    parts::operations(rest, root, operation)
}

/// The servers, which are a host with a path and several protocols. Without a host, the address is relative.
fn servers(root: &Value, node: &Value) -> Vec<Server> {
    let host = text(root, "host");
    let base = base(root);
    let server = |url: String| Server { url, ..Server::default() };
    if host.is_empty() {
        return if base.is_empty() { Vec::new() } else { vec![server(base)] };
    }
    let own = parts::texts(node, "schemes");
    let protocols = if own.is_empty() { parts::texts(root, "schemes") } else { own };
    let is_http = |name: &&String| matches!(name.as_str(), "http" | "https");
    let mut protocols: Vec<String> = protocols.iter().filter(is_http).cloned().collect();
    // A protocol with encryption comes first, and is also used if none is named.
    protocols.sort_by_key(|name| name != "https");
    if protocols.is_empty() {
        protocols.push("https".to_owned());
    }
    protocols.into_iter().map(|name| server(format!("{name}://{host}{base}"))).collect()
}

/// The path that comes before those of operations.
fn base(root: &Value) -> String {
    text(root, "basePath").trim_end_matches('/').to_owned()
}

fn operation(root: &Value, path: &str, item: &Value, method: &str, node: &Value) -> Operation {
    let given = parameters(root, item, node);
    let produces = media_types(root, node, "produces");
    let (responses, failures) =
        parts::responses(root, node, |status, node| response(status, node, &produces));
    Operation {
        bases: vec![base(root)],
        servers: servers(root, node),
        deprecated: is_true(node, "deprecated"),
        parameters: given.iter().filter_map(|given| parameter(given)).collect(),
        body: body(root, node, &given),
        responses,
        failures,
        ..parts::operation(root, path, method, node)
    }
}

fn parameter(node: &Value) -> Option<Parameter> {
    let place = Place::parse(&text(node, "in"))?;
    let (style, explode) = match text(node, "collectionFormat").as_str() {
        "multi" => (Style::Form, true),
        "ssv" => (Style::SpaceDelimited, false),
        "tsv" => (Style::TabDelimited, false),
        "pipes" => (Style::PipeDelimited, false),
        _ => (Style::of(place), false),
    };
    Some(Parameter {
        required: is_true(node, "required"),
        deprecated: is_true(node, "deprecated") || is_true(node, "x-deprecated"),
        description: text(node, "description"),
        style,
        explode,
        example: node.get("x-example").or_else(|| node.get("example")).cloned(),
        extensions: extensions(node),
        ..Parameter::new(text(node, "name"), place, node.clone())
    })
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

/// The body, which is one parameter with a schema, or the fields of a form.
fn body(root: &Value, node: &Value, given: &[&Value]) -> Option<Body> {
    let consumes = media_types(root, node, "consumes");
    if let Some(body) = given.iter().find(|given| text(given, "in") == "body") {
        let media_type = consumes.into_iter().find(|name| name.contains("json"));
        let content = Content {
            media_type: media_type.unwrap_or_else(|| "application/json".to_owned()),
            schema: body.get("schema").cloned(),
            ..Content::default()
        };
        return Some(Body {
            required: is_true(body, "required"),
            description: text(body, "description"),
            contents: vec![content],
            extensions: extensions(body),
        });
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
    let content =
        Content { media_type: media_type.to_owned(), schema: Some(schema), ..Content::default() };
    Some(Body { required: is_required, contents: vec![content], ..Body::default() })
}

/// The media types of the operation, or those of the document.
fn media_types(root: &Value, node: &Value, key: &str) -> Vec<String> {
    let own = items(node, key);
    let all = if own.is_empty() { items(root, key) } else { own };
    all.iter().filter_map(Value::as_str).map(media_type).collect()
}

fn response(status: &str, node: &Value, produces: &[String]) -> Response {
    let media_type = produces.iter().find(|name| name.contains("json")).or(produces.first());
    let content = node.get("schema").map(|schema| Content {
        media_type: media_type.map_or("application/json", String::as_str).to_owned(),
        schema: Some(schema.clone()),
        example: members(node, "examples").next().map(|(_, example)| example.clone()),
        ..Content::default()
    });
    Response {
        status: status.to_owned(),
        description: text(node, "description"),
        contents: content.into_iter().collect(),
        headers: members(node, "headers").map(|(name, _)| name.to_owned()).collect(),
        extensions: extensions(node),
        ..Response::default()
    }
}
