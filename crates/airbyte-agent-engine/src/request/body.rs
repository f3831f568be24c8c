//! Request bodies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::graphql;
use super::{encode_pairs, form_pairs};
use crate::arguments::Arguments;
use crate::description::{Body, Location, Operation};
use crate::error::{Error, Result};

/// A body and what it is.
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
            let members = members(operation, arguments, *open);
            if members.is_empty() {
                return Ok(None);
            }
            let object = Value::Object(members);
            json(&if *in_array { Value::Array(vec![object]) } else { object }).map(Some)
        }
        Body::Form => {
            let pairs = form_pairs(body_names(operation), arguments);
            Ok((!pairs.is_empty()).then(|| Encoded {
                bytes: encode_pairs(&pairs).into(),
                content_type: "application/x-www-form-urlencoded".to_owned(),
            }))
        }
        Body::Multipart => {
            let pairs = form_pairs(body_names(operation), arguments);
            Ok((!pairs.is_empty()).then(|| form_data(&pairs)))
        }
        Body::Related { file } => related(operation, arguments, file),
        Body::GraphQl(document) => json(&graphql::payload(document, arguments)?).map(Some),
    }
}

fn body_names(operation: &Operation) -> impl Iterator<Item = &str> {
    let in_body = operation.parameters.iter().filter(|p| p.location == Location::Body);
    in_body.map(|parameter| parameter.name.as_ref())
}

/// The members of a JSON body: declared ones, then, where the body is open, all the others.
fn members(operation: &Operation, arguments: &Arguments, open: bool) -> Map<String, Value> {
    let mut members = Map::new();
    for name in body_names(operation) {
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

fn json(value: &Value) -> Result<Encoded> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        Error::internal("the body cannot be written as JSON").with_source(error)
    })?;
    Ok(Encoded { bytes: bytes.into(), content_type: JSON.to_owned() })
}

/// `multipart/form-data` with one part per field.
fn form_data(pairs: &[(String, String)]) -> Encoded {
    let mut parts = Vec::new();
    for (name, value) in pairs {
        let name = name.replace('\\', "\\\\").replace('"', "%22").replace(['\r', '\n'], " ");
        let head = format!("Content-Disposition: form-data; name=\"{name}\"");
        parts.push((head, value.as_bytes().to_vec()));
    }
    multipart("form-data", &parts)
}

/// `multipart/related`: the members as JSON, then the file.
fn related(operation: &Operation, arguments: &Arguments, file: &str) -> Result<Option<Encoded>> {
    let mut members = members(operation, arguments, false);
    let mime = match members.remove("file_mime_type") {
        Some(Value::String(mime)) if !mime.contains(['\r', '\n']) => mime,
        _ => "application/octet-stream".to_owned(),
    };
    let content = match members.remove(file) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(STANDARD.decode(text.trim()).map_err(|_| {
            Error::validation(format!("'{file}' must be the file's content as base64"))
        })?),
        Some(_) => return Err(Error::validation(format!("'{file}' must be base64 text"))),
    };
    let Some(content) = content else {
        // Without a file what is left is an ordinary JSON request.
        return if members.is_empty() { Ok(None) } else { json(&Value::Object(members)).map(Some) };
    };
    let metadata = json(&Value::Object(members))?.bytes.to_vec();
    let parts = [
        ("Content-Type: application/json; charset=UTF-8".to_owned(), metadata),
        (format!("Content-Type: {mime}"), content),
    ];
    Ok(Some(multipart("related", &parts)))
}

/// Joins parts by a boundary that occurs in none of them.
fn multipart(subtype: &str, parts: &[(String, Vec<u8>)]) -> Encoded {
    let holds = |haystack: &[u8], needle: &[u8]| {
        haystack.windows(needle.len()).any(|window| window == needle)
    };
    let mut number = 0_u32;
    let boundary = loop {
        let boundary = format!("airbyte_boundary_{number:032x}");
        if !parts.iter().any(|(_, content)| holds(content, boundary.as_bytes())) {
            break boundary;
        }
        number += 1;
    };
    let mut bytes = Vec::new();
    for (head, content) in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/{subtype}; boundary={boundary}");
    Encoded { bytes: bytes.into(), content_type }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_occurs_in_no_part() {
        let hostile = format!("--airbyte_boundary_{:032x}", 0).into_bytes();
        let encoded = multipart("related", &[("X: y".to_owned(), hostile)]);
        assert!(encoded.content_type.ends_with(&format!("{:032x}", 1)));
    }
}
