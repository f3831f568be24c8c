//! Request bodies.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::graphql;
use super::multipart::{self, Content, Part};
use super::{encode_pairs, form_pairs};
use crate::arguments::Arguments;
use crate::description::{Body, FileArgument, Location, Operation, Text};
use crate::error::{Error, Result};

/// A body and its media type.
pub(super) struct Encoded {
    pub(super) bytes: Bytes,
    pub(super) content_type: String,
}

const JSON: &str = "application/json";

/// The body of an operation; `None` when there is nothing to send.
pub(super) fn body(operation: &Operation, arguments: &Arguments) -> Result<Option<Encoded>> {
    match &operation.body {
        Body::None => Ok(None),
        Body::Json { open, in_array } => {
            let members = members(operation, arguments, *open, |_| true);
            if members.is_empty() {
                return Ok(None);
            }
            let object = Value::Object(members);
            json_of(operation, &if *in_array { Value::Array(vec![object]) } else { object })
                .map(Some)
        }
        Body::Form => {
            let pairs = form_pairs(body_names(operation), arguments);
            Ok((!pairs.is_empty()).then(|| Encoded {
                bytes: encode_pairs(&pairs).into(),
                content_type: "application/x-www-form-urlencoded".to_owned(),
            }))
        }
        Body::Value { argument } => {
            arguments.get(argument.as_ref()).map(|value| json_of(operation, value)).transpose()
        }
        Body::Raw(file) => raw(file, arguments),
        Body::Multipart { files } => form_data(operation, arguments, files),
        Body::Related { .. } => related(operation, arguments),
        Body::GraphQl(document) => json(&graphql::payload(document, arguments)?).map(Some),
    }
}

fn body_names(operation: &Operation) -> impl Iterator<Item = &str> {
    let in_body = operation.parameters.iter().filter(|p| p.location == Location::Body);
    in_body.map(|parameter| parameter.name.as_ref())
}

/// The members of a JSON body: the declared ones, then all others if the body is open.
fn members(
    operation: &Operation,
    arguments: &Arguments,
    open: bool,
    is_wanted: impl Fn(&str) -> bool,
) -> Map<String, Value> {
    let mut members = Map::new();
    for name in body_names(operation).filter(|name| is_wanted(name)) {
        if let Some(value) = arguments.get(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    if open {
        for (name, value) in arguments {
            if operation.parameter(name).is_none() {
                members.insert(name.clone(), value.clone());
            }
        }
    }
    members
}

/// A JSON body with the media type that the operation declares.
fn json_of(operation: &Operation, value: &Value) -> Result<Encoded> {
    let encoded = json(value)?;
    Ok(match &operation.json_type {
        Some(media_type) => Encoded { content_type: media_type.to_string(), ..encoded },
        None => encoded,
    })
}

fn json(value: &Value) -> Result<Encoded> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        Error::internal("the body cannot be written as JSON").with_source(error)
    })?;
    Ok(Encoded { bytes: bytes.into(), content_type: JSON.to_owned() })
}

/// `multipart/form-data` with one part for each field, and then one for each file.
fn form_data(
    operation: &Operation,
    arguments: &Arguments,
    files: &[FileArgument],
) -> Result<Option<Encoded>> {
    let handed = operation.address.as_ref().and_then(|address| address.fields.as_deref());
    let is_field =
        |name: &&str| Some(*name) != handed && !files.iter().any(|file| file.content == *name);
    let mut pairs = handed_out(handed, arguments)?;
    pairs.extend(form_pairs(body_names(operation).filter(is_field), arguments));
    let mut parts = Vec::new();
    for (name, value) in &pairs {
        let head = format!("Content-Disposition: form-data; name=\"{}\"", part_name(name));
        parts.push(Part { head, content: Content::Text(value) });
    }
    for file in files {
        let Some(content) = content(file, arguments)? else { continue };
        let name = part_name(&file.content);
        let file_name = argument(file.name.as_ref(), arguments)?.unwrap_or("file");
        let file_name = file_name.replace('"', "%22");
        let media_type = media_type(file, arguments)?;
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {media_type}"
        );
        parts.push(Part { head, content });
    }
    if parts.is_empty() {
        return Ok(None);
    }
    joined("form-data", &parts)
}

/// The fields that were given out with the address of the form, in their order.
fn handed_out(argument: Option<&str>, arguments: &Arguments) -> Result<Vec<(String, String)>> {
    let Some(argument) = argument else { return Ok(Vec::new()) };
    let fields = arguments.get(argument).and_then(Value::as_array).into_iter().flatten();
    // What a vendor leaves empty is no field.
    let is_said = |field: &&Value| {
        !["name", "value"].iter().any(|member| field.get(member).is_some_and(Value::is_null))
    };
    let pairs = fields.filter(is_said).map(|field| {
        let text = |name: &str| field.get(name).and_then(Value::as_str).map(str::to_owned);
        text("name").zip(text("value")).ok_or_else(|| {
            Error::validation(format!(
                "'{argument}' must hold objects with the texts `name` and `value`, as the vendor gave them"
            ))
        })
    });
    pairs.collect()
}

fn joined(subtype: &str, parts: &[Part<'_>]) -> Result<Option<Encoded>> {
    let (bytes, content_type) = multipart::join(subtype, parts)?;
    Ok(Some(Encoded { bytes: bytes.into(), content_type }))
}

/// The name of a field in the form that the header of its part contains.
fn part_name(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "%22").replace(['\r', '\n'], " ")
}

/// `multipart/related`: the members as JSON, then the file.
fn related(operation: &Operation, arguments: &Arguments) -> Result<Option<Encoded>> {
    let files = operation.files();
    let Some(file) = files.first() else { return Ok(None) };
    let is_own = |name: &str| file.content == name || file.media_type.as_deref() == Some(name);
    let metadata = members(operation, arguments, false, |name| !is_own(name));
    let content = content(file, arguments)?.filter(|content| content.size() > 0);
    let Some(content) = content else {
        // Without a file, the rest is an ordinary JSON request.
        let rest = members(operation, arguments, false, |name| name != file.content);
        return if rest.is_empty() { Ok(None) } else { json(&Value::Object(rest)).map(Some) };
    };
    let metadata = Value::Object(metadata).to_string();
    let parts = [
        Part {
            head: "Content-Type: application/json; charset=UTF-8".to_owned(),
            content: Content::Text(&metadata),
        },
        Part { head: format!("Content-Type: {}", media_type(file, arguments)?), content },
    ];
    joined("related", &parts)
}

/// The content of one file as the body.
fn raw(file: &FileArgument, arguments: &Arguments) -> Result<Option<Encoded>> {
    let Some(content) = content(file, arguments)? else { return Ok(None) };
    let mut bytes = Vec::with_capacity(content.size());
    content.write(&mut bytes)?;
    let content_type = media_type(file, arguments)?.to_owned();
    Ok(Some(Encoded { bytes: bytes.into(), content_type }))
}

/// The content of a file, if the caller passes one.
fn content<'a>(file: &'a FileArgument, arguments: &'a Arguments) -> Result<Option<Content<'a>>> {
    let name = file.content.as_ref();
    match arguments.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if file.is_base64 => Ok(Some(Content::Base64(text, name))),
        Some(Value::String(text)) => Ok(Some(Content::Text(text))),
        Some(_) if file.is_base64 => {
            Err(Error::validation(format!("'{name}' must be base64 text")))
        }
        Some(_) => Err(Error::validation(format!("'{name}' must be a text"))),
    }
}

fn media_type<'a>(file: &'a FileArgument, arguments: &'a Arguments) -> Result<&'a str> {
    let given = argument(file.media_type.as_ref(), arguments)?;
    Ok(given.unwrap_or(&file.default_media_type))
}

/// A text about a file that becomes a part of a header.
fn argument<'a>(name: Option<&Text>, arguments: &'a Arguments) -> Result<Option<&'a str>> {
    let Some(name) = name else { return Ok(None) };
    let text = match arguments.get(name.as_ref()) {
        Some(Value::String(text)) if !text.is_empty() => text,
        _ => return Ok(None),
    };
    if text.chars().any(char::is_control) {
        return Err(Error::validation(format!("'{name}' must not hold control characters")));
    }
    Ok(Some(text))
}
