//! The conformance test of a connector. For every operation it has two calls of the builder, one
//! with every argument and one with the required ones, and the same arguments as JSON. The test
//! harness, which is written by hand, makes both calls and asserts that they send equal requests.

mod literal;

use airbyte_agent_description::{Json, Location, Parameter};
use serde_json::{Map, Value, json};

use crate::model::{Argument, BuilderKind, EntityModel, Model, OperationModel};
use crate::rust::Writer;
use crate::sample;
use crate::types::Rust;

use literal::{DEPTH, literal, of_type};

/// The text of the test, a Rust file.
pub(crate) fn file(model: &Model<'_>) -> String {
    let mut body = Writer::default();
    body.line("#[tokio::test]");
    body.block("async fn every_operation()", |w| {
        w.line("harness::run(&DESCRIPTION, Connector::from_client, OPERATIONS).await;");
    });
    body.blank();
    body.line("const OPERATIONS: &[Operation<Connector>] = &[");
    body.indented(|w| {
        for entity in &model.entities {
            for operation in &entity.operations {
                entry(w, model, entity, operation);
            }
        }
    });
    body.line("];");
    let body = body.finish();
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("Every operation of the connector `{}`.", model.slug));
    w.blank();
    if body.contains("BTreeMap<") {
        w.line("use std::collections::BTreeMap;");
        w.blank();
    }
    let types = if body.contains("types::") { ", types" } else { "" };
    w.line(&format!(
        "use airbyte_agent::{}::{{DESCRIPTION, {} as Connector{types}}};",
        model.module(),
        model.class
    ));
    match ([" Value>", "<Value>"].iter().any(|value| body.contains(value)), body.contains("json!("))
    {
        (true, true) => w.line("use serde_json::{Value, json};"),
        (true, false) => w.line("use serde_json::Value;"),
        (false, true) => w.line("use serde_json::json;"),
        (false, false) => {}
    }
    w.blank();
    let mut names = vec!["self", "Operation"];
    for call in ["download", "list", "record"] {
        if [" ", "!"].iter().any(|end| body.contains(&format!(" {call}{}(c.", end.trim()))) {
            names.push(call);
        }
    }
    w.line(&format!("use crate::harness::{{{}}};", names.join(", ")));
    w.blank();
    format!("{}\n{body}", w.finish())
}

/// The size of a page, where the test can set it. Lists of the sandbox have a few such pages.
const PAGE: u64 = 90;

fn entry(
    w: &mut Writer,
    model: &Model<'_>,
    entity: &EntityModel<'_>,
    operation: &OperationModel<'_>,
) {
    let described = operation.operation;
    let method = format!("c.{}().{}", entity.accessor, described.action);
    let samples: Vec<(&Argument<'_>, String, Value)> = operation
        .arguments
        .iter()
        .filter_map(|argument| {
            let (code, value) = sample(model, operation, argument)?;
            Some((argument, code, value))
        })
        .collect();
    let positional = samples.iter().filter(|(argument, ..)| argument.positional);
    let positional: Vec<&str> = positional.map(|(_, code, _)| code.as_str()).collect();
    let setters = samples.iter().filter(|(argument, ..)| !argument.positional);
    let mut calls: Vec<String> =
        setters.map(|(argument, code, _)| format!(".{}({code})", argument.ident)).collect();
    calls.push(".dry_run()".to_owned());
    // The order is that in which the builder sets the arguments, which is the order in a query or form.
    let (first, rest): (Vec<_>, Vec<_>) =
        samples.iter().partition(|(argument, ..)| argument.positional);
    let json: Map<String, Value> = first
        .into_iter()
        .chain(rest)
        .map(|(argument, _, value)| (argument.parameter.name.to_string(), value.clone()))
        .collect();
    let get = |argument: &&Argument<'_>| {
        format!("a.get::<{}>({:?})", taken(&argument.rust).text("types::"), argument.parameter.name)
    };
    let given: Vec<String> = operation.positional().map(|argument| get(&argument)).collect();
    let needed: Vec<String> = operation
        .setters()
        .filter(|argument| is_needed(operation, argument))
        .map(|argument| format!(".{}({})", argument.ident, get(&argument)))
        .collect();
    let needed = needed.concat();
    let kind = match operation.kind() {
        BuilderKind::List => "list!",
        BuilderKind::Record => "record",
        BuilderKind::Download => "download",
    };
    // Small pages divide a short list into several pages.
    let size = described.paging.size.as_ref().filter(|_| operation.kind() == BuilderKind::List);
    let size = size.map_or(String::new(), |size| {
        let of_schema =
            described.argument_schema(&size.parameter).and_then(|schema| schema.maximum);
        // Sizes of pages are small, so that `as` loses nothing.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let of_schema = of_schema.map(|most| most as u64);
        let most = of_schema.into_iter().chain(size.maximum).fold(PAGE, u64::min);
        let (parameter, steps) = described.argument_path(&size.parameter);
        let nested = steps.iter().rev().fold(json!(most), |value, step| json!({*step: value}));
        let value = if steps.is_empty() { nested.to_string() } else { format!("json!({nested})") };
        format!(", {parameter:?}, {value}")
    });
    w.line("Operation {");
    w.indented(|w| {
        w.line(&format!("name: \"{}.{}\",", described.entity, described.action));
        w.line(&format!("arguments: {},", raw(&Value::Object(json).to_string())));
        w.line(&format!("all: |c| {method}({})", positional.join(", ")));
        w.indented(|w| lines(w, &calls));
        let arguments = if given.is_empty() && needed.is_empty() { "|c, _|" } else { "|c, a|" };
        w.line(&format!(
            "needed: {arguments} {kind}({method}({}){needed}{size}),",
            given.join(", ")
        ));
    });
    w.line("},");
}

/// The type that builders take, which put values into boxes themselves.
fn taken(rust: &Rust) -> Rust {
    match rust {
        Rust::Boxed(inner) => taken(inner),
        Rust::List(item) => Rust::List(Box::new(taken(item))),
        Rust::Table(item) => Rust::Table(Box::new(taken(item))),
        other => other.clone(),
    }
}

/// The text as a raw string, which compiles much faster than `json!`.
fn raw(text: &str) -> String {
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Writes method calls, as many on each line as fit.
fn lines(w: &mut Writer, calls: &[String]) {
    let mut line = String::new();
    for call in calls {
        if !line.is_empty() && line.len() + call.len() > 86 {
            w.line(&std::mem::take(&mut line));
        }
        line.push_str(call);
    }
    w.line(&format!("{line},"));
}

/// A value for the argument, as Rust and as the JSON as which the Rust value is serialized. It is
/// the first of these values that the type accepts: the spec's example with all members, the
/// example itself, a value made for the schema, a value made for the type, and the default, which
/// comes last because a call sends it anyway.
fn sample(
    model: &Model<'_>,
    operation: &OperationModel<'_>,
    argument: &Argument<'_>,
) -> Option<(String, Value)> {
    let parameter = argument.parameter;
    if is_file(operation, argument) {
        return literal(model, &argument.rust, &json!("aGVsbG8="));
    }
    let made = |example| sample::everything(&parameter.schema, &parameter.name, example);
    [
        argument.example.map(|example| made(Some(example))),
        argument.example.cloned(),
        Some(made(None)),
        of_type(model, &argument.rust, DEPTH),
        parameter.default.as_ref().map(Json::value),
    ]
    .into_iter()
    .flatten()
    .find_map(|value| literal(model, &argument.rust, &value))
}

/// Whether the sandbox refuses a call without the argument.
fn is_needed(operation: &OperationModel<'_>, argument: &Argument<'_>) -> bool {
    let parameter = argument.parameter;
    let is_required = |parameter: &Parameter| {
        let is_blank = parameter.default.as_ref().is_none_or(|default| default.0 == "\"\"");
        (parameter.required || parameter.location == Location::Path) && is_blank
    };
    let alternatives = operation.operation.alternatives(is_required);
    is_file(operation, argument)
        || is_required(parameter)
        || alternatives.iter().any(|alternative| alternative.name == parameter.name)
}

/// Whether the argument is a file as base64 text.
fn is_file(operation: &OperationModel<'_>, argument: &Argument<'_>) -> bool {
    operation.operation.is_base64(&argument.parameter.name)
}
