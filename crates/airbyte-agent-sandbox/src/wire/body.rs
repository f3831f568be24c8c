//! The body: JSON, form, multipart or GraphQL, as the operation declares it.

use std::rc::Rc;

use airbyte_agent_description::{Body, Location, Operation, Schema};
use serde_json::{Map, Value};

use super::{Arguments, Sent, Upload, brackets, multipart, typed};
use crate::graphql::{self, Refusal};
use crate::incoming::{Incoming, pairs};

/// Reads the body into `arguments`.
pub(crate) fn decode(
    operation: &Operation,
    declared: Option<&graphql::Declared>,
    sent: &Sent<'_>,
    arguments: &mut Arguments,
) {
    let request = sent.request;
    let result = match &operation.body {
        Body::None => none(request),
        Body::Json { open, in_array } => json(operation, request, *open, *in_array, arguments),
        Body::Form => form(operation, request, arguments),
        Body::Multipart => form_data(operation, request, arguments),
        Body::Related { file } => related(operation, request, file, arguments),
        Body::GraphQl(body) => match (sent.graphql(), declared) {
            (Ok(read), Some(declared)) => {
                graphql::decode(operation, body, declared, read, arguments);
                arguments.graphql = Some(Rc::clone(read));
                Ok(())
            }
            (Err(Refusal::Document(why)), _) => {
                arguments.graphql = Some(Rc::default());
                Err(why.clone())
            }
            (Err(Refusal::Body(why)), _) => Err(why.clone()),
            (Ok(_), None) => Err("operation has no document".to_owned()),
        },
    };
    if let Err(why) = result {
        arguments.problems.push(why);
    }
}

fn none(request: &Incoming) -> Result<(), String> {
    if request.body.is_empty() { Ok(()) } else { Err("operation takes no body".to_owned()) }
}

/// Takes the members of a decoded body; undeclared ones only where the body is open.
fn members(
    operation: &Operation,
    mut sent: Map<String, Value>,
    open: bool,
    supplied: &[&str],
    arguments: &mut Arguments,
) {
    for parameter in operation.parameters.iter().filter(|p| p.location == Location::Body) {
        let at = format!("body field `{}`", parameter.name);
        match sent.shift_remove(parameter.name.as_ref()) {
            Some(value) => {
                typed::check(&parameter.schema, &value, &at, &mut arguments.problems);
                arguments.values.insert(parameter.name.to_string(), value);
            }
            None if parameter.required && !supplied.contains(&parameter.name.as_ref()) => {
                arguments.problems.push(format!("{at} is missing"));
            }
            None => {}
        }
    }
    for (name, value) in sent {
        if !open {
            arguments.problems.push(format!("body has no field `{name}`"));
        }
        arguments.values.insert(name, value);
    }
}

fn json(
    operation: &Operation,
    request: &Incoming,
    open: bool,
    in_array: bool,
    arguments: &mut Arguments,
) -> Result<(), String> {
    if request.body.is_empty() {
        members(operation, Map::new(), open, &[], arguments);
        return Ok(());
    }
    let declared = arguments
        .values
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .and_then(|(_, value)| value.as_str());
    let sent = request.header("content-type").unwrap_or_default();
    if declared != Some(sent) && request.media_type() != "application/json" {
        return Err(format!("content type is `{sent}`, expected `application/json`"));
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("body is not valid JSON: {error}"))?;
    let body = match (in_array, body) {
        (true, Value::Array(mut items)) if items.len() == 1 => items.remove(0),
        (true, _) => return Err("body is to be an array of one object".to_owned()),
        (false, body) => body,
    };
    let Value::Object(body) = body else { return Err("body is to be an object".to_owned()) };
    members(operation, body, open, &[], arguments);
    Ok(())
}

fn form(
    operation: &Operation,
    request: &Incoming,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let expected = "application/x-www-form-urlencoded";
    if !request.body.is_empty() && request.media_type() != expected {
        let sent = request.header("content-type").unwrap_or_default();
        return Err(format!("content type is `{sent}`, expected `{expected}`"));
    }
    let tree = brackets::nest(&pairs(&request.body))?;
    let sent = typed_members(operation, tree, arguments);
    members(operation, sent, false, &[], arguments);
    Ok(())
}

/// Types the leaves of a form by the declared parameters.
fn typed_members(
    operation: &Operation,
    tree: Map<String, Value>,
    arguments: &mut Arguments,
) -> Map<String, Value> {
    let mut sent = Map::new();
    for (name, value) in tree {
        let parameter = operation.parameter(&name).filter(|p| p.location == Location::Body);
        let schema = parameter.map_or(&Schema::ANY, |parameter| &parameter.schema);
        match typed::from_tree(schema, value) {
            Ok(value) => {
                sent.insert(name, value);
            }
            Err(why) => arguments.problems.push(format!("body field `{name}`: {why}")),
        }
    }
    sent
}

fn parts(request: &Incoming, expected: &str) -> Result<Vec<multipart::Part>, String> {
    let sent = request.header("content-type").unwrap_or_default();
    if request.media_type() != expected {
        return Err(format!("content type is `{sent}`, expected `{expected}`"));
    }
    multipart::split(sent, &request.body)
}

fn form_data(
    operation: &Operation,
    request: &Incoming,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let mut tree = Map::new();
    let mut files = Vec::new();
    for part in parts(request, "multipart/form-data")? {
        let name = part.name().ok_or("a part has no name")?.to_owned();
        if part.is_file() {
            let media_type = part.media_type().to_owned();
            arguments.upload = Some(Upload { media_type, bytes: part.bytes });
            files.push(name);
        } else {
            tree.insert(name, String::from_utf8_lossy(&part.bytes).into_owned().into());
        }
    }
    let sent = typed_members(operation, tree, arguments);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    members(operation, sent, false, &files, arguments);
    Ok(())
}

fn related(
    operation: &Operation,
    request: &Incoming,
    file: &str,
    arguments: &mut Arguments,
) -> Result<(), String> {
    if request.media_type() == "application/json" {
        // Metadata without a file is allowed where the file is not required.
        return json(operation, request, false, false, arguments);
    }
    let parts: [multipart::Part; 2] = parts(request, "multipart/related")?
        .try_into()
        .map_err(|all: Vec<_>| format!("body has {} parts, expected 2", all.len()))?;
    let [head, content] = parts;
    if head.media_type() != "application/json" {
        return Err("first part is to be application/json".to_owned());
    }
    if content.header("content-transfer-encoding").eq_ignore_ascii_case("base64") {
        return Err("second part is to be the raw bytes, not base64".to_owned());
    }
    if content.media_type().is_empty() {
        return Err("second part has no content type".to_owned());
    }
    let Ok(Value::Object(sent)) = serde_json::from_slice(&head.bytes) else {
        return Err("first part is not a JSON object".to_owned());
    };
    let media_type = format!("{file}_mime_type");
    members(operation, sent, false, &[file, &media_type], arguments);
    let media_type = content.media_type().to_owned();
    arguments.upload = Some(Upload { media_type, bytes: content.bytes });
    Ok(())
}
