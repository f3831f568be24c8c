//! The manual page of a connector.

use std::path::Path;

use airbyte_agent_core::description::{AuthScheme, Connector, Entity, RateLimit, ServerVariable};

use super::PageStyle;
use super::page::Page;
use crate::example;
use crate::schema_text::type_text;
use crate::variables::credential_variable;

/// Number of example questions that are shown.
const QUESTIONS: usize = 5;

/// The manual page of a connector.
pub(super) fn connector_page(
    connector: &Connector,
    spec: Option<&Path>,
    style: PageStyle,
) -> String {
    let mut page = Page::new(style);
    page.heading("NAME");
    page.paragraph(&format!("{} - {} {}", connector.name, connector.title, connector.version));
    page.heading("SYNOPSIS");
    page.verbatim(&format!(
        "{} ENTITY ACTION [options]",
        example::command_start("exec", connector, spec)
    ));
    if !connector.description.is_empty() {
        page.heading("DESCRIPTION");
        page.paragraph(&connector.description);
    }
    page.heading("ENTITIES");
    for entity in connector.entities.iter() {
        page.term(&entity.name, &format!(" ({})", action_names(entity)), 4);
        page.indented(&entity.description, 8);
    }
    add_credentials(&mut page, connector);
    add_settings(&mut page, connector);
    add_platform_settings(&mut page, connector);
    add_rate_limits(&mut page, connector);
    if !connector.questions.direct.is_empty() {
        page.heading("QUESTIONS IT ANSWERS");
        for question in connector.questions.direct.iter().take(QUESTIONS) {
            page.paragraph(question);
        }
    }
    page.heading("EXAMPLES");
    let mut operations = connector.operations().filter(|operation| operation.action.is_array());
    if let Some(operation) = operations.next().or(connector.operations().next()) {
        let command = example::example_command_with(connector, operation, spec, &["--sandbox"]);
        page.command("Without an account:", &command);
    }
    page.command(
        "Find out whether credentials work:",
        &example::command_start("check", connector, spec),
    );
    page.heading("SEE ALSO");
    page.verbatim(&format!(
        "{} ENTITY [ACTION]",
        example::command_start("describe", connector, spec)
    ));
    for link in connector.links.iter() {
        page.verbatim(&link.url);
    }
    page.finish()
}

fn action_names(entity: &Entity) -> String {
    entity.operations.iter().map(|o| o.action.as_str()).collect::<Vec<_>>().join(", ")
}

/// Adds all schemes with their fields and variables.
fn add_credentials(page: &mut Page, connector: &Connector) {
    page.heading("CREDENTIALS");
    if connector.auth.is_empty() {
        page.paragraph("None are needed.");
        return;
    }
    page.paragraph(
        "Given as --credentials '{\"FIELD\": \"VALUE\"}', or in the variables named here, in the \
         environment or in a file .env in the working directory. One of these schemes is needed:",
    );
    for scheme in connector.auth.iter() {
        page.term(&scheme.name, &format!(": {}", scheme.title), 4);
        page.indented(&scheme.description, 8);
        for field in scheme.fields.iter() {
            let optional = if field.required { "" } else { " (optional)" };
            let variable = credential_variable(connector, &field.name);
            page.term(&field.name, &format!("{optional}, or {variable}"), 8);
            page.indented(&field.description, 12);
            page.indented(&field.obtain, 12);
        }
    }
}

/// Adds one line for each scheme. `is_hosted`: Airbyte's platform offers what is described.
pub(super) fn add_credential_summary(
    page: &mut Page,
    connector: &Connector,
    spec: Option<&Path>,
    is_hosted: bool,
) {
    page.heading("CREDENTIALS");
    if connector.auth.is_empty() {
        page.paragraph("None are needed.");
        return;
    }
    for scheme in connector.auth.iter() {
        page.term(&scheme.name, &format!(": {}", required_variables(connector, scheme)), 4);
    }
    let describe = example::command_start("describe", connector, spec);
    let hosted =
        if is_hosted { " With --hosted: AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET." } else { "" };
    page.paragraph(&format!("'{describe}' explains them.{hosted} With --sandbox none are needed."));
}

/// The variables that a scheme requires, or its title where it requires none.
fn required_variables(connector: &Connector, scheme: &AuthScheme) -> String {
    let required = scheme.fields.iter().filter(|field| field.required);
    let names: Vec<String> =
        required.map(|field| credential_variable(connector, &field.name)).collect();
    if names.is_empty() { scheme.title.to_string() } else { names.join(", ") }
}

/// Adds the rate limits that the vendor publishes.
pub(super) fn add_rate_limits(page: &mut Page, connector: &Connector) {
    if connector.rate_limits.is_empty() {
        return;
    }
    page.heading("RATE LIMITS");
    for limit in connector.rate_limits.iter() {
        page.paragraph(&rate_text(limit));
        page.indented(&limit.description, 8);
    }
    page.paragraph("A call that exceeds a limit is repeated when the vendor allows it.");
}

fn rate_text(limit: &RateLimit) -> String {
    let window = match limit.per_seconds {
        0 => "at the same time".to_owned(),
        1 => "per second".to_owned(),
        60 => "per minute".to_owned(),
        3_600 => "per hour".to_owned(),
        86_400 => "per day".to_owned(),
        seconds if seconds % 60 == 0 => format!("in {} minutes", seconds / 60),
        seconds => format!("in {seconds} seconds"),
    };
    let scope = match limit.scope.as_ref() {
        "" => String::new(),
        scope => format!(", counted by {scope}"),
    };
    match limit.requests {
        Some(requests) => format!("{requests} requests {window}{scope}."),
        None => format!("The vendor publishes no number{scope}."),
    }
}

/// Adds the settings of calls that go straight to the vendor: those of every scheme.
fn add_settings(page: &mut Page, connector: &Connector) {
    let variables = connector.variables();
    if variables.is_empty() {
        return;
    }
    page.heading("SETTINGS");
    page.paragraph(
        "Given as --config '{\"NAME\": \"VALUE\"}', or in the variables named here, in the \
         environment. Not for --hosted.",
    );
    for variable in variables {
        add_setting(page, connector, variable);
    }
}

/// Adds the settings that the platform keeps for a connector.
fn add_platform_settings(page: &mut Page, connector: &Connector) {
    let mut settings = connector.hosting.to_be_given().peekable();
    if settings.peek().is_none() {
        return;
    }
    page.heading("SETTINGS ON AIRBYTE'S PLATFORM");
    page.paragraph(
        "Given as --config '{\"NAME\": \"VALUE\"}' when a connector is created there, with \
         'airbyte-agent platform setup' or 'platform connectors create'.",
    );
    for setting in settings {
        let required = if setting.required { ", required" } else { "" };
        page.term(&setting.name, &format!(" ({}{required})", type_text(&setting.schema)), 4);
        page.indented(&setting.title, 8);
        page.indented(&setting.schema.description, 8);
    }
}

/// When a setting has to be given: with every scheme, with some of them, or when somebody wants it.
fn need_of(connector: &Connector, variable: &ServerVariable) -> String {
    let schemes = connector.schemes_with(&variable.name);
    let with: Vec<String> = schemes
        .iter()
        .map(|scheme| match scheme.server.as_ref().and_then(|own| own.when.as_ref()) {
            Some(other) => format!("{} unless '{other}' is given", scheme.name),
            None => scheme.name.to_string(),
        })
        .collect();
    let is_plain = schemes.iter().all(|scheme| scheme.server.is_none());
    match with.len() {
        0 => " (optional)".to_owned(),
        all if all == connector.auth.len() && is_plain => " (required)".to_owned(),
        _ => format!(" (required with {})", with.join(", ")),
    }
}

fn add_setting(page: &mut Page, connector: &Connector, variable: &ServerVariable) {
    let state = match &variable.default {
        Some(default) => format!(" [default: {default}]"),
        None if variable.derived_from.is_some() => " [taken from the credentials]".to_owned(),
        None if variable.from_token => " [given by the vendor]".to_owned(),
        None => need_of(connector, variable),
    };
    let name = credential_variable(connector, &variable.name);
    page.term(&variable.name, &format!("{state}, or {name}"), 4);
    page.indented(&variable.description, 8);
    if !variable.choices.is_empty() {
        page.indented(&format!("One of {}.", variable.choices.join(", ")), 8);
    }
    if !variable.example.is_empty() {
        page.indented(&format!("For example {}.", variable.example), 8);
    }
}
