//! Parameters of path, query and headers.

use airbyte_agent_description::{
    Action, ConfigInject, Json, Kind, Location, Parameter, Schema, Style, Text, TextRule,
};
use serde_json::Value;

use super::{Cx, Op};
use crate::expression::{self, Place};
use airbyte_agent_yaml::Node;

/// Whether a text is rendered before it is sent.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{")
}

pub(super) fn parameters<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for node in op.node.get("parameters").map(Node::items).unwrap_or_default() {
        let Some(node) = cx.resolve(node) else {
            cx.report.fatal(
                node,
                "the parameter refers to something that does not exist; correct `$ref`",
            );
            continue;
        };
        let Some(parameter) = parameter(cx, node, op.graphql().is_some(), action) else { continue };
        if parameters.iter().any(|known| known.name == parameter.name) {
            cx.report.fatal(
                node,
                format!(
                    "the parameter `{}` is declared twice; arguments share one name space",
                    parameter.name
                ),
            );
            continue;
        }
        parameters.push(parameter);
    }
    parameters
}

fn parameter<'a>(cx: &Cx<'a>, node: &'a Node, graphql: bool, action: Action) -> Option<Parameter> {
    let name = node.text("name");
    if name.is_empty() {
        cx.report.fatal(node, "the parameter needs a `name`");
        return None;
    }
    let location = match (node.text("in").as_str(), graphql) {
        ("path", _) => Location::Path,
        ("header", _) => Location::Header,
        ("query", false) => Location::Query,
        ("query", true) => Location::GraphQl,
        (other, _) => {
            let message =
                format!("`in: {other}` is not supported; expected `path`, `query` or `header`");
            cx.report.fatal(node.get("in").unwrap_or(node), message);
            return None;
        }
    };
    let schema_node = node.get("schema");
    let target = schema_node.and_then(|schema| cx.resolve(schema));
    let schema = schema_node.map_or(Schema::ANY, |schema| cx.argument(schema));
    let required =
        location == Location::Path || node.get("required").and_then(Node::as_bool) == Some(true);
    let default = schema.default.clone().filter(|default| !default.value().is_null());
    let send_default =
        default.as_ref().is_some_and(|default| !is_empty_query(default, required, location))
            && match location {
                Location::Path => false,
                Location::Header | Location::GraphQl | Location::Body | Location::File => true,
                Location::Query => match node.get("x-agent-send-default").and_then(Node::as_bool) {
                    Some(declared) => declared,
                    None => required || action == Action::Download || only_choice(&schema),
                },
            };
    if let Some(default) = target.and_then(|target| target.get("default"))
        && default.as_str().is_some_and(is_template)
        && matches!(location, Location::Query | Location::Header)
    {
        expression::check(cx, default, Place::Default);
    }
    let style = style(cx, node);
    Some(finish(
        cx,
        target,
        Parameter {
            name: name.into(),
            wire: wire_name(cx, node, location),
            location,
            required,
            description: node.text("description").into(),
            schema,
            style,
            default,
            send_default,
            probe_default: None,
            config: config_inject(node),
            is_addition: is_addition(node),
            prefix: prefix(cx, node, location),
            example: example(node),
        },
    ))
}

/// Completes a parameter by what parameters and body properties have in common: the description, which is
/// moved out of the schema, and the value for checks.
pub(super) fn finish<'a>(
    cx: &Cx<'a>,
    schema_node: Option<&'a Node>,
    mut parameter: Parameter,
) -> Parameter {
    if parameter.description.is_empty() {
        parameter.description = std::mem::take(&mut parameter.schema.description);
    } else {
        parameter.schema.description = "".into();
    }
    parameter.example = parameter
        .example
        .take()
        .or_else(|| schema_node.and_then(example))
        .filter(|_| needs_example(&parameter.schema));
    if let Some(probe) = schema_node.and_then(|node| node.get("x-airbyte-probe-default")) {
        if probe.as_str().is_some_and(is_template) {
            expression::check(cx, probe, Place::Default);
        }
        parameter.probe_default = Some(Json::new(&probe.to_json()));
    }
    parameter
}

/// A value that works, as the node gives one.
fn example(node: &Node) -> Option<Json> {
    let first = node.get("examples").and_then(|examples| match examples.items().first() {
        Some(first) => Some(first),
        None => examples.members().first().and_then(|(_, example)| example.get("value")),
    });
    node.get("example").or(first).map(|example| Json::new(&example.to_json()))
}

/// Whether a schema leaves open what a value looks like, so that only an example shows it.
fn needs_example(schema: &Schema) -> bool {
    let is_plain =
        matches!(schema.kinds[..], [Kind::String | Kind::Integer | Kind::Number | Kind::Boolean]);
    let has_shape = schema.rules.iter().any(|rule| !matches!(rule, TextRule::Formats(_)));
    schema.choices.is_empty() && (!is_plain || has_shape)
}

/// `x-agent-addition`: whether Airbyte's hosted platform does not know what the node declares.
pub(super) fn is_addition(node: &Node) -> bool {
    node.get("x-agent-addition").and_then(Node::as_bool) == Some(true)
}

/// Whether the default is an empty text in the query, where it would mean the same as a missing value. It is
/// kept, because it says that a caller may pass an empty text, but it is never sent. GraphQL distinguishes
/// an empty text from a missing one, so it is sent there.
fn is_empty_query(default: &Json, required: bool, location: Location) -> bool {
    required && location == Location::Query && default.value() == Value::String(String::new())
}

/// Whether the default is the only value allowed: a constant.
fn only_choice(schema: &Schema) -> bool {
    matches!(&schema.choices[..], [only] if schema.default.as_ref().is_some_and(|d| d.value() == only.value()))
}

fn style<'a>(cx: &Cx<'a>, node: &'a Node) -> Style {
    let explode = node.get("explode").and_then(Node::as_bool);
    let joined = |style: Style, by_default: bool| {
        if explode.unwrap_or(by_default) { Style::Repeat } else { style }
    };
    match node.text("style").as_str() {
        "" | "form" => joined(Style::Comma, true),
        "deepObject" => Style::DeepObject,
        "spaceDelimited" => joined(Style::Space, false),
        "pipeDelimited" => joined(Style::Pipe, false),
        "simple" => Style::Comma,
        other => {
            let message = format!(
                "the style `{other}` is not supported; expected `form`, `deepObject`, `spaceDelimited` or `pipeDelimited`"
            );
            cx.report.error(node.get("style").unwrap_or(node), message);
            Style::Repeat
        }
    }
}

/// `x-agent-wire-name`
fn wire_name<'a>(cx: &Cx<'a>, node: &'a Node, location: Location) -> Option<Text> {
    let declared = node.get("x-agent-wire-name")?;
    if !matches!(location, Location::Query | Location::Header) {
        cx.report.error(declared, "only query and header parameters have another name on the wire");
        return None;
    }
    Some(declared.plain().into())
}

/// `x-agent-path-prefix`
fn prefix<'a>(cx: &Cx<'a>, node: &'a Node, location: Location) -> Option<Text> {
    let declared = node.get("x-agent-path-prefix")?;
    if location != Location::Path {
        cx.report.error(declared, "only a path parameter has text of the path before it");
        return None;
    }
    Some(declared.plain().into())
}

fn config_inject(node: &Node) -> Option<ConfigInject> {
    let inject = node.get("x-airbyte-param-config-inject")?;
    let source = inject.text("source");
    let pairs = inject.get("map").map(Node::members).unwrap_or_default();
    (!source.is_empty()).then(|| ConfigInject {
        source: source.into(),
        map: pairs
            .iter()
            .map(|(from, to)| (from.clone().into(), Json::new(&to.to_json())))
            .collect::<Vec<_>>()
            .into(),
    })
}
