//! GraphQL bodies.

use airbyte_agent_description::{
    Body, GraphQl, Json, Kind, List, Location, Parameter, Piece, Schema, Style, Template, Text,
    Variable, VariableValue,
};

use super::{Cx, Op};
use airbyte_agent_yaml::{Node, Value};

/// The placeholder of a document that is replaced by the selection of fields.
const FIELDS: &str = "{{ fields }}";

/// A placeholder in the variables of a GraphQL body.
pub(crate) struct Placeholder<'a> {
    pub(crate) name: String,
    pub(crate) node: &'a Node,
}

/// The GraphQL document of an operation.
pub(crate) fn document(settings: &Node) -> String {
    settings.get("query").and_then(Node::as_str).unwrap_or_default().to_owned()
}

/// The variables of an operation, as declared.
pub(crate) fn variables(settings: &Node) -> &[(String, Node)] {
    settings.get("variables").map(Node::members).unwrap_or_default()
}

/// Every placeholder in the variables, in the order of the document.
pub(crate) fn placeholders(settings: &Node) -> Vec<Placeholder<'_>> {
    placeholders_in(variables(settings))
}

/// Every placeholder in these values, in the order of the document.
pub(crate) fn placeholders_in(values: &[(String, Node)]) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    let mut open: Vec<&Node> = values.iter().rev().map(|(_, node)| node).collect();
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Text(text) => {
                let template = Template::parse(text, "{{", "}}");
                let names =
                    template.names().map(|name| Placeholder { name: name.to_owned(), node });
                found.extend(names);
            }
            Value::List(items) => open.extend(items.iter().rev()),
            Value::Map(members) => open.extend(members.iter().rev().map(|(_, node)| node)),
            _ => {}
        }
    }
    found
}

pub(super) fn body<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    settings: &'a Node,
    parameters: &mut Vec<Parameter>,
) -> Body {
    let document = document(settings);
    if document.trim().is_empty() {
        cx.report.fatal(
            settings.get("query").unwrap_or(settings),
            "a GraphQL body needs `query`, the document that is sent",
        );
    }
    for placeholder in placeholders(settings) {
        if !parameters.iter().any(|parameter| parameter.name == placeholder.name) {
            cx.report.warning(
                placeholder.node,
                format!(
                    "no parameter declares `{}`; it is taken as optional and of any type",
                    placeholder.name
                ),
            );
            parameters.push(undeclared(&placeholder.name, Schema::ANY));
        }
    }
    let selects = document.contains(FIELDS);
    if selects && !parameters.iter().any(|parameter| parameter.name == "fields") {
        cx.report.warning(
            op.node,
            "the document has `{{ fields }}` but no parameter declares `fields`; it is taken as an \
             optional list of texts",
        );
        let text = Schema { kinds: vec![Kind::String].into(), nullable: false, ..Schema::ANY };
        let list = Schema {
            kinds: vec![Kind::Array].into(),
            nullable: false,
            items: vec![text].into(),
            ..Schema::ANY
        };
        parameters.push(undeclared("fields", list));
    }
    let default_fields = settings.get("default_fields").map(selection);
    if selects && default_fields.as_ref().is_none_or(String::is_empty) {
        cx.report.error(
            settings,
            "the document has `{{ fields }}`; give `default_fields` for callers that choose none",
        );
    }
    let variables: Vec<Variable> = variables(settings)
        .iter()
        .map(|(name, node)| Variable { name: name.clone().into(), value: value(node) })
        .collect();
    let nullable = settings.texts("x-airbyte-nullable-variables");
    for name in &nullable {
        match variables.iter().find(|variable| variable.name == name.as_str()) {
            Some(Variable { value: VariableValue::Parameter(source), .. }) => {
                for parameter in parameters.iter_mut().filter(|p| p.name == *source) {
                    parameter.schema.nullable = true;
                }
            }
            Some(_) => {}
            None => cx.report.error(
                settings.get("x-airbyte-nullable-variables").unwrap_or(settings),
                format!("`{name}` is no variable of this document"),
            ),
        }
    }
    let optional = optional(cx, settings, &variables);
    let operation_name = match settings.text("operationName") {
        name if name.is_empty() => None,
        name => Some(name.into()),
    };
    Body::GraphQl(GraphQl {
        document: document.into(),
        default_fields: default_fields.map(Into::into),
        variables: variables.into(),
        nullable: nullable.into_iter().map(Into::into).collect::<Vec<_>>().into(),
        operation_name,
        optional,
    })
}

/// `x-agent-optional`: variables and members of variables that disappear if no value is passed.
fn optional<'a>(cx: &Cx<'a>, settings: &'a Node, variables: &[Variable]) -> List<Text> {
    let names = settings.texts("x-agent-optional");
    for name in names.iter().filter(|name| !exists(name, variables)) {
        cx.report.error(
            settings.get("x-agent-optional").unwrap_or(settings),
            format!("`{name}` is no variable of this document, and no member of one"),
        );
    }
    names.into_iter().map(Text::from).collect::<Vec<_>>().into()
}

/// Whether a dotted name leads to a variable or to a member of one.
fn exists(name: &str, variables: &[Variable]) -> bool {
    let (first, rest) = name.split_once('.').map_or((name, None), |(f, r)| (f, Some(r)));
    let Some(variable) = variables.iter().find(|variable| variable.name == first) else {
        return false;
    };
    match (rest, &variable.value) {
        (None, _) => true,
        (Some(rest), VariableValue::Object(members)) => exists(rest, members),
        (Some(_), _) => false,
    }
}

/// An optional parameter about which nothing but its schema is known.
pub(super) fn undeclared(name: &str, schema: Schema) -> Parameter {
    Parameter {
        name: name.to_owned().into(),
        wire: None,
        location: Location::GraphQl,
        required: false,
        description: "".into(),
        schema,
        style: Style::Repeat,
        default: None,
        send_default: false,
        probe_default: None,
        config: None,
        is_addition: false,
        prefix: None,
        example: None,
    }
}

/// A value with placeholders.
pub(super) fn value(node: &Node) -> VariableValue {
    match &node.value {
        Value::Text(text) => {
            let template = Template::parse(text, "{{", "}}");
            match &template.pieces[..] {
                [Piece::Name(name)] => VariableValue::Parameter(name.clone()),
                _ if template.names().next().is_some() => VariableValue::Text(template),
                _ => VariableValue::Constant(Json::new(&node.to_json())),
            }
        }
        Value::List(items) if has_placeholders(node) => {
            VariableValue::Array(items.iter().map(value).collect::<Vec<_>>().into())
        }
        Value::Map(members) if has_placeholders(node) => VariableValue::Object(
            members
                .iter()
                .map(|(name, node)| Variable { name: name.clone().into(), value: value(node) })
                .collect::<Vec<_>>()
                .into(),
        ),
        _ => VariableValue::Constant(Json::new(&node.to_json())),
    }
}

fn has_placeholders(node: &Node) -> bool {
    match &node.value {
        Value::Text(text) => Template::parse(text, "{{", "}}").names().next().is_some(),
        Value::List(items) => items.iter().any(has_placeholders),
        Value::Map(members) => members.iter().any(|(_, node)| has_placeholders(node)),
        _ => false,
    }
}

/// The selection of fields, which a spec gives as GraphQL text or as a list in dot notation.
pub(crate) fn selection(node: &Node) -> String {
    match node.as_str() {
        Some(text) => text.trim().to_owned(),
        None => node.items().iter().map(|item| dotted(&item.plain())).collect::<Vec<_>>().join(" "),
    }
}

/// `a.b.c` as `a { b { c } }`.
fn dotted(text: &str) -> String {
    let depth = text.matches('.').count();
    text.replace('.', " { ") + &" }".repeat(depth)
}
