//! REFERENCE.md: every operation with parameters, fields, paging and examples.

use airbyte_agent_description::{Action, Json, Location, Operation, Schema};

use super::links::{action_links, anchor};
use super::paging::paging;
use super::schema::{kind, parameter_kind, rows};
use super::{table, yes};
use crate::document::OperationObject;
use crate::model::{EntityModel, Model, OperationModel};
use crate::prose;
use crate::rust::{call_example, params, remarks, store_class};
use crate::types::Rust;

/// The text of REFERENCE.md.
pub(crate) fn reference(model: &Model<'_>) -> String {
    let mut out = format!("# Reference of {}\n\n", model.package());
    let list: Vec<Vec<String>> = model
        .entities
        .iter()
        .map(|entity| vec![format!("`{}`", entity.entity.name), action_links(entity, "")])
        .collect();
    out.push_str(&table(&["Entity", "Actions"], &list));
    out.push_str(
        "Names of parameters and fields are those of the vendor, which `execute` and tools take. In Rust, \
         setters and fields have the same names in snake case. The column \"In\" says which part of the request \
         carries a parameter. Members of objects are written behind a dot, elements of lists behind `[]`.\n\n",
    );
    if !model.connector.date_format.is_empty() {
        out.push_str(&format!(
            "Dates and times: {}\n\n",
            prose::markdown(&prose::sentence(&model.connector.date_format))
        ));
    }
    out.push_str(&limits(model));
    for entity in &model.entities {
        out.push_str(&section(model, entity));
    }
    out
}

fn limits(model: &Model<'_>) -> String {
    let rows: Vec<Vec<String>> = model
        .connector
        .rate_limits
        .iter()
        .map(|limit| {
            let source = if limit.source.is_empty() {
                String::new()
            } else {
                format!("[vendor]({})", limit.source)
            };
            vec![
                match (limit.requests, limit.per_seconds) {
                    (Some(requests), 0) => format!("{requests} at the same time"),
                    (Some(requests), seconds) => format!("{requests} per {}", period(seconds)),
                    (None, 0) => "not published".to_owned(),
                    (None, seconds) => format!("not published, per {}", period(seconds)),
                },
                limit.scope.to_string(),
                prose::cell(&limit.description),
                source,
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("## Rate limits\n\n{}", table(&["Requests", "Counted per", "Remarks", "Source"], &rows))
}

fn period(seconds: u64) -> String {
    match seconds {
        1 => "second".to_owned(),
        60 => "minute".to_owned(),
        3_600 => "hour".to_owned(),
        86_400 => "day".to_owned(),
        n => format!("{n} seconds"),
    }
}

fn section(model: &Model<'_>, entity: &EntityModel<'_>) -> String {
    let mut out = format!("## {}\n\n", entity.entity.name);
    let about = prose::markdown(&prose::sentence(&entity.entity.description));
    out.push_str(&format!("{about}\n\n"));
    if !entity.entity.when_to_use.is_empty() {
        out.push_str(&format!(
            "When to use it: {}\n\n",
            prose::markdown(&prose::sentence(&entity.entity.when_to_use))
        ));
    }
    let mut shown: Vec<(&Json, Action)> = Vec::new();
    for operation in &entity.operations {
        out.push_str(&describe(model, entity, operation, &mut shown));
    }
    let store: Vec<Vec<String>> = entity
        .entity
        .store
        .iter()
        .map(|field| {
            vec![
                prose::code(&field.name),
                field.kind.to_string(),
                prose::cell(&prose::sentence(&field.description)),
            ]
        })
        .collect();
    if !store.is_empty() {
        out.push_str(&format!(
            "### {} in the context store\n\nThe hosted platform, and a local store that `airbyte-agent sync` \
             fills, keep a searchable copy of these fields. The action `context_store_search` filters by them (in Rust they are the variants of `store::{}`), and \
             `context_store_sql_query` reads them with SQL.\n\n{}",
            entity.entity.name,
            store_class(entity),
            table(&["Field", "Type", "What it is"], &store)
        ));
    }
    out
}

fn describe<'d>(
    model: &Model<'_>,
    entity: &EntityModel<'_>,
    operation: &OperationModel<'d>,
    shown: &mut Vec<(&'d Json, Action)>,
) -> String {
    let described = operation.operation;
    let mut out = format!("### {} {}\n\n", described.entity, described.action);
    if !described.summary.is_empty() {
        out.push_str(&format!("{}\n\n", prose::markdown(&prose::sentence(&described.summary))));
    }
    out.push_str(&format!("{}\n\n", prose::markdown(&described.description)));
    out.push_str(&format!("{}\n\n", effect(described)));
    for remark in remarks(described) {
        out.push_str(&format!("{remark}\n\n"));
    }
    out.push_str(&parameters(operation));
    out.push_str(&format!("{}\n\n", returns(operation, shown)));
    if described.action.is_array() {
        out.push_str(&format!("{}\n\n", paging(operation)));
    }
    out.push_str(&format!("```rust\n{}\n```\n\n", call_example(model, entity, operation)));
    out.push_str("The same call by name, as a tool takes it:\n\n");
    let json = serde_json::json!({
        "entity": described.entity,
        "action": described.action.as_str(),
        "params": params(operation),
    });
    let json = serde_json::to_string_pretty(&json).unwrap_or_default();
    out.push_str(&format!("```json\n{json}\n```\n\n"));
    out
}

/// What the call does to the vendor's data.
fn effect(operation: &Operation) -> &'static str {
    let hints = operation.hints;
    match (hints.read_only, hints.destructive, hints.idempotent) {
        (true, ..) => "This operation only reads.",
        (false, true, true) => {
            "This operation destroys data. Calling it twice has the same effect as calling it once."
        }
        (false, true, false) => "This operation destroys data.",
        (false, false, true) => {
            "This operation changes data. Calling it twice has the same effect as calling it once."
        }
        (false, false, false) => "This operation changes data, again with each call.",
    }
}

fn parameters(operation: &OperationModel<'_>) -> String {
    let mut rows = Vec::new();
    for argument in &operation.arguments {
        let parameter = argument.parameter;
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
            Location::Body => "body",
            Location::File => "file",
            Location::GraphQl => "variable",
        };
        let default = parameter.default.as_ref().or(parameter.schema.default.as_ref());
        rows.push(vec![
            prose::code(&parameter.name),
            place.to_owned(),
            parameter_kind(&parameter.schema),
            yes(parameter.required && parameter.default.is_none()),
            default.map(|json| prose::cell(&prose::code(&json.0))).unwrap_or_default(),
            about(&parameter.description, &parameter.schema),
        ]);
        nested(&parameter.schema, &parameter.name, place, &mut rows);
    }
    if rows.is_empty() {
        return "It takes no parameters.\n\n".to_owned();
    }
    table(&["Parameter", "In", "Type", "Required", "Default", "What it is"], &rows)
}

fn nested(schema: &Schema, path: &str, place: &str, rows: &mut Vec<Vec<String>>) {
    if let [items] = schema.items.as_ref() {
        nested(items, &format!("{path}[]"), place, rows);
    }
    for property in schema.properties.iter() {
        let path = format!("{path}.{}", property.name);
        let default = property.schema.default.as_ref();
        rows.push(vec![
            prose::code(&path),
            place.to_owned(),
            parameter_kind(&property.schema),
            yes(property.required),
            default.map(|json| prose::cell(&prose::code(&json.0))).unwrap_or_default(),
            about(&property.schema.description, &property.schema),
        ]);
        nested(&property.schema, &path, place, rows);
    }
}

/// What a value means, and what it may be.
fn about(description: &str, schema: &Schema) -> String {
    let mut text = prose::cell(&prose::sentence(description));
    let choices = if schema.choices.is_empty() {
        schema.items.first().map_or(&[][..], |items| items.choices.as_ref())
    } else {
        schema.choices.as_ref()
    };
    if !choices.is_empty() {
        let choices: Vec<String> =
            choices.iter().map(|json| prose::code(json.0.trim_matches('"'))).collect();
        text.push_str(&format!(" One of {}.", choices.join(", ")));
    }
    match (schema.minimum, schema.maximum) {
        (Some(low), Some(high)) => text.push_str(&format!(" From {low} to {high}.")),
        (Some(low), None) => text.push_str(&format!(" At least {low}.")),
        (None, Some(high)) => text.push_str(&format!(" At most {high}.")),
        (None, None) => {}
    }
    text.trim().to_owned()
}

/// What the operation returns: the records with their fields, and the metadata.
fn returns<'d>(operation: &OperationModel<'d>, shown: &mut Vec<(&'d Json, Action)>) -> String {
    let described = operation.operation;
    let said = operation.object.map(OperationObject::response_text).unwrap_or_default();
    let mut out = format!(
        "Returns: {}",
        match described.action {
            Action::Download => "the bytes of the file.".to_owned(),
            _ if !said.is_empty() => prose::markdown(&prose::sentence(said)),
            action if action.is_array() => "records.".to_owned(),
            _ => "one record.".to_owned(),
        }
    );
    if let Rust::Named(name) = &operation.record {
        let it = if described.action.is_array() { "each record" } else { "it" };
        out.push_str(&format!(" In Rust, {it} is a `types::{name}`."));
    }
    let Some(schema) =
        described.response.schema.as_ref().filter(|_| described.action != Action::Download)
    else {
        return out;
    };
    if let Some((_, action)) = shown.iter().find(|(json, _)| *json == schema) {
        out.push_str(&format!(
            " The fields are those of [{action}](#{}).",
            anchor(&described.entity, action.as_str())
        ));
    } else {
        let value = schema.value();
        let fields = table(&["Field", "Type", "What it is"], &rows(&value));
        if fields.is_empty() {
            out.push_str(&format!(" Its type is {}.", kind(&value)));
        } else {
            shown.push((schema, described.action));
            out.push_str(&format!("\n\n{}", fields.trim_end()));
        }
    }
    let meta: Vec<String> =
        described.response.meta.iter().map(|field| prose::code(&field.name)).collect();
    if !meta.is_empty() {
        let named = operation.meta.as_ref();
        let rust = named.map_or(String::new(), |name| format!(", in Rust a `types::{name}`"));
        out.push_str(&format!("\n\nMetadata (`meta`{rust}): {}.", meta.join(", ")));
    }
    out
}
