//! Collects the facts about operations out of the model of a document. Schemas are opened a few levels deep, each of
//! them once.

use std::collections::BTreeMap;

use airbyte_agent_description::{JsonPath, Kind, Step};
use airbyte_agent_document::{Operation, Parameter, Place as Part, Response, Schema, Shape};
use serde_json::Value;

use super::facts::{Answer, Facts, Form, Input, InputPlace, Node};
use super::frames::{CONTAINERS, is_frame};
use super::paging::{names, signs};
use super::path::steps;
use super::sample::{Sample, preferred, response};
use super::schemas::{Schemas, outside};
use super::words::key;

/// How many members lead to the deepest value that is looked at.
const DEEPEST: usize = 4;

/// An object with more members than this is a record and no frame around records; its objects stay closed.
const LARGEST_FRAME: usize = 40;

/// In an object with more members than this, only members that are named as frames are opened further.
const SMALL: usize = 12;

/// An object with more members than this is a record, whose members are looked at from outside only.
const RECORD: usize = 25;

/// How many values of one response are looked at.
const MOST_NODES: usize = 400;

/// How many members of a body are looked at.
const MOST_INPUTS: usize = 400;

/// The facts about one operation.
pub(crate) fn facts<'a>(
    schemas: &Schemas<'a>,
    operation: &'a Operation,
    sample: Option<&'a Sample>,
) -> Facts<'a> {
    let mut inputs: Vec<Input<'a>> =
        operation.parameters.iter().filter_map(|given| parameter(schemas, given)).collect();
    for given in &operation.parameters {
        members(schemas, given, &mut inputs);
    }
    let content = operation.body.as_ref().and_then(|body| preferred(&body.contents));
    if let Some(schema) = content.and_then(|content| content.schema.as_ref()) {
        body(schemas, &Schema::One(schema), "", 0, &mut inputs);
    }
    Facts {
        method: &operation.method,
        path: &operation.path,
        steps: steps(&operation.path),
        id: &operation.id,
        summary: &operation.summary,
        text: format!("{}\n{}", operation.summary, operation.description),
        tags: &operation.tags,
        inputs,
        answer: answer(schemas, &operation.responses, sample),
        extensions: &operation.extensions,
    }
}

fn parameter<'a>(schemas: &Schemas<'a>, given: &'a Parameter) -> Option<Input<'a>> {
    let place = match given.place {
        Part::Path => InputPlace::Path,
        Part::Query | Part::Variable => InputPlace::Query,
        Part::Header => InputPlace::Header,
        Part::Cookie => return None,
    };
    let schema = Schema::One(&given.schema);
    let mut input = input(schemas, given.name.clone(), place, &schema);
    input.required = given.required;
    input.key = own_key(&given.name, place);
    input.text = format!("{} {}", given.description.to_lowercase(), input.text);
    input.example = given.example.as_ref().or(input.example);
    Some(input)
}

/// The name of a parameter without what says where it belongs: `searchCriteria[currentPage]` and `queryOptions.page` are
/// about pages, `filter[page]` and `fields[page]` are about records. Headers have an `x-` before their names.
fn own_key(name: &str, place: InputPlace) -> String {
    const GROUPS: [&str; 7] = ["pag", "query", "option", "param", "criteria", "search", "request"];
    let short = if place == InputPlace::Header {
        name.strip_prefix("x-").or_else(|| name.strip_prefix("X-")).unwrap_or(name)
    } else {
        let trimmed = name.trim_end_matches(']');
        match trimmed.rsplit_once(['.', '[']) {
            Some((before, last)) if GROUPS.iter().any(|group| key(before).contains(group)) => last,
            _ => name,
        }
    };
    key(short)
}

/// The members of a parameter that is an object, as a query writes them: `page[size]`.
fn members<'a>(schemas: &Schemas<'a>, given: &'a Parameter, inputs: &mut Vec<Input<'a>>) {
    // An object that is written as JSON has no parameters for its members.
    if given.place != Part::Query || given.media_type.is_some() {
        return;
    }
    let shape = schemas.open(&Schema::One(&given.schema));
    if shape.kinds.first() != Some(&Kind::Object) || shape.members.len() > LARGEST_FRAME {
        return;
    }
    for (name, member) in &shape.members {
        let mut found =
            input(schemas, format!("{}[{name}]", given.name), InputPlace::Query, member);
        found.key = key(name);
        inputs.push(found);
    }
}

fn input<'a>(
    schemas: &Schemas<'a>,
    name: String,
    place: InputPlace,
    schema: &Schema<'a>,
) -> Input<'a> {
    let shape = schemas.open(schema);
    Input {
        key: key(&name),
        full_key: key(&name),
        name,
        place,
        required: false,
        text: schemas.text(schema),
        kinds: shape.kinds.clone(),
        format: shape.format.unwrap_or_default(),
        default: shape.default,
        example: schemas.example(schema),
        minimum: shape.minimum,
        maximum: shape.maximum,
        choices: shape.choices.as_ref().map(Vec::len),
    }
}

/// The members of a body that may be about pages or times of change, and those of its objects.
fn body<'a>(
    schemas: &Schemas<'a>,
    schema: &Schema<'a>,
    before: &str,
    depth: usize,
    inputs: &mut Vec<Input<'a>>,
) {
    let shape = schemas.open(schema);
    for (name, member) in &shape.members {
        if inputs.len() >= MOST_INPUTS {
            return;
        }
        if !names::may_page(&key(name)) && !super::record::is_since(&key(name)) {
            continue;
        }
        let full = if before.is_empty() { (*name).to_owned() } else { format!("{before}.{name}") };
        let mut found = input(schemas, full.clone(), InputPlace::Body, member);
        found.required = shape.required.contains(name);
        // Only the last name says what a value is.
        found.key = key(name);
        let is_object = found.kinds.first() == Some(&Kind::Object);
        inputs.push(found);
        if is_object && depth == 0 && shape.members.len() <= LARGEST_FRAME {
            body(schemas, member, &full, depth + 1, inputs);
        }
    }
}

/// What comes back, by the schema of the response, an example, or both.
fn answer<'a>(
    schemas: &Schemas<'a>,
    responses: &'a [Response],
    sample: Option<&'a Sample>,
) -> Answer<'a> {
    let Some(response) = response(responses) else { return Answer::default() };
    let headers = response.headers.iter().map(|name| name.to_lowercase()).collect();
    let text = response.description.to_lowercase();
    let mut answer = Answer { headers, text, ..Answer::default() };
    let Some(content) = preferred(&response.contents) else {
        answer.form = if ["204", "205"].contains(&response.status.as_str()) {
            Form::Nothing
        } else {
            Form::Vague
        };
        return answer;
    };
    if content.schema.is_none() && sample.is_none() && !is_data(&content.media_type) {
        answer.form = Form::File;
        return answer;
    }
    let sample = sample.filter(|sample| {
        !sample.is_described
            || content.schema.as_ref().is_some_and(|schema| contradicts(schemas, schema, sample))
    });
    let schema = match (&content.schema, sample.map(|sample| &sample.schema)) {
        (Some(_), Some(shown)) if sample.is_some_and(|sample| sample.is_described) => {
            Schema::One(shown)
        }
        (Some(schema), Some(sample)) => Schema::All(vec![Schema::One(schema), Schema::One(sample)]),
        (Some(schema), None) => Schema::One(schema),
        (None, Some(sample)) => Schema::One(sample),
        (None, None) => {
            answer.form = if is_file(&content.media_type) { Form::File } else { Form::Vague };
            return answer;
        }
    };
    let shape = schemas.open(&schema);
    let is_binary = shape.format.is_some_and(|format| ["binary", "byte"].contains(&format))
        || schemas.says(&schema, "type").and_then(Value::as_str) == Some("file");
    let has_members = !shape.is_vague();
    if is_file(&content.media_type) || is_binary && !has_members {
        answer.form = Form::File;
        return answer;
    }
    if shape.kinds.is_empty() && shape.is_vague() && shape.values.is_none() {
        answer.form = Form::Vague;
        return answer;
    }
    answer.form = Form::Data;
    nodes(schemas, &schema, &mut answer.nodes);
    signs::mark_framed(&mut answer.nodes);
    answer
}

/// Whether what an example shows cannot be what its schema describes, because its author has left out what stands around
/// it: an object in the place of an array, or an object without any member that the schema knows.
fn contradicts<'a>(schemas: &Schemas<'a>, schema: &'a Value, sample: &Sample) -> bool {
    let Some(shown) = sample.schema.get("properties").and_then(Value::as_object) else {
        return false;
    };
    let shape = schemas.open(&Schema::One(schema));
    let is_array = shape.kinds.first() == Some(&Kind::Array);
    let has_none = !shape.members.is_empty()
        && shape.values.is_none()
        && !shown.keys().any(|name| shape.members.contains_key(name.as_str()));
    // An example without a container shows something else than the whole response.
    let has_container = shown.keys().any(|name| CONTAINERS.contains(&name.as_str()));
    (is_array || has_none) && has_container
}

/// Whether a media type is one in which APIs write data or messages, or says nothing.
fn is_data(media_type: &str) -> bool {
    ["json", "xml", "text/html", "text/plain", "*", "form", "yaml"]
        .iter()
        .any(|part| media_type.contains(part))
        || media_type.is_empty()
}

fn is_file(media_type: &str) -> bool {
    const FILES: &[&str] = &[
        "application/octet-stream",
        "application/pdf",
        "application/zip",
        "application/gzip",
        "application/x-tar",
        "text/csv",
        "application/csv",
        "application/x-gzip",
        "application/vnd.ms-excel",
        "text/calendar",
    ];
    FILES.contains(&media_type)
        || ["image/", "audio/", "video/", "font/"].iter().any(|kind| media_type.starts_with(kind))
}

/// The values of a body, level by level.
pub(crate) fn nodes<'a>(schemas: &Schemas<'a>, schema: &Schema<'a>, all: &mut Vec<Node<'a>>) {
    let body = Place { place: "$".to_owned(), name: "", key: String::new(), parent: 0, depth: 0 };
    all.push(node(schemas, schema, body, None));
    let mut level = vec![(0, schema.clone())];
    for depth in 1..=DEEPEST {
        let mut next = Vec::new();
        for (parent, schema) in level {
            let shape = schemas.open(&schema);
            if all.get(parent).is_some_and(Node::is_array) {
                continue;
            }
            let order = order(schemas, &schema, &shape.members);
            for name in order.into_iter().filter(|name| can_be_written(name)) {
                let Some(member) = shape.members.get(name) else { continue };
                let Some(above) = all.get(parent) else { continue };
                let place = place(&above.place, name);
                let key = if above.key.is_empty() {
                    key(name)
                } else {
                    format!("{}.{}", above.key, key(name))
                };
                let is_named = is_frame(name) || CONTAINERS.contains(&key_of(&key));
                let at = Place { place, name, key, parent, depth };
                let outside =
                    (shape.members.len() > RECORD && !is_named).then(|| outside(member)).flatten();
                let node = node(schemas, member, at, outside.as_ref());
                let may_be_frame = shape.members.len() <= SMALL || is_named;
                if node.is_object()
                    && may_be_frame
                    && shape.members.len() <= LARGEST_FRAME
                    && node.members <= LARGEST_FRAME
                {
                    next.push((all.len(), member.clone()));
                }
                all.push(node);
                if all.len() >= MOST_NODES {
                    return;
                }
            }
        }
        level = next;
    }
}

/// The names of members in the order of the document, as far as the schema itself lists them.
fn order<'a>(
    schemas: &Schemas<'a>,
    schema: &Schema<'a>,
    members: &BTreeMap<&'a str, Schema<'a>>,
) -> Vec<&'a str> {
    let listed = schemas.says(schema, "properties").and_then(Value::as_object);
    let mut names: Vec<&str> =
        listed.into_iter().flat_map(|listed| listed.keys().map(String::as_str)).collect();
    names.retain(|name| members.contains_key(name));
    let rest: Vec<&str> = members.keys().copied().filter(|name| !names.contains(name)).collect();
    names.extend(rest);
    names
}

/// The place of a member, in the notation of [`JsonPath`]: a name that may not stand behind a dot, such as one with a
/// space, is written in brackets.
pub(crate) fn place(above: &str, name: &str) -> String {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return format!("{above}.{name}");
    }
    let path = JsonPath { steps: vec![Step::Key(name.to_owned().into())].into() }.to_string();
    format!("{above}{}", path.trim_start_matches('$'))
}

/// Whether a path of the dialect can lead to a member of this name: no path can write an empty name or a quotation mark.
fn can_be_written(name: &str) -> bool {
    !name.is_empty() && !name.contains('\'')
}

/// Where a value stands in a body.
struct Place<'a> {
    place: String,
    name: &'a str,
    key: String,
    parent: usize,
    depth: usize,
}

/// The last name of a key.
fn key_of(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The facts about a value, by its shape or, where that is enough, by what can be seen from outside.
fn node<'a>(
    schemas: &Schemas<'a>,
    schema: &Schema<'a>,
    at: Place<'a>,
    outside: Option<&Shape<'a>>,
) -> Node<'a> {
    let opened;
    let shape = if let Some(outside) = outside {
        outside
    } else {
        opened = schemas.open(schema);
        &opened
    };
    let at_links = at.key.ends_with("links") || at.key.ends_with("link");
    Node {
        place: at.place,
        name: at.name,
        key: at.key,
        parent: at.parent,
        depth: at.depth,
        frame: depth_frame(at.depth, at.name),
        framed: false,
        kinds: shape.kinds.clone(),
        format: shape.format.unwrap_or_default(),
        text: schemas.text(schema),
        example: schemas.example(schema),
        choices: shape.choices.clone(),
        schema: schema.clone(),
        members: shape.members.len(),
        items: shape.items.clone(),
        values: shape.values.clone(),
        has_relations: at_links
            && shape.items.as_ref().is_some_and(|items| relates(schemas, items)),
    }
}

/// Whether the name of a member is one of a frame; the body has no name.
fn depth_frame(depth: usize, name: &str) -> bool {
    depth > 0 && is_frame(name)
}

/// Whether a schema is that of an address with what it leads to: `{rel, href}`.
fn relates<'a>(schemas: &Schemas<'a>, items: &Schema<'a>) -> bool {
    let shape = schemas.open(items);
    let has = |name: &str| shape.members.contains_key(name);
    has("rel") && (has("href") || has("url") || has("uri"))
}
