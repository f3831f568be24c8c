//! The manual page of an operation.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Json, Next, Operation, Parameter, Schema};
use airbyte_agent_core::tools::columns;
use serde_json::Value;

use super::page::Page;
use super::{PageStyle, connector, fields};
use crate::example::{self, must_be_given};
use crate::schema_text::{schema_members, type_text};

/// The command that runs the operation, with the names of all required arguments.
pub(super) fn synopsis(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) -> String {
    let start = example::command_start("exec", connector, spec);
    let mut text = format!("{start} {} {}", operation.entity, operation.action);
    for parameter in operation.parameters.iter().filter(|parameter| must_be_given(parameter)) {
        text.push_str(&format!(" -p {}=…", parameter.name));
    }
    if operation.download.is_some() {
        text.push_str(" --out FILE");
    }
    text
}

/// The manual page of an operation.
pub(super) fn operation_page(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    style: PageStyle,
) -> String {
    let mut page = Page::new(style);
    page.heading("NAME");
    let name = format!("{} {} {}", connector.name, operation.entity, operation.action);
    page.paragraph(&match operation.summary.as_ref() {
        "" => name,
        summary => format!("{name} - {summary}"),
    });
    page.heading("SYNOPSIS");
    let has_optional = operation.parameters.iter().any(|parameter| !must_be_given(parameter));
    let more = if has_optional { " [-p NAME=VALUE]… [options]" } else { " [options]" };
    page.verbatim(&format!("{}{more}", synopsis(connector, operation, spec)));
    page.heading("DESCRIPTION");
    page.paragraph(&operation.description);
    page.paragraph(effect_text(operation));
    page.heading("ARGUMENTS");
    if operation.parameters.is_empty() {
        page.paragraph("None.");
    }
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) =
        operation.parameters.iter().partition(|parameter| must_be_given(parameter));
    for parameter in required.into_iter().chain(optional) {
        add_argument(&mut page, operation, parameter);
    }
    page.heading("RESULT");
    add_result(&mut page, operation);
    if operation.action.is_array() {
        page.heading("PAGES");
        page.paragraph(&pages_text(operation));
    }
    connector::add_rate_limits(&mut page, connector);
    connector::add_credential_summary(&mut page, connector, spec, !operation.is_addition);
    page.heading("EXAMPLES");
    add_examples(&mut page, connector, operation, spec);
    page.heading("SEE ALSO");
    add_see_also(&mut page, connector, operation, spec);
    page.finish()
}

fn add_argument(page: &mut Page, operation: &Operation, parameter: &Parameter) {
    let required = if must_be_given(parameter) { ", required" } else { "" };
    let default = match &parameter.default {
        Some(default) => format!(" [default: {}]", default.0),
        None => String::new(),
    };
    let kind = match parameter.schema.format.as_ref() {
        "" => type_text(&parameter.schema),
        format => format!("{}, {format}", type_text(&parameter.schema)),
    };
    page.term(&parameter.name, &format!(" ({kind}{required}){default}"), 4);
    page.indented(&parameter.description, 8);
    if operation.files().iter().any(|file| file.content == parameter.name) {
        let name = &parameter.name;
        page.indented(&format!("-p {name}=@PATH passes the content of the file at PATH."), 8);
    }
    add_limits(page, &parameter.schema, 8);
    add_members(page, &parameter.schema, 8);
}

fn add_limits(page: &mut Page, schema: &Schema, indent: usize) {
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

fn add_members(page: &mut Page, schema: &Schema, indent: usize) {
    let schema = schema.items.first().unwrap_or(schema);
    for property in schema.properties.iter() {
        let required = if property.required { ", required" } else { "" };
        let remark = format!(" ({}{required})", type_text(&property.schema));
        page.term(&format!(".{}", property.name), &remark, indent);
        page.indented(&property.schema.description, indent + 4);
        add_limits(page, &property.schema, indent + 4);
        add_members(page, &property.schema, indent + 4);
    }
}

fn add_result(page: &mut Page, operation: &Operation) {
    if operation.download.is_some() {
        page.paragraph("The bytes of a file.");
        return;
    }
    let content = if operation.action.is_array() { "Records." } else { "One object." };
    let meta: Vec<&str> = operation.response.meta.iter().map(|field| field.name.as_ref()).collect();
    page.paragraph(&match meta.as_slice() {
        [] => content.to_owned(),
        meta => format!("{content} Metadata: {}.", meta.join(", ")),
    });
    if let Some(schema) = operation.response.schema.as_ref().map(Json::value) {
        fields::add_fields(page, &schema);
    }
}

fn pages_text(operation: &Operation) -> String {
    let mut text = match &operation.paging.next {
        Next::None { reason } if reason.is_empty() => "There is one page.".to_owned(),
        Next::None { reason } => format!("There is one page: {reason}"),
        Next::Unknown { reason } => {
            format!(
                "How the list continues is not known, so only its first page can be read: {reason}"
            )
        }
        _ => "--all follows the pages, --max N stops after N records, --resume CURSOR continues \
              where another call ended."
            .to_owned(),
    };
    if let Some(size) = &operation.paging.size {
        let maximum = size.maximum.map(|n| format!(", at most {n}")).unwrap_or_default();
        text.push_str(&format!(" '{}' sets the size of a page{maximum}.", size.parameter));
    }
    text
}

fn effect_text(operation: &Operation) -> &'static str {
    let hints = operation.hints;
    match (hints.read_only, hints.destructive, hints.idempotent) {
        (true, ..) => "Changes nothing.",
        (_, true, true) => "May lose data. Doing it twice has the same effect as once.",
        (_, true, false) => "May lose data. Doing it twice has effect twice.",
        (_, false, true) => "Changes data. Doing it twice has the same effect as once.",
        (_, false, false) => "Changes data. Doing it twice has effect twice.",
    }
}

fn add_examples(
    page: &mut Page,
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) {
    let mut add = |purpose: &str, options: &[&str]| {
        page.command(purpose, &example::example_command_with(connector, operation, spec, options));
    };
    add("Without an account:", &["--sandbox"]);
    if !operation.hints.read_only {
        add("What would be sent, without sending it:", &["--dry-run"]);
    }
    let has_pages = !matches!(operation.paging.next, Next::None { .. });
    if operation.action.is_array() && has_pages {
        add(
            "All pages, up to 500 records, for a spreadsheet:",
            &["--all", "--max", "500", "--output", "csv"],
        );
    }
    if let Some(fields) = example_selection(operation) {
        add("Only some fields:", &["--select", &fields]);
    }
    if operation.download.is_none() && !operation.is_addition {
        add("Through Airbyte's platform:", &["--hosted"]);
    }
}

/// Up to three of the most informative fields, as a value of `--select`.
fn example_selection(operation: &Operation) -> Option<String> {
    let schema = operation.response.schema.as_ref()?.value();
    let is_plain = |schema: &Value| {
        let kind = schema.get("type").map(ToString::to_string).unwrap_or_default();
        !kind.contains("object") && !kind.contains("array") && schema_members(schema).is_none()
    };
    let plain = schema_members(&schema)?.iter().filter(|(_, schema)| is_plain(schema));
    let record = Value::Object(plain.map(|(name, _)| (name.clone(), "…".into())).collect());
    let informative = columns(&[record], Some(&schema)).telling;
    let names: Vec<&str> = informative.iter().flatten().map(String::as_str).take(3).collect();
    let is_safe = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (names.len() > 1 && names.iter().all(is_safe)).then(|| names.join(","))
}

fn add_see_also(
    page: &mut Page,
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) {
    let describe = example::command_start("describe", connector, spec);
    let siblings = connector.entity(&operation.entity);
    for sibling in siblings.into_iter().flat_map(|entity| entity.operations.iter()) {
        if sibling.action != operation.action {
            page.verbatim(&format!("{describe} {} {}", sibling.entity, sibling.action));
        }
    }
    page.verbatim(&format!("{describe} {}", operation.entity));
    if let Some(link) = connector.links.first() {
        page.verbatim(&link.url);
    }
}
