//! The document of a connector, written from its description.

use airbyte_agent_description::{Connector, Entity, Operation, Parameter};
use serde_json::{Map, Value, json};

use super::document::{Section, Skill, code, heading, list, paragraph, table};
use super::id_of_connector;
use crate::platform::state::ConnectorInstance;
use crate::sample;

/// The document of `connector`.
pub(super) fn skill(description: &Connector, connector: &ConnectorInstance) -> Skill {
    let mut sections = vec![overview(description)];
    sections.extend(description.entities.iter().map(entity_section));
    sections.extend(description.operations().map(operation_section));
    if description.entities.iter().any(|entity| !entity.store.is_empty()) {
        sections.push(store_section(description));
    }
    Skill {
        id: id_of_connector(&connector.id),
        kind: "connector_source",
        title: format!("{} ({})", connector.name, description.title),
        summary: description.description.to_string(),
        tags: vec![description.name.to_string()],
        version: description.version.to_string(),
        sections,
    }
}

fn overview(description: &Connector) -> Section {
    let mut content = vec![paragraph(description.description.as_ref())];
    let entities = description.entities.iter().map(|entity| {
        let actions: Vec<&str> = entity.operations.iter().map(|one| one.action.as_str()).collect();
        vec![entity.name.to_string(), actions.join(", "), entity.description.to_string()]
    });
    content.push(heading("Entities", 2));
    content.push(table(&["Entity", "Actions", "What it is"], &entities.collect::<Vec<_>>()));
    if !description.questions.direct.is_empty() {
        content.push(heading("Questions", 2));
        content.push(list(
            &description.questions.direct.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ));
    }
    Section {
        id: "overview".to_owned(),
        title: "Overview".to_owned(),
        summary: Some("What the connector reaches".to_owned()),
        content,
    }
}

fn entity_section(entity: &Entity) -> Section {
    let mut content = vec![paragraph(entity.description.as_ref())];
    if !entity.when_to_use.is_empty() {
        content.push(paragraph(entity.when_to_use.as_ref()));
    }
    let actions = entity.operations.iter();
    let actions: Vec<String> =
        actions.map(|one| format!("{}: {}", signature(one), one.summary)).collect();
    content.push(list(&actions));
    Section {
        id: format!("entities.{}", entity.name),
        title: entity.name.to_string(),
        summary: Some(entity.description.to_string()),
        content,
    }
}

fn operation_section(operation: &Operation) -> Section {
    let mut content = vec![paragraph(operation.description.as_ref())];
    content.push(code("text", signature(operation)));
    let rows: Vec<Vec<String>> = operation.parameters.iter().map(parameter_row).collect();
    if !rows.is_empty() {
        content.push(table(&["Parameter", "Type", "Required", "Description"], &rows));
    }
    let example = json!({
        "entity": operation.entity,
        "action": operation.action.as_str(),
        "params": Value::Object(sample::arguments(operation, &Map::new().into())),
    });
    content.push(code("json", example.to_string()));
    Section {
        id: format!("actions.{}", operation.place()),
        title: operation.place(),
        summary: Some(operation.summary.to_string()),
        content,
    }
}

fn signature(operation: &Operation) -> String {
    let parameters = operation.parameters.iter().map(|parameter| {
        let mark = if parameter.required { "" } else { "?" };
        format!("{}{mark}: {}", parameter.name, type_of(parameter))
    });
    format!("{}({})", operation.place(), parameters.collect::<Vec<_>>().join(", "))
}

fn type_of(parameter: &Parameter) -> String {
    let kinds: Vec<&str> = parameter.schema.kinds.iter().map(|kind| kind.as_str()).collect();
    if kinds.is_empty() { "any".to_owned() } else { kinds.join("|") }
}

fn parameter_row(parameter: &Parameter) -> Vec<String> {
    let required = if parameter.required { "yes" } else { "no" };
    vec![
        parameter.name.to_string(),
        type_of(parameter),
        required.to_owned(),
        parameter.description.to_string(),
    ]
}

fn store_section(description: &Connector) -> Section {
    let searchable = description.entities.iter().filter(|entity| !entity.store.is_empty());
    let rows = searchable.map(|entity| {
        let fields: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
        vec![entity.name.to_string(), fields.join(", ")]
    });
    let example = json!({"query": {"filter": {"contains": {"name": "acme"}}}, "limit": 10});
    Section {
        id: "context_store".to_owned(),
        title: "Context store".to_owned(),
        summary: Some("Entities that can be searched, and their fields".to_owned()),
        content: vec![
            paragraph("These entities are searched by the action context_store_search."),
            table(&["Entity", "Fields"], &rows.collect::<Vec<_>>()),
            code("json", example.to_string()),
        ],
    }
}
