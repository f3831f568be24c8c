//! The parts that `OpenAPI` 3 and Swagger 2 have in common: the document around the operations, and
//! the choice of responses that mean success.

use serde_json::Value;

use crate::about::{Extensions, Flow, FlowKind, Requirement, Scheme, SchemeKind, Tag};
use crate::model::{Operation, Place, Response, Rest};
use crate::refs::{FILES, METHODS, items, members, resolve, text};
use crate::walk;

/// The information of a document about the API and its tags, without operations.
pub(crate) fn rest(root: &Value) -> Rest {
    let info = root.get("info").unwrap_or(&Value::Null);
    Rest {
        title: text(info, "title"),
        version: text(info, "version"),
        description: text(info, "description"),
        security: security(root),
        tags: tags(root),
        extensions: extensions(root),
        info_extensions: extensions(info),
        ..Rest::default()
    }
}

/// Adds the operations of the paths, and the document, in which references are looked up. `make`
/// makes each operation from the document, its path, the node of the path, its method and its own
/// node. Operations have copies of the content of the paths, which is most of many documents.
/// Therefore, unless something refers to them, each path is removed as soon as its operations are
/// made.
pub(crate) fn operations(
    mut rest: Rest,
    mut root: Value,
    make: impl Fn(&Value, &str, &Value, &str, &Value) -> Operation,
) -> Rest {
    let mut add = |root: &Value, path: &str, item: &Value| {
        let Some(item) = resolve(root, item) else { return };
        for method in METHODS {
            if let Some(node) = item.get(method) {
                rest.operations.push(make(root, path, item, method, node));
            }
        }
    };
    if walk::refers(&root, "#/paths") {
        members(&root, "paths").for_each(|(path, item)| add(&root, path, item));
    } else if let Some(Value::Object(paths)) = root.get_mut("paths").map(Value::take) {
        for (path, item) in paths {
            add(&root, &path, &item);
        }
    }
    rest.root = root;
    rest
}

/// An operation with what it states about itself, without parameters, body and responses.
pub(crate) fn operation(root: &Value, path: &str, method: &str, node: &Value) -> Operation {
    Operation {
        id: text(node, "operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(node, "summary"),
        description: text(node, "description"),
        tags: texts(node, "tags"),
        security: security(node).or_else(|| security(root)),
        extensions: extensions(node),
        ..Operation::default()
    }
}

/// The members whose names begin with `x-`.
pub(crate) fn extensions(node: &Value) -> Extensions {
    let object = node.as_object().into_iter().flatten();
    object
        // The document also contains the files to which it refers, in such a member.
        .filter(|(name, _)| name.starts_with("x-") && *name != FILES)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The texts of a list; a single text counts as a list of one.
pub(crate) fn texts(node: &Value, key: &str) -> Vec<String> {
    match node.get(key) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The alternatives of `security`; `None` if there is no such member. A single object counts as a
/// list of one.
fn security(node: &Value) -> Option<Vec<Requirement>> {
    let one = |value: &Value| Requirement {
        schemes: value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, scopes)| {
                let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str);
                (name.clone(), scopes.map(str::to_owned).collect())
            })
            .collect(),
    };
    match node.get("security")? {
        Value::Array(all) => Some(all.iter().map(one).collect()),
        single @ Value::Object(_) => Some(vec![one(single)]),
        _ => None,
    }
}

fn tags(root: &Value) -> Vec<Tag> {
    let tag = |node: &Value| match node {
        Value::String(name) => Tag { name: name.clone(), ..Tag::default() },
        _ => Tag {
            name: text(node, "name"),
            description: text(node, "description"),
            extensions: extensions(node),
        },
    };
    items(root, "tags").iter().map(tag).filter(|tag| !tag.name.is_empty()).collect()
}

/// The schemes in this member of `node`.
pub(crate) fn schemes(root: &Value, node: &Value, key: &str) -> Vec<Scheme> {
    let resolved = members(node, key).filter_map(|(name, node)| Some((name, resolve(root, node)?)));
    resolved
        .map(|(name, node)| Scheme {
            name: name.to_owned(),
            description: text(node, "description"),
            kind: kind(node),
            extensions: extensions(node),
        })
        .collect()
}

fn kind(node: &Value) -> SchemeKind {
    match text(node, "type").as_str() {
        "apiKey" => SchemeKind::ApiKey {
            name: text(node, "name"),
            place: Place::parse(&text(node, "in")).unwrap_or(Place::Header),
        },
        // Swagger 2 has a separate type for basic authentication.
        "basic" => SchemeKind::Basic,
        "http" => match text(node, "scheme").to_ascii_lowercase().as_str() {
            "basic" => SchemeKind::Basic,
            "bearer" => SchemeKind::Bearer { format: text(node, "bearerFormat") },
            other => SchemeKind::Http { scheme: other.to_owned() },
        },
        "oauth2" => SchemeKind::OAuth2 { flows: flows(node) },
        "openIdConnect" => SchemeKind::OpenIdConnect { url: text(node, "openIdConnectUrl") },
        "mutualTLS" => SchemeKind::MutualTls,
        other => SchemeKind::Other(other.to_owned()),
    }
}

/// The flows of `OpenAPI` 3, or the one flow of Swagger 2, which is the scheme itself.
fn flows(node: &Value) -> Vec<Flow> {
    if node.get("flow").is_some() {
        return flow_kind(&text(node, "flow")).map(|kind| flow(node, kind)).into_iter().collect();
    }
    members(node, "flows")
        .filter_map(|(name, node)| flow_kind(name).map(|kind| flow(node, kind)))
        .collect()
}

fn flow_kind(name: &str) -> Option<FlowKind> {
    Some(match name {
        "authorizationCode" | "accessCode" => FlowKind::AuthorizationCode,
        "clientCredentials" | "application" => FlowKind::ClientCredentials,
        "implicit" => FlowKind::Implicit,
        "password" => FlowKind::Password,
        _ => return None,
    })
}

fn flow(node: &Value, kind: FlowKind) -> Flow {
    let scope = |(name, text): (&str, &Value)| {
        (name.to_owned(), text.as_str().unwrap_or_default().to_owned())
    };
    Flow {
        kind,
        authorization_url: text(node, "authorizationUrl"),
        token_url: text(node, "tokenUrl"),
        refresh_url: text(node, "refreshUrl"),
        scopes: members(node, "scopes")
            .filter(|(name, _)| !name.starts_with("x-"))
            .map(scope)
            .collect(),
    }
}

/// The responses that mean success, and the others. `default` means success if no other response
/// does.
pub(crate) fn responses(
    root: &Value,
    node: &Value,
    read: impl Fn(&str, &Value) -> Response,
) -> (Vec<Response>, Vec<Response>) {
    let all = members(node, "responses").filter(|(status, _)| !status.starts_with("x-"));
    let all: Vec<_> = all.collect();
    let has_success = all.iter().any(|(status, _)| status.starts_with('2'));
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (status, response) in all {
        let Some(response) = resolve(root, response) else { continue };
        let is_success = status.starts_with('2') || !has_success && status == "default";
        if is_success { &mut good } else { &mut bad }.push(read(status, response));
    }
    (good, bad)
}
