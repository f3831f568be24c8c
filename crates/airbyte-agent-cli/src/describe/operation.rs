//! An operation as a page of the manual.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Json, Next, Operation, Parameter, Schema};
use airbyte_agent_core::tools::columns;
use serde_json::Value;

use super::page::Page;
use super::{Look, connector, fields, type_of};
use crate::example::{self, is_needed};

/// The command that runs the operation, with what it cannot do without.
pub(super) fn synopsis(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) -> String {
    let start = example::start("exec", connector, spec);
    let mut text = format!("{start} {} {}", operation.entity, operation.action);
    for parameter in operation.parameters.iter().filter(|parameter| is_needed(parameter)) {
        text.push_str(&format!(" -p {}=…", parameter.name));
    }
    if operation.download.is_some() {
        text.push_str(" --out FILE");
    }
    text
}

/// The page of an operation.
pub(super) fn text(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    look: Look,
) -> String {
    let mut page = Page::new(look.width, look.colours);
    page.heading("NAME");
    let name = format!("{} {} {}", connector.name, operation.entity, operation.action);
    page.paragraph(&match operation.summary.as_ref() {
        "" => name,
        summary => format!("{name} - {summary}"),
    });
    page.heading("SYNOPSIS");
    let has_more = operation.parameters.iter().any(|parameter| !is_needed(parameter));
    let more = if has_more { " [-p NAME=VALUE]… [options]" } else { " [options]" };
    page.verbatim(&format!("{}{more}", synopsis(connector, operation, spec)));
    page.heading("DESCRIPTION");
    page.paragraph(&operation.description);
    page.paragraph(effect(operation));
    page.heading("ARGUMENTS");
    if operation.parameters.is_empty() {
        page.paragraph("None.");
    }
    let (needed, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| is_needed(parameter));
    for parameter in needed.into_iter().chain(optional) {
        argument(&mut page, parameter);
    }
    page.heading("RESULT");
    result(&mut page, operation);
    if operation.action.is_array() {
        page.heading("PAGES");
        page.paragraph(&pages(operation));
    }
    connector::rate_limits(&mut page, connector);
    connector::credentials_in_short(&mut page, connector, spec);
    page.heading("EXAMPLES");
    examples(&mut page, connector, operation, spec);
    page.heading("SEE ALSO");
    see_also(&mut page, connector, operation, spec);
    page.finish()
}

fn argument(page: &mut Page, parameter: &Parameter) {
    let required = if is_needed(parameter) { ", required" } else { "" };
    let default = match &parameter.default {
        Some(default) => format!(" [default: {}]", default.0),
        None => String::new(),
    };
    let kind = match parameter.schema.format.as_ref() {
        "" => type_of(&parameter.schema),
        format => format!("{}, {format}", type_of(&parameter.schema)),
    };
    page.term(&parameter.name, &format!(" ({kind}{required}){default}"), 4);
    page.indented(&parameter.description, 8);
    limits(page, &parameter.schema, 8);
    members(page, &parameter.schema, 8);
}

fn limits(page: &mut Page, schema: &Schema, indent: usize) {
    let schema = schema.items.first().filter(|_| schema.choices.is_empty()).unwrap_or(schema);
    if !schema.choices.is_empty() {
        let choices: Vec<String> = schema
            .choices
            .iter()
            .map(Json::value)
            .map(|choice| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned))
            .collect();
        page.indented(&format!("One of {}.", choices.join(", ")), indent);
    }
    let bounds = match (schema.minimum, schema.maximum) {
        (Some(low), Some(high)) => format!("From {low} to {high}."),
        (Some(low), None) => format!("At least {low}."),
        (None, Some(high)) => format!("At most {high}."),
        (None, None) => return,
    };
    page.indented(&bounds, indent);
}

fn members(page: &mut Page, schema: &Schema, indent: usize) {
    let schema = schema.items.first().unwrap_or(schema);
    for property in schema.properties.iter() {
        let required = if property.required { ", required" } else { "" };
        let beside = format!(" ({}{required})", type_of(&property.schema));
        page.term(&format!(".{}", property.name), &beside, indent);
        page.indented(&property.schema.description, indent + 4);
        limits(page, &property.schema, indent + 4);
        members(page, &property.schema, indent + 4);
    }
}

fn result(page: &mut Page, operation: &Operation) {
    if operation.download.is_some() {
        page.paragraph("The bytes of a file.");
        return;
    }
    let what = if operation.action.is_array() { "Records." } else { "One object." };
    let meta: Vec<&str> = operation.response.meta.iter().map(|field| field.name.as_ref()).collect();
    page.paragraph(&match meta.as_slice() {
        [] => what.to_owned(),
        meta => format!("{what} Metadata: {}.", meta.join(", ")),
    });
    if let Some(schema) = operation.response.schema.as_ref().map(Json::value) {
        fields::tell(page, &schema, 4, 0);
    }
}

fn pages(operation: &Operation) -> String {
    let mut text = match &operation.paging.next {
        Next::None { reason } if reason.is_empty() => "There is one page.".to_owned(),
        Next::None { reason } => format!("There is one page: {reason}"),
        _ => "--all follows the pages, --max N ends after N records, --resume CURSOR goes on \
              where a call ended."
            .to_owned(),
    };
    if let Some(size) = &operation.paging.size {
        let maximum = size.maximum.map(|n| format!(", at most {n}")).unwrap_or_default();
        text.push_str(&format!(" '{}' sets the size of a page{maximum}.", size.parameter));
    }
    text
}

fn effect(operation: &Operation) -> &'static str {
    let hints = operation.hints;
    match (hints.read_only, hints.destructive, hints.idempotent) {
        (true, ..) => "Changes nothing.",
        (_, true, true) => "May lose data. Doing it twice is as good as once.",
        (_, true, false) => "May lose data. Doing it twice has effect twice.",
        (_, false, true) => "Changes data. Doing it twice is as good as once.",
        (_, false, false) => "Changes data. Doing it twice has effect twice.",
    }
}

fn examples(page: &mut Page, connector: &Connector, operation: &Operation, spec: Option<&Path>) {
    let mut tell = |said: &str, options: &[&str]| {
        page.command(said, &example::command_with(connector, operation, spec, options));
    };
    tell("Without an account:", &["--sandbox"]);
    if !operation.hints.read_only {
        tell("What would be sent, without sending it:", &["--dry-run"]);
    }
    let goes_on = !matches!(operation.paging.next, Next::None { .. });
    if operation.action.is_array() && goes_on {
        tell(
            "All pages, up to 500 records, for a spreadsheet:",
            &["--all", "--max", "500", "--output", "csv"],
        );
    }
    if let Some(fields) = some_fields(operation) {
        tell("Only some fields:", &["--select", &fields]);
    }
    if operation.download.is_none() {
        tell("Through Airbyte's platform:", &["--hosted"]);
    }
}

/// The fields that tell most.
fn some_fields(operation: &Operation) -> Option<String> {
    let schema = operation.response.schema.as_ref()?.value();
    let is_plain = |schema: &Value| {
        let kind = schema.get("type").map(ToString::to_string).unwrap_or_default();
        !kind.contains("object") && !kind.contains("array") && fields::members(schema).is_none()
    };
    let plain = fields::members(&schema)?.iter().filter(|(_, schema)| is_plain(schema));
    let record = Value::Object(plain.map(|(name, _)| (name.clone(), "…".into())).collect());
    let telling = columns(&[record], Some(&schema)).telling;
    let names: Vec<&str> = telling.iter().flatten().map(String::as_str).take(3).collect();
    let is_tame = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (names.len() > 1 && names.iter().all(is_tame)).then(|| names.join(","))
}

fn see_also(page: &mut Page, connector: &Connector, operation: &Operation, spec: Option<&Path>) {
    let described = example::start("describe", connector, spec);
    let siblings = connector.entity(&operation.entity);
    for sibling in siblings.into_iter().flat_map(|entity| entity.operations.iter()) {
        if sibling.action != operation.action {
            page.verbatim(&format!("{described} {} {}", sibling.entity, sibling.action));
        }
    }
    page.verbatim(&format!("{described} {}", operation.entity));
    if let Some(link) = connector.links.first() {
        page.verbatim(&link.url);
    }
}
