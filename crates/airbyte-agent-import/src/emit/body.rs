//! The body of a request, in the one form that the dialect sends of those that the document offers.

use airbyte_agent_document::{Body, Content};
use serde_json::{Map, Value, json};

use super::schemas::{Members, Purpose, Schemas, types};
use super::texts::{SHORT, cut, sentence};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
const RELATED: &str = "multipart/related";
/// The members that the dialect has for the file behind a body, and for its type.
const FILE: &str = "file_content";
const FILE_TYPE: &str = "file_mime_type";

/// A body as the spec has it.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// `requestBody`; None if the operation sends none.
    pub(super) node: Option<Value>,
    /// The arguments that it adds, with those that are required.
    pub(super) members: Members,
    /// What of the document was not taken over.
    pub(super) notes: Vec<String>,
}

/// The body of an operation.
pub(super) fn body(body: Option<&Body>, schemas: &Schemas<'_>) -> Made {
    let mut made = Made::default();
    let Some(body) = body else { return made };
    let Some(content) = choose(&body.contents) else { return made };
    let kind = content.media_type.as_str();
    let given = content.schema.clone().unwrap_or_else(|| json!({}));
    let opened = schemas.opened(&given);
    let members = schemas.members(&opened, Purpose::Request);
    let (media, name) = match kind {
        FORM => (form(&opened, &given, &members, schemas), FORM.to_owned()),
        MULTIPART => (multipart(content, &members, schemas, &mut made.notes), MULTIPART.to_owned()),
        RELATED => {
            let mut members = members;
            file(&mut members);
            let schema = object(&members, schemas);
            made.members = members;
            made.node = Some(node(body, RELATED, &json!({"schema": schema})));
            return made;
        }
        kind if is_json(kind) => {
            let name = if kind == "*/*" { "application/json" } else { kind };
            if is_of_members(&opened, &members) {
                (json!({"schema": schemas.schema(&given, Purpose::Request)}), name.to_owned())
            } else {
                let text = [
                    &body.description,
                    opened.get("description").and_then(Value::as_str).unwrap_or_default(),
                ]
                .into_iter()
                .map(|text| cut(text, SHORT))
                .find(|text| !text.is_empty())
                .unwrap_or_else(|| "The whole body of the request.".to_owned());
                let mut schema = schemas.schema(&given, Purpose::Request);
                if let Value::Object(schema) = &mut schema {
                    schema.insert("description".to_owned(), Value::String(text));
                }
                made.members = whole(&schema);
                made.node =
                    Some(node(body, name, &json!({"x-agent-argument": WHOLE, "schema": schema})));
                return made;
            }
        }
        kind => {
            let is_text = is_text(kind);
            let description = match cut(&body.description, SHORT) {
                text if text.is_empty() && is_text => {
                    format!("The body of the request, a text of the type {kind}.")
                }
                text if text.is_empty() => "The content of the file, in base64.".to_owned(),
                text => sentence(&text),
            };
            let mut schema = json!({"type": "string", "description": description});
            if !is_text && let Value::Object(schema) = &mut schema {
                schema.insert("format".to_owned(), "binary".into());
            }
            let kind = if kind.contains('*') { "application/octet-stream" } else { kind };
            made.members = whole(&schema);
            made.node =
                Some(node(body, kind, &json!({"x-agent-argument": WHOLE, "schema": schema})));
            return made;
        }
    };
    made.members = members;
    made.node = Some(node(body, &name, &media));
    made
}

/// Adds the file that stands behind a body.
fn file(members: &mut Members) {
    let content = json!({"type": "string", "format": "byte", "description": "The content of the file, in base64."});
    let kind = json!({"type": "string", "description": "The media type of the file, such as `image/png`."});
    members.all.insert(FILE.to_owned(), content);
    members.all.insert(FILE_TYPE.to_owned(), kind);
    members.required.insert(FILE.to_owned());
}

/// The argument that is the whole body.
pub(super) const WHOLE: &str = "body";

fn whole(schema: &Value) -> Members {
    let mut members = Members::default();
    members.all.insert(WHOLE.to_owned(), schema.clone());
    members.required.insert(WHOLE.to_owned());
    members
}

fn node(body: &Body, media_type: &str, media: &Value) -> Value {
    let mut node = Map::new();
    if body.required {
        node.insert("required".to_owned(), Value::Bool(true));
    }
    node.insert("content".to_owned(), json!({media_type: media}));
    Value::Object(node)
}

/// The form that is sent: JSON, which takes every value, before forms, and files last.
fn choose(contents: &[Content]) -> Option<&Content> {
    let named =
        |wanted: fn(&str) -> bool| contents.iter().find(|content| wanted(&content.media_type));
    named(|kind| kind == "application/json")
        .or_else(|| named(is_json))
        .or_else(|| named(|kind| kind == FORM))
        .or_else(|| named(|kind| kind == MULTIPART))
        .or_else(|| contents.first())
}

/// Whether a media type is JSON.
pub(super) fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json") || kind == "*/*"
}

fn is_text(kind: &str) -> bool {
    const WORDS: [&str; 7] = ["xml", "yaml", "csv", "graphql", "javascript", "ndjson", "jsonl"];
    kind.starts_with("text/") || WORDS.iter().any(|word| kind.contains(word))
}

/// Whether the members of the body are arguments of their own; otherwise the whole body is one.
fn is_of_members(opened: &Value, members: &Members) -> bool {
    let types = types(opened);
    if types.contains(&"array") || types.iter().any(|name| !matches!(*name, "object" | "null")) {
        return false;
    }
    let has_choices = ["oneOf", "anyOf"].iter().any(|key| opened.get(key).is_some());
    match members.all.is_empty() {
        true => types.contains(&"object") && !has_choices,
        false => true,
    }
}

fn form(opened: &Value, given: &Value, members: &Members, schemas: &Schemas<'_>) -> Value {
    if members.all.is_empty() {
        return json!({"schema": {"type": "object", "additionalProperties": true}});
    }
    let is_object = types(opened).iter().all(|name| matches!(*name, "object" | "null"));
    if is_object {
        return json!({"schema": schemas.schema(given, Purpose::Request)});
    }
    json!({"schema": object(members, schemas)})
}

/// The members of a form as one object, in which a list of files is one file.
fn multipart(
    content: &Content,
    members: &Members,
    schemas: &Schemas<'_>,
    notes: &mut Vec<String>,
) -> Value {
    let mut schema = object(members, schemas);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, member) in properties {
            let items = member.get("items").cloned().unwrap_or_default();
            let is_file = |schema: &Value| {
                schema.get("format").and_then(Value::as_str) == Some("binary")
                    || schema.get("contentEncoding").and_then(Value::as_str) == Some("base64")
            };
            if is_file(&items) {
                let mut file = json!({"type": "string", "format": "binary"});
                let text = member.get("description").cloned();
                if let (Value::Object(file), Some(text)) = (&mut file, text) {
                    file.insert("description".to_owned(), text);
                }
                *member = file;
                notes.push(format!("`{name}` takes several files at the vendor, and one here"));
            }
        }
    }
    let mut media = json!({"schema": schema});
    let types = content.encoding.iter().filter_map(|(name, encoding)| {
        let kind = encoding.get("contentType")?.as_str()?;
        (members.all.contains_key(name) && !kind.contains([',', '*']))
            .then(|| (name.clone(), json!({"contentType": kind})))
    });
    let types: Map<String, Value> = types.collect();
    if !types.is_empty()
        && let Value::Object(media) = &mut media
    {
        media.insert("encoding".to_owned(), Value::Object(types));
    }
    media
}

fn object(members: &Members, schemas: &Schemas<'_>) -> Value {
    let mut properties = Map::new();
    for (name, member) in &members.all {
        properties.insert(name.clone(), schemas.explained(name, member, Purpose::Request));
    }
    let required: Vec<&String> =
        members.all.keys().filter(|name| members.required.contains(*name)).collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty()
        && let Value::Object(schema) = &mut schema
    {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}
