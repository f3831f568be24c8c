//! Request bodies.

use airbyte_agent_description::{Body, FileArgument, Kind, Location, Parameter, Schema, Text};

use super::refs::{is_open, types};
use super::{Cx, Op, graphql, parameter, upload};
use airbyte_agent_yaml::Node;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
const RELATED: &str = "multipart/related";
/// The key that names the argument which is the whole body.
const ARGUMENT: &str = "x-agent-argument";

/// How the body is made; its members become parameters.
pub(super) fn body<'a>(cx: &Cx<'a>, op: Op<'a>, parameters: &mut Vec<Parameter>) -> Body {
    let Some(request) = op.node.get("requestBody") else { return Body::None };
    let Some(request) = cx.resolve(request) else {
        cx.report
            .fatal(request, "the body refers to something that does not exist; correct `$ref`");
        return Body::None;
    };
    if let Some(settings) = op.graphql() {
        if let Some(schema) = media(request).and_then(|(_, media)| media.get("schema")) {
            let inputs = members(cx, schema, Location::GraphQl);
            add(cx, schema, parameters, inputs);
        }
        return graphql::body(cx, op, settings, parameters);
    }
    if let Some(settings) = request.get("x-airbyte-body-type") {
        let kind = settings.text("type");
        cx.report.fatal(settings, format!("unknown body type `{kind}`; expected `graphql`"));
    }
    let Some((kind, media)) = media(request) else { return Body::None };
    let Some(schema) = media.get("schema") else {
        // Nothing is known about the body: whatever the caller passes goes into it.
        return if is_json(kind) { Body::Json { open: true, in_array: false } } else { Body::None };
    };
    let Some(target) = cx.essential(schema) else {
        cx.report.fatal(
            schema,
            "the schema of the body refers to something that does not exist; correct `$ref`",
        );
        return Body::None;
    };
    if media.get(ARGUMENT).is_some() || !is_of_members(kind, target) {
        // A body is needed unless the spec says otherwise.
        let required =
            op.node.at(&["requestBody", "required"]).and_then(Node::as_bool) != Some(false);
        return whole(cx, (kind, media), (schema, target, required), parameters);
    }
    let in_array = types(target) == ["array"];
    let object = match target.get("items") {
        Some(items) if in_array => items,
        _ => target,
    };
    let inputs = members(cx, object, Location::Body);
    let has_members = !inputs.is_empty();
    add(cx, schema, parameters, inputs);
    match kind {
        FORM => Body::Form,
        MULTIPART => Body::Multipart { files: files(cx, media, target, parameters).into() },
        RELATED => related(cx, op, media, parameters),
        kind if is_json(kind) => {
            let object = cx.essential(object).unwrap_or(object);
            Body::Json { open: is_open(object, has_members), in_array }
        }
        other => {
            cx.report.fatal(
                media,
                format!("bodies of the type `{other}` must have a schema of `type: string`; others are application/json, {FORM}, {MULTIPART} or {RELATED}"),
            );
            Body::None
        }
    }
}

/// The media type of a JSON body that is not `application/json`.
pub(super) fn json_type<'a>(cx: &Cx<'a>, op: Op<'a>, body: &Body) -> Option<Text> {
    if !matches!(body, Body::Json { .. } | Body::Value { .. }) {
        return None;
    }
    let (kind, _) = media(cx.resolve(op.node.get("requestBody")?)?)?;
    kind.ends_with("+json").then(|| kind.to_owned().into())
}

/// Whether the members of a body of this kind are arguments of their own.
fn is_of_members(kind: &str, schema: &Node) -> bool {
    is_json(kind) || [FORM, MULTIPART, RELATED].contains(&kind) || types(schema) != ["string"]
}

/// A body that is the value of one argument: JSON of any form, a text, or a file.
fn whole<'a>(
    cx: &Cx<'a>,
    (kind, media): (&str, &'a Node),
    (schema, target, required): (&'a Node, &'a Node, bool),
    parameters: &mut Vec<Parameter>,
) -> Body {
    let name = media.text(ARGUMENT);
    if name.is_empty() {
        cx.report.fatal(
            media,
            format!("the body is a single value; name the argument that has it with `{ARGUMENT}`"),
        );
        return Body::None;
    }
    if [FORM, MULTIPART, RELATED].contains(&kind) {
        cx.report.fatal(
            media.get(ARGUMENT).unwrap_or(media),
            format!("a body of the type `{kind}` consists of members; remove `{ARGUMENT}`"),
        );
        return Body::None;
    }
    let input = member(cx, &name, schema, Location::Body, required);
    add(cx, schema, parameters, vec![input]);
    if is_json(kind) {
        return Body::Value { argument: name.into() };
    }
    if types(target) != ["string"] {
        cx.report.fatal(
            schema,
            format!("a body of the type `{kind}` is a file or a text, so its schema must have `type: string`"),
        );
    }
    Body::Raw(upload::file(cx, (target, false), &name, kind, parameters))
}

/// The members of a form with parts that are files.
fn files<'a>(
    cx: &Cx<'a>,
    media: &'a Node,
    schema: &'a Node,
    parameters: &mut Vec<Parameter>,
) -> Vec<FileArgument> {
    let members = cx.properties(schema);
    let is_file = |node: &'a Node| cx.resolve(node).is_some_and(upload::is_file);
    let files: Vec<_> = members.into_iter().filter(|(_, node)| is_file(node)).collect();
    let declared = |name: &str| {
        media.at(&["encoding", name, "contentType"]).map(Node::plain).unwrap_or_default()
    };
    files
        .into_iter()
        .filter_map(|(name, node)| {
            let node = cx.resolve(node)?;
            Some(upload::file(cx, (node, true), name, &declared(name), parameters))
        })
        .collect()
}

/// The schema of the members that a body takes: of an array, that of its elements. A body that is one
/// argument takes none.
pub(super) fn schema<'a>(cx: &Cx<'a>, request: &'a Node) -> Option<&'a Node> {
    let (_, media) = media(cx.resolve(request)?)?;
    if media.get(ARGUMENT).is_some() {
        return None;
    }
    let target = cx.essential(media.get("schema")?)?;
    match target.get("items") {
        Some(items) if types(target) == ["array"] => Some(items),
        _ => Some(target),
    }
}

/// The media type that is sent, of those declared.
fn media(request: &Node) -> Option<(&str, &Node)> {
    let declared = request.get("content")?.members();
    let named = |wanted: &str| declared.iter().find(|(name, _)| essence(name) == wanted);
    named(FORM)
        .or_else(|| named(MULTIPART))
        .or_else(|| named(RELATED))
        .or_else(|| declared.iter().find(|(name, _)| is_json(essence(name))))
        .or_else(|| declared.first())
        .map(|(name, node)| (essence(name), node))
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or(media_type).trim()
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json") || media_type == "*/*"
}

/// Members of a body schema as parameters.
fn members<'a>(cx: &Cx<'a>, schema: &'a Node, location: Location) -> Vec<Parameter> {
    let required = cx.required(schema);
    cx.properties(schema)
        .into_iter()
        .map(|(name, node)| member(cx, name, node, location, required.iter().any(|r| r == name)))
        .collect()
}

/// A member of a body, or a whole body, as a parameter.
fn member<'a>(
    cx: &Cx<'a>,
    name: &str,
    node: &'a Node,
    location: Location,
    required: bool,
) -> Parameter {
    let schema = cx.argument(node);
    let default = schema.default.clone().filter(|default| !default.value().is_null());
    let plain = graphql::undeclared(name, schema);
    parameter::finish(
        cx,
        cx.resolve(node),
        Parameter {
            location,
            required,
            send_default: default.is_some(),
            default,
            is_addition: parameter::is_addition(node),
            ..plain
        },
    )
}

/// Adds body members to the parameters; all of them share one name space.
fn add<'a>(cx: &Cx<'a>, schema: &'a Node, parameters: &mut Vec<Parameter>, inputs: Vec<Parameter>) {
    for input in inputs {
        if parameters.iter().any(|known| known.name == input.name) {
            cx.report.fatal(
                schema,
                format!(
                    "`{}` is both a parameter and a member of the body; arguments share one name \
                     space, so rename or remove one",
                    input.name
                ),
            );
        } else {
            parameters.push(input);
        }
    }
}

fn related<'a>(cx: &Cx<'a>, op: Op<'a>, media: &'a Node, parameters: &mut Vec<Parameter>) -> Body {
    let file = match op.node.text("x-airbyte-upload-file-param") {
        name if name.is_empty() => "file_content".to_owned(),
        name => name,
    };
    if !parameters.iter().any(|p| p.location == Location::Body && p.name == file) {
        cx.report.error(
            op.node.get("x-airbyte-upload-file-param").unwrap_or(media),
            format!("the body has no member `{file}` to hold the file as base64 text"),
        );
        let text = Schema { kinds: vec![Kind::String].into(), nullable: false, ..Schema::ANY };
        parameters.push(Parameter {
            location: Location::Body,
            required: true,
            description: "Content of the file, in base64.".into(),
            ..graphql::undeclared(&file, text)
        });
    }
    Body::Related { file: file.into() }
}
