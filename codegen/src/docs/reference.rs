//! REFERENCE.md: every operation with parameters, fields, paging and examples.

use airbyte_agent_description::{Action, Json, Location, Next, Operation, Paging, Schema, Source};

use super::readme::{action_links, anchor};
use super::schema::{kind, parameter_kind, rows};
use super::{table, yes};
use crate::document::OperationObject;
use crate::model::{EntityModel, Model, OperationModel};
use crate::prose;
use crate::rust::{call_example, params, remarks, store_class};

/// The text.
pub(crate) fn reference(model: &Model<'_>) -> String {
    let mut out = format!("# Reference of {}\n\n", model.package());
    let list: Vec<Vec<String>> = model
        .entities
        .iter()
        .map(|entity| vec![format!("`{}`", entity.entity.name), action_links(entity, "")])
        .collect();
    out.push_str(&table(&["Entity", "Actions"], &list));
    if !model.connector.date_format.is_empty() {
        out.push_str(&format!(
            "Instants: {}\n\n",
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
                format!("[source]({})", limit.source)
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
    format!("## Rate limits\n\n{}", table(&["Requests", "Counted per", "Remarks", ""], &rows))
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
            "For: {}\n\n",
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
            "### {} in the context store\n\nThrough the hosted platform: `context_store_search` by these fields (in Rust \
             `store::{}`), and `context_store_sql_query`.\n\n{}",
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
    out.push_str(&format!("{}\n\n", answer(operation, shown)));
    if described.action.is_array() {
        out.push_str(&format!("{}\n\n", paging(operation)));
    }
    out.push_str(&format!("```rust\n{}\n```\n\n", call_example(model, entity, operation)));
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
        (true, ..) => "Reads only.",
        (false, true, true) => "Destroys data; doing it twice changes no more than once.",
        (false, true, false) => "Destroys data.",
        (false, false, true) => "Changes data; doing it twice is as good as once.",
        (false, false, false) => "Changes data; doing it twice does it twice.",
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
        return "No parameters.\n\n".to_owned();
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

fn answer<'d>(operation: &OperationModel<'d>, shown: &mut Vec<(&'d Json, Action)>) -> String {
    let described = operation.operation;
    let said = operation.object.map(OperationObject::answer_text).unwrap_or_default();
    let mut out = format!(
        "Comes back: {}",
        match described.action {
            Action::Download => "the bytes of the file.".to_owned(),
            _ if !said.is_empty() => prose::markdown(&prose::sentence(said)),
            action if action.is_array() => "records.".to_owned(),
            _ => "one record.".to_owned(),
        }
    );
    let Some(schema) =
        described.response.schema.as_ref().filter(|_| described.action != Action::Download)
    else {
        return out;
    };
    if let Some((_, action)) = shown.iter().find(|(json, _)| *json == schema) {
        out.push_str(&format!(
            " Fields as under [{action}](#{}).",
            anchor(&described.entity, action.as_str())
        ));
    } else {
        let value = schema.value();
        let fields = table(&["Field", "Type", "What it is"], &rows(&value));
        if fields.is_empty() {
            out.push_str(&format!(" Type: {}.", kind(&value)));
        } else {
            shown.push((schema, described.action));
            out.push_str(&format!("\n\n{}", fields.trim_end()));
        }
    }
    let meta: Vec<String> =
        described.response.meta.iter().map(|field| prose::code(&field.name)).collect();
    if !meta.is_empty() {
        out.push_str(&format!("\n\nWith each page: {}.", meta.join(", ")));
    }
    out
}

fn paging(operation: &OperationModel<'_>) -> String {
    let paging = &operation.operation.paging;
    if let Next::None { reason } = &paging.next {
        let why = prose::markdown(&prose::sentence(reason)).replace('\n', " ");
        return if why.is_empty() {
            "Paging: none.".to_owned()
        } else {
            format!("Paging: none. {why}")
        };
    }
    let ways: Vec<String> = paging.styles().map(way).collect();
    format!("Paging: {} `items()` does it for you.", ways.join(" Or: "))
}

/// One way in which a list continues.
fn way(paging: &Paging) -> String {
    let source = |source: &Source| match source {
        Source::Meta { name, .. } => format!("the meta field {}", prose::code(name)),
        Source::Body(path) => format!("{} of the answer", prose::code(&path.to_string())),
    };
    let codes = |names: &mut dyn Iterator<Item = &str>| {
        names.map(prose::code).collect::<Vec<_>>().join(", ")
    };
    let mut out = match &paging.next {
        Next::None { reason } => reason.to_string(),
        Next::Cursor { from, into } => format!("{} goes into {}", source(from), prose::code(into)),
        Next::Link { from, feed, .. } if feed.is_empty() => {
            format!("the URL in {} is requested next", source(from))
        }
        Next::Link { from, feed, keep } => {
            let into = codes(&mut feed.iter().map(|(_, into)| into.as_ref()));
            let alone = keep.as_ref().map_or(String::new(), |keep| match &keep[..] {
                [] => ", which stands for all other arguments".to_owned(),
                keep => format!(
                    ", which stands for all other arguments but {}",
                    codes(&mut keep.iter().map(AsRef::as_ref))
                ),
            });
            format!("the URL in {} gives {into}{alone}", source(from))
        }
        Next::LastRecord { field, into, add } => format!(
            "{}{} of the last record goes into {}",
            prose::code(field.to_string().trim_start_matches("$.")),
            if *add > 0 { format!(" plus {add}") } else { String::new() },
            prose::code(into)
        ),
        Next::Offset { into, start } => {
            format!("{} counts records, from {start} on", prose::code(into))
        }
        Next::Page { into, start } => {
            format!("{} counts pages, from {start} on", prose::code(into))
        }
    };
    if let Some(more) = &paging.more {
        out.push_str(&format!(", while {} says that there is more", source(more)));
    }
    if let Some(done) = &paging.done {
        out.push_str(&format!(", until {} is true", source(done)));
    }
    out.push('.');
    if let Some(size) = &paging.size {
        let largest = size.maximum.map_or(String::new(), |most| format!(", at most {most}"));
        let needed = if size.needed { "; without it there is one page" } else { "" };
        let parameter = prose::code(&size.parameter);
        out.push_str(&format!(" Size of a page: {parameter}{largest}{needed}."));
    }
    out
}
