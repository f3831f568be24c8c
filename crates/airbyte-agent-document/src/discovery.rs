//! Reads discovery documents of Google.

use serde_json::{Value, json};

use crate::about::{Extensions, Flow, FlowKind, Requirement, Scheme, SchemeKind, Server};
use crate::model::{Body, Content, Operation, Parameter, Place, Response, Rest};
use crate::refs::{is_true, members, text};

/// The name of the only scheme.
const OAUTH: &str = "oauth2";

/// The operations of the document, and what it says about the API.
pub(crate) fn rest(root: Value) -> Rest {
    let mut operations = Vec::new();
    let servers = servers(&root);
    resource(&root, &root, &servers, &mut operations);
    Rest {
        title: text(&root, "title"),
        version: text(&root, "version"),
        description: text(&root, "description"),
        schemes: schemes(&root).into_iter().collect(),
        servers,
        operations,
        root,
        ..Rest::default()
    }
}

/// The only server.
fn servers(root: &Value) -> Vec<Server> {
    let (address, base) = (text(root, "rootUrl"), text(root, "basePath"));
    if address.is_empty() {
        return Vec::new();
    }
    let base = base.trim_matches('/');
    let url = format!("{}/{base}", address.trim_end_matches('/'));
    vec![Server { url: url.trim_end_matches('/').to_owned(), ..Server::default() }]
}

/// The only scheme, of which documents state the scopes only.
fn schemes(root: &Value) -> Option<Scheme> {
    let scopes = root.pointer("/auth/oauth2/scopes")?.as_object()?;
    let scope = |(name, node): (&String, &Value)| (name.clone(), text(node, "description"));
    let flow = Flow {
        kind: FlowKind::AuthorizationCode,
        authorization_url: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
        token_url: "https://oauth2.googleapis.com/token".to_owned(),
        refresh_url: String::new(),
        scopes: scopes.iter().map(scope).collect(),
    };
    Some(Scheme {
        name: OAUTH.to_owned(),
        description: String::new(),
        kind: SchemeKind::OAuth2 { flows: vec![flow] },
        extensions: Extensions::new(),
    })
}

/// The scopes, any one of which is sufficient.
fn security(node: &Value) -> Option<Vec<Requirement>> {
    let scopes = node.get("scopes")?.as_array()?.iter().filter_map(Value::as_str);
    let one =
        |scope: &str| Requirement { schemes: vec![(OAUTH.to_owned(), vec![scope.to_owned()])] };
    Some(scopes.map(one).collect())
}

/// Adds the methods of a resource and of the resources inside it.
fn resource(root: &Value, node: &Value, servers: &[Server], operations: &mut Vec<Operation>) {
    for (_, method) in members(node, "methods") {
        let mut operation = operation(root, method);
        operation.servers = servers.to_vec();
        operations.extend(upload(method, &operation));
        operations.push(operation);
    }
    for (_, inner) in members(node, "resources") {
        resource(root, inner, servers, operations);
    }
}

fn operation(root: &Value, node: &Value) -> Operation {
    let path = match text(node, "flatPath") {
        path if path.is_empty() => text(node, "path"),
        path => path,
    };
    let content = |key: &str| {
        let schema = node.get(key)?;
        Some(Content {
            media_type: "application/json".to_owned(),
            schema: Some(schema.clone()),
            ..Content::default()
        })
    };
    let own = members(node, "parameters").map(|(name, node)| parameter(name, node));
    let common = members(root, "parameters").map(|(name, node)| parameter(name, node));
    let response = content("response").map(|content| Response {
        status: "200".to_owned(),
        contents: vec![content],
        ..Response::default()
    });
    Operation {
        id: text(node, "id"),
        method: text(node, "httpMethod"),
        bases: vec![text(root, "basePath").trim_end_matches('/').to_owned()],
        path: format!("/{}", path.trim_start_matches('/').replace("{+", "{")),
        description: text(node, "description"),
        security: security(node),
        deprecated: is_true(node, "deprecated"),
        parameters: own.chain(common).collect(),
        body: content("request").map(|content| Body { contents: vec![content], ..Body::default() }),
        responses: response.into_iter().collect(),
        ..Operation::default()
    }
}

/// The operation with a file, which has a path of its own. The file is a part behind the body, or
/// the whole body if there is no other. A parameter in the query says how the file is sent.
fn upload(node: &Value, operation: &Operation) -> Option<Operation> {
    let path = node.pointer("/mediaUpload/protocols/simple/path")?.as_str()?;
    let mut upload = operation.clone();
    upload.bases.clear();
    path.clone_into(&mut upload.path);
    let kind = match &mut upload.body {
        Some(body) => {
            for content in &mut body.contents {
                "multipart/related".clone_into(&mut content.media_type);
            }
            "multipart"
        }
        None => {
            let media_type = "application/octet-stream".to_owned();
            let content = Content { media_type, ..Content::default() };
            upload.body = Some(Body { required: true, contents: vec![content], ..Body::default() });
            "media"
        }
    };
    let schema = json!({"type": "string", "enum": [kind], "default": kind});
    let how = Parameter {
        required: true,
        description: "How the file is sent.".to_owned(),
        ..Parameter::new(UPLOAD_TYPE, Place::Query, schema)
    };
    upload.parameters.retain(|parameter| parameter.name != UPLOAD_TYPE);
    upload.parameters.push(how);
    Some(upload)
}

/// The parameter that says how a file is sent.
const UPLOAD_TYPE: &str = "uploadType";

fn parameter(name: &str, node: &Value) -> Parameter {
    let place = Place::parse(&text(node, "location")).unwrap_or(Place::Query);
    let schema = if is_true(node, "repeated") {
        json!({"type": "array", "items": node})
    } else {
        node.clone()
    };
    Parameter {
        required: is_true(node, "required"),
        deprecated: is_true(node, "deprecated"),
        description: text(node, "description"),
        ..Parameter::new(name, place, schema)
    }
}
