//! An operation as a page of a manual.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Json, Next, Operation, Parameter, Schema};

use super::text::Page;
use super::type_of;

/// The command that runs the operation, with what it cannot do without.
pub(super) fn synopsis(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) -> String {
    let whose = match spec {
        Some(path) => format!("--spec {}", path.display()),
        None => connector.name.to_string(),
    };
    let mut text = format!("airbyte-agent exec {whose} {} {}", operation.entity, operation.action);
    for parameter in operation.parameters.iter().filter(|parameter| is_needed(parameter)) {
        text.push_str(&format!(" -p {}=…", parameter.name));
    }
    if operation.download.is_some() {
        text.push_str(" --out FILE");
    }
    text
}

fn is_needed(parameter: &Parameter) -> bool {
    parameter.required && parameter.default.is_none() && parameter.config.is_none()
}

/// The page of an operation.
pub(super) fn text(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    width: usize,
) -> String {
    let mut page = Page::new(width);
    page.heading("NAME");
    let name = format!("{} {} {}", connector.name, operation.entity, operation.action);
    page.paragraph(&match operation.summary.as_ref() {
        "" => name,
        summary => format!("{name} - {summary}"),
    });
    page.heading("SYNOPSIS");
    page.verbatim(&synopsis(connector, operation, spec));
    if !operation.description.is_empty() {
        page.heading("DESCRIPTION");
        page.paragraph(&operation.description);
    }
    page.heading("ARGUMENTS");
    if operation.parameters.is_empty() {
        page.paragraph("None.");
    }
    for parameter in operation.parameters.iter() {
        argument(&mut page, parameter);
    }
    page.heading("RESULT");
    page.paragraph(&result(operation));
    page.heading("EFFECT");
    page.paragraph(effect(operation));
    page.finish()
}

fn argument(page: &mut Page, parameter: &Parameter) {
    let required = if is_needed(parameter) { ", required" } else { "" };
    let default = match &parameter.default {
        Some(default) => format!(" [default: {}]", default.0),
        None => String::new(),
    };
    page.verbatim(&format!(
        "{} ({}{required}){default}",
        parameter.name,
        type_of(&parameter.schema)
    ));
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
        let line = format!(".{} ({}{required})", property.name, type_of(&property.schema));
        page.indented(&line, indent);
        page.indented(&property.schema.description, indent + 4);
        limits(page, &property.schema, indent + 4);
        members(page, &property.schema, indent + 4);
    }
}

fn result(operation: &Operation) -> String {
    if operation.download.is_some() {
        return "The bytes of a file.".to_owned();
    }
    let what = if operation.action.is_array() { "Records." } else { "One object." };
    let mut text = what.to_owned();
    let meta: Vec<&str> = operation.response.meta.iter().map(|field| field.name.as_ref()).collect();
    if !meta.is_empty() {
        text.push_str(&format!(" Metadata: {}.", meta.join(", ")));
    }
    if operation.action.is_array() {
        match &operation.paging.next {
            Next::None { reason } if reason.is_empty() => text.push_str(" There is one page."),
            Next::None { reason } => text.push_str(&format!(" There is one page: {reason}")),
            _ => text.push_str(" --all follows the pages."),
        }
        if let Some(size) = &operation.paging.size {
            let maximum = size.maximum.map(|n| format!(", at most {n}")).unwrap_or_default();
            text.push_str(&format!(" '{}' sets the size of a page{maximum}.", size.parameter));
        }
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
