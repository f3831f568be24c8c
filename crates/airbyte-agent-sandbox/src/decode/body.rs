//! The body of a request: JSON, a form, multipart or GraphQL, as the operation declares it.

use std::rc::Rc;

use airbyte_agent_description::{Body, FileArgument, Location, Operation, Schema};
use serde_json::{Map, Value, json};

use super::graphql_body::decode_graphql;
use super::{Arguments, SentRequest, Upload, brackets, files, multipart, values};
use crate::graphql::{DeclaredDocument, RequestError};
use crate::request::{Request, form_pairs};

/// Decodes the body into `arguments`.
pub(super) fn decode_body(
    operation: &Operation,
    declared: Option<&DeclaredDocument>,
    sent: &SentRequest<'_>,
    arguments: &mut Arguments,
) {
    let request = sent.request;
    let result = match &operation.body {
        Body::None => no_body(request),
        Body::Json { open, in_array } => json_body(operation, request, *open, *in_array, arguments),
        Body::Form => form_body(operation, request, arguments),
        Body::Value { argument } => json_value(operation, request, argument, arguments),
        Body::Raw(file) => files::raw(operation, request, file, arguments),
        Body::Multipart { files } => multipart_form(operation, request, files, arguments),
        Body::Related { file } => multipart_related(operation, request, file, arguments),
        Body::GraphQl(body) => match (sent.graphql(), declared) {
            (Ok(parsed), Some(declared)) => {
                decode_graphql(operation, body, declared, parsed, arguments);
                arguments.graphql = Some(Rc::clone(parsed));
                Ok(())
            }
            (Err(RequestError::Document(problem)), _) => {
                arguments.graphql = Some(Rc::default());
                Err(problem.clone())
            }
            (Err(RequestError::Body(problem)), _) => Err(problem.clone()),
            (Ok(_), None) => Err("the operation has no document".to_owned()),
        },
    };
    if let Err(problem) = result {
        arguments.problems.push(problem);
    }
}

fn no_body(request: &Request) -> Result<(), String> {
    if request.body.is_empty() { Ok(()) } else { Err("the operation takes no body".to_owned()) }
}

/// Adds the members of a decoded body. Undeclared members are a problem unless the body is `open`, and
/// so are required ones that are missing, unless they are `supplied` in another part of the body.
fn add_members(
    operation: &Operation,
    mut sent: Map<String, Value>,
    open: bool,
    supplied: &[&str],
    arguments: &mut Arguments,
) {
    for parameter in operation.parameters.iter().filter(|p| p.location == Location::Body) {
        let at = format!("body field `{}`", parameter.name);
        match sent.shift_remove(parameter.name.as_ref()) {
            Some(value) => arguments.add(parameter, Ok(value), &at),
            None if parameter.required && !supplied.contains(&parameter.name.as_ref()) => {
                arguments.problems.push(format!("{at} is missing"));
            }
            None => {}
        }
    }
    for (name, value) in sent {
        if !open {
            arguments.problems.push(format!("the body has no field `{name}`"));
        }
        arguments.values.insert(name, value);
    }
}

fn json_body(
    operation: &Operation,
    request: &Request,
    open: bool,
    in_array: bool,
    arguments: &mut Arguments,
) -> Result<(), String> {
    if request.body.is_empty() {
        add_members(operation, Map::new(), open, &[], arguments);
        return Ok(());
    }
    let declared = arguments
        .values
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .and_then(|(_, value)| value.as_str());
    let sent = request.header("content-type").unwrap_or_default();
    if declared != Some(sent) {
        check_json(operation, request)?;
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("the body is not valid JSON: {error}"))?;
    let body = match (in_array, body) {
        (true, Value::Array(mut items)) if items.len() == 1 => items.remove(0),
        (true, _) => return Err("the body must be an array of one object".to_owned()),
        (false, body) => body,
    };
    let Value::Object(body) = body else { return Err("the body must be an object".to_owned()) };
    add_members(operation, body, open, &[], arguments);
    Ok(())
}

/// Refuses a body of which the request says that it is no JSON. Vendors with a media type of their own take
/// `application/json`, too.
fn check_json(operation: &Operation, request: &Request) -> Result<(), String> {
    let sent = request.media_type();
    let own = operation.json_type.as_deref();
    if sent == "application/json" || own == Some(&*sent) {
        return Ok(());
    }
    let expected = own.unwrap_or("application/json");
    let sent = request.header("content-type").unwrap_or_default();
    Err(format!("the content type is `{sent}`, expected `{expected}`"))
}

/// A body that is the value of one argument.
fn json_value(
    operation: &Operation,
    request: &Request,
    argument: &str,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let Some(parameter) = operation.parameter(argument) else { return Ok(()) };
    if request.body.is_empty() {
        let needed = parameter.required.then(|| "the body is missing".to_owned());
        return needed.map_or(Ok(()), Err);
    }
    check_json(operation, request)?;
    let value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("the body is not valid JSON: {error}"))?;
    arguments.add(parameter, Ok(value), "the body");
    Ok(())
}

fn form_body(
    operation: &Operation,
    request: &Request,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let expected = "application/x-www-form-urlencoded";
    if !request.body.is_empty() && request.media_type() != expected {
        let sent = request.header("content-type").unwrap_or_default();
        return Err(format!("the content type is `{sent}`, expected `{expected}`"));
    }
    let tree = brackets::nest(&form_pairs(&request.body))?;
    let sent = typed_members(operation, tree, arguments);
    add_members(operation, sent, false, &[], arguments);
    Ok(())
}

/// The members of a form, with the types of the declared parameters.
fn typed_members(
    operation: &Operation,
    tree: Map<String, Value>,
    arguments: &mut Arguments,
) -> Map<String, Value> {
    let mut sent = Map::new();
    for (name, value) in tree {
        let parameter = operation.parameter(&name).filter(|p| p.location == Location::Body);
        let schema = parameter.map_or(&Schema::ANY, |parameter| &parameter.schema);
        match values::value_of_tree(schema, value) {
            Ok(value) => {
                sent.insert(name, value);
            }
            Err(problem) => {
                arguments.problems.push(format!("body field `{name}`: {problem}"));
            }
        }
    }
    sent
}

/// The parts of a multipart body of the expected media type.
fn parts(request: &Request, expected: &str) -> Result<Vec<multipart::Part>, String> {
    let sent = request.header("content-type").unwrap_or_default();
    if request.media_type() != expected {
        return Err(format!("the content type is `{sent}`, expected `{expected}`"));
    }
    multipart::split(sent, &request.body)
}

fn multipart_form(
    operation: &Operation,
    request: &Request,
    declared: &[FileArgument],
    arguments: &mut Arguments,
) -> Result<(), String> {
    let mut tree = Map::new();
    let mut files = Vec::new();
    let mut handed = Vec::new();
    let fields = operation.address.as_ref().and_then(|address| address.fields.as_deref());
    for part in parts(request, "multipart/form-data")? {
        let name = part.name().ok_or("a part has no name")?.to_owned();
        let file = declared.iter().find(|file| file.content == name);
        if part.is_file() || file.is_some() {
            files::part(part, file, arguments)?;
            files.push(name);
        } else {
            let text = String::from_utf8_lossy(&part.bytes).into_owned();
            if fields.is_some() && operation.parameter(&name).is_none() {
                handed.push(json!({"name": name, "value": text}));
            } else {
                tree.insert(name, text.into());
            }
        }
    }
    let mut sent = typed_members(operation, tree, arguments);
    if let Some(fields) = fields.filter(|_| !handed.is_empty()) {
        sent.insert(fields.to_owned(), handed.into());
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    add_members(operation, sent, false, &files, arguments);
    Ok(())
}

fn multipart_related(
    operation: &Operation,
    request: &Request,
    file: &str,
    arguments: &mut Arguments,
) -> Result<(), String> {
    if request.media_type() == "application/json" {
        // Without a file, the metadata may be sent alone.
        return json_body(operation, request, false, false, arguments);
    }
    let parts: [multipart::Part; 2] = parts(request, "multipart/related")?
        .try_into()
        .map_err(|all: Vec<_>| format!("the body has {} parts, expected 2", all.len()))?;
    let [head, content] = parts;
    if head.media_type() != "application/json" {
        return Err("the first part must be application/json".to_owned());
    }
    if content.header("content-transfer-encoding").eq_ignore_ascii_case("base64") {
        return Err("the second part must be the raw bytes, not base64".to_owned());
    }
    if content.media_type().is_empty() {
        return Err("the second part has no content type".to_owned());
    }
    let Ok(Value::Object(sent)) = serde_json::from_slice(&head.bytes) else {
        return Err("the first part is not a JSON object".to_owned());
    };
    let media_type = format!("{file}_mime_type");
    add_members(operation, sent, false, &[file, &media_type], arguments);
    let media_type = content.media_type().to_owned();
    arguments.upload = Some(Upload { media_type, bytes: content.bytes });
    Ok(())
}
