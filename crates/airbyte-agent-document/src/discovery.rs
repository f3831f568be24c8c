//! Discovery documents of Google.

use serde_json::{Value, json};

use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest};
use crate::refs::{is_true, members, text};

/// What the document says about operations.
pub(crate) fn rest(root: Value) -> Rest {
    let mut operations = Vec::new();
    resource(&root, &root, &mut operations);
    Rest { operations, root }
}

/// The methods of a resource and of the resources in it.
fn resource(root: &Value, node: &Value, operations: &mut Vec<Operation>) {
    for (_, method) in members(node, "methods") {
        let operation = operation(root, method);
        operations.extend(upload(method, &operation));
        operations.push(operation);
    }
    for (_, inner) in members(node, "resources") {
        resource(root, inner, operations);
    }
}

fn operation(root: &Value, node: &Value) -> Operation {
    let path = match text(node, "flatPath") {
        path if path.is_empty() => text(node, "path"),
        path => path,
    };
    let content = |key: &str| {
        let schema = node.get(key)?;
        Some(Content { media_type: "application/json".to_owned(), schema: Some(schema.clone()) })
    };
    let own = members(node, "parameters").map(|(name, node)| parameter(name, node));
    let common = members(root, "parameters").map(|(name, node)| parameter(name, node));
    let response = content("response").map(|content| Response {
        status: "200".to_owned(),
        contents: vec![content],
        headers: Vec::new(),
    });
    Operation {
        id: text(node, "id"),
        method: text(node, "httpMethod"),
        bases: vec![text(root, "basePath").trim_end_matches('/').to_owned()],
        path: format!("/{}", path.trim_start_matches('/').replace("{+", "{")),
        deprecated: is_true(node, "deprecated"),
        parameters: own.chain(common).collect(),
        body: content("request").map(|content| Body { required: false, contents: vec![content] }),
        responses: response.into_iter().collect(),
    }
}

/// The same operation with a file, at its own path.
fn upload(node: &Value, operation: &Operation) -> Option<Operation> {
    let path = node.pointer("/mediaUpload/protocols/simple/path")?.as_str()?;
    let mut upload = operation.clone();
    upload.bases.clear();
    path.clone_into(&mut upload.path);
    for content in upload.body.iter_mut().flat_map(|body| &mut body.contents) {
        "multipart/related".clone_into(&mut content.media_type);
    }
    Some(upload)
}

fn parameter(name: &str, node: &Value) -> Parameter {
    Parameter {
        name: name.to_owned(),
        place: Place::parse(&text(node, "location")).unwrap_or(Place::Query),
        required: is_true(node, "required"),
        deprecated: is_true(node, "deprecated"),
        schema: if is_true(node, "repeated") {
            json!({"type": "array", "items": node})
        } else {
            node.clone()
        },
    }
}
