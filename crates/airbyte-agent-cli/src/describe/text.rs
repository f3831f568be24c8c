//! Connectors and entities as pages of a manual.

use std::fmt::Write as _;
use std::path::Path;

use airbyte_agent_core::description::{AuthScheme, Connector, Entity, ServerVariable};

use crate::terminal::wrap;

/// A page that is being written: headings at the margin, text behind four blanks.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    pub(super) fn heading(&mut self, name: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(name);
        self.text.push('\n');
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.indented(text, 4);
    }

    pub(super) fn indented(&mut self, text: &str, indent: usize) {
        if !text.trim().is_empty() {
            self.text.push_str(&wrap(text, indent, self.width));
        }
    }

    /// A line that is not broken, such as a command.
    pub(super) fn verbatim(&mut self, text: &str) {
        let _ = writeln!(self.text, "    {text}");
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The page of a connector.
pub(super) fn connector(connector: &Connector, spec: Option<&Path>, width: usize) -> String {
    let mut page = Page::new(width);
    page.heading("NAME");
    page.paragraph(&format!("{} - {} {}", connector.name, connector.title, connector.version));
    if !connector.description.is_empty() {
        page.heading("DESCRIPTION");
        page.paragraph(&connector.description);
    }
    page.heading("ENTITIES");
    for entity in connector.entities.iter() {
        page.verbatim(&format!("{} ({})", entity.name, actions(entity)));
        page.indented(&entity.description, 8);
    }
    page.heading("CREDENTIALS");
    if connector.auth.is_empty() {
        page.paragraph("None are needed.");
    }
    for scheme in connector.auth.iter() {
        credentials(&mut page, connector, scheme);
    }
    let variables = connector.variables();
    if !variables.is_empty() {
        page.heading("SETTINGS");
        for variable in variables {
            setting(&mut page, connector, variable);
        }
    }
    page.heading("MORE");
    let described = match spec {
        Some(path) => format!("airbyte-agent describe --spec {}", path.display()),
        None => format!("airbyte-agent describe {}", connector.name),
    };
    page.verbatim(&format!("{described} ENTITY [ACTION]"));
    for link in connector.links.iter() {
        page.verbatim(&link.url);
    }
    page.finish()
}

fn actions(entity: &Entity) -> String {
    entity.operations.iter().map(|o| o.action.as_str()).collect::<Vec<_>>().join(", ")
}

fn credentials(page: &mut Page, connector: &Connector, scheme: &AuthScheme) {
    page.verbatim(&format!("{}: {}", scheme.name, scheme.title));
    page.indented(&scheme.description, 8);
    let prefix = format!("AIRBYTE_AGENT_{}", connector.name.to_uppercase().replace('-', "_"));
    for field in scheme.fields.iter() {
        let optional = if field.required { "" } else { " (optional)" };
        let variable = format!("{prefix}_{}", field.name.to_uppercase().replace('-', "_"));
        page.indented(&format!("{}{optional}, or {variable}", field.name), 8);
        page.indented(&field.description, 12);
        page.indented(&field.obtain, 12);
    }
}

fn setting(page: &mut Page, connector: &Connector, variable: &ServerVariable) {
    let state = match &variable.default {
        Some(default) => format!(" [default: {default}]"),
        None if variable.derived_from.is_some() => " [taken from the credentials]".to_owned(),
        None if variable.from_token => " [given by the vendor]".to_owned(),
        None => {
            let schemes = connector.schemes_with(&variable.name);
            let names: Vec<&str> = schemes.iter().map(|scheme| scheme.name.as_ref()).collect();
            match names.len() {
                0 if !connector.auth.is_empty() => " (optional)".to_owned(),
                all if all == connector.auth.len() => " (required)".to_owned(),
                _ => format!(" (required with {})", names.join(", ")),
            }
        }
    };
    page.verbatim(&format!("{}{state}", variable.name));
    page.indented(&variable.description, 8);
    if !variable.choices.is_empty() {
        page.indented(&format!("One of {}.", variable.choices.join(", ")), 8);
    }
    if !variable.example.is_empty() {
        page.indented(&format!("For example {}.", variable.example), 8);
    }
}

/// The page of an entity.
pub(super) fn entity(
    connector: &Connector,
    entity: &Entity,
    spec: Option<&Path>,
    width: usize,
) -> String {
    let mut page = Page::new(width);
    page.heading("NAME");
    page.paragraph(&format!("{} {} - {}", connector.name, entity.name, entity.description));
    if !entity.when_to_use.is_empty() {
        page.heading("WHEN TO USE");
        page.paragraph(&entity.when_to_use);
    }
    page.heading("OPERATIONS");
    for operation in entity.operations.iter() {
        page.verbatim(&super::operation::synopsis(connector, operation, spec));
        page.indented(&operation.summary, 8);
    }
    let fields = entity.schema.as_ref().map(airbyte_agent_core::description::Json::value);
    let fields = fields.as_ref().and_then(|schema| schema.get("properties")?.as_object());
    if let Some(fields) = fields {
        page.heading("FIELDS");
        for (name, schema) in fields {
            let text = |key: &str| schema.get(key).and_then(serde_json::Value::as_str);
            let kind = text("type").map(|kind| format!(" ({kind})")).unwrap_or_default();
            page.verbatim(&format!("{name}{kind}"));
            page.indented(text("description").unwrap_or_default(), 8);
        }
    }
    page.finish()
}
