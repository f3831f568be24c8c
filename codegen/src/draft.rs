//! Finds the types that an operation needs: those of its record, its metadata and its arguments.

use airbyte_agent_description::{
    Action, Connector, Kind, MetaSource, Operation, Parameter, Schema,
};

use crate::document::{Document, OperationObject};
use crate::names;
use crate::types::{Collector, Hints, Role, Rust};

/// The types of an operation.
pub(crate) struct Draft {
    pub(crate) record: Rust,
    /// Name of the type of the metadata, if there is any.
    pub(crate) meta: Option<String>,
    /// Types of the arguments, in the order of the parameters.
    pub(crate) arguments: Vec<Rust>,
}

/// Walks all operations in the order of the spec.
pub(crate) fn draft_operations<'d>(
    connector: &'d Connector,
    document: Document<'d>,
    collector: &mut Collector<'d>,
) -> Vec<Draft> {
    let operations: Vec<_> =
        connector.operations().map(|op| (op, document.operation(op))).collect();
    // Records come first, so that they get the names without a suffix.
    let records: Vec<_> = operations
        .iter()
        .map(|(operation, object)| {
            let rust = record(document, operation, *object, collector).unwrap_or(Rust::Value);
            collector.reach(&rust, &operation.entity);
            rust
        })
        .collect();
    let metas: Vec<_> = operations
        .iter()
        .map(|(operation, object)| meta(document, operation, *object, collector))
        .collect();
    let mut drafts = Vec::new();
    for (((operation, object), record), meta) in operations.iter().zip(records).zip(metas) {
        let arguments = operation
            .parameters
            .iter()
            .map(|parameter| {
                let hints = argument_hints(operation, parameter);
                let rust = object.and_then(|object| object.parameter(parameter)).map_or_else(
                    || plain(&parameter.schema),
                    |schema| collector.rust(schema, Role::Request, &hints),
                );
                collector.describe(&rust, &parameter.description);
                collector.reach(&rust, &operation.entity);
                rust
            })
            .collect();
        drafts.push(Draft { record, meta, arguments });
    }
    drafts
}

/// The type of one record; `None` if the document does not describe it as an object.
fn record<'d>(
    document: Document<'d>,
    operation: &Operation,
    object: Option<OperationObject<'d>>,
    collector: &mut Collector<'d>,
) -> Option<Rust> {
    if !operation.response.transform.is_empty() || operation.action == Action::Download {
        return None;
    }
    let response = object?.response_schema()?;
    let mut schema = match &operation.response.records {
        Some(path) => document.follow(response, path)?,
        None => response,
    };
    if operation.action.is_array()
        && let Some(items) = document.plain(schema)?.schema.get("items")
    {
        schema = items;
    }
    let entity = &operation.entity;
    let hints = vec![
        names::class(&names::singular(entity)),
        names::class(&format!("{entity} {}", operation.action)) + "Record",
    ];
    let rust = collector.rust(schema, Role::Record, &hints);
    // The engine wraps a record that is not an object.
    let is_wrapped =
        rust.is_plain() || matches!(rust, Rust::List(_)) && operation.action.is_array();
    (!is_wrapped).then_some(rust)
}

/// Name of the type of the metadata; `None` if the operation has no metadata.
fn meta<'d>(
    document: Document<'d>,
    operation: &Operation,
    object: Option<OperationObject<'d>>,
    collector: &mut Collector<'d>,
) -> Option<String> {
    if operation.response.meta.is_empty() || !operation.action.is_array() {
        return None;
    }
    let name = names::class(&format!("{} {} meta", operation.entity, operation.action));
    let response = object.and_then(OperationObject::response_schema);
    let members = operation
        .response
        .meta
        .iter()
        .map(|field| {
            let (rust, schema) = match &field.source {
                MetaSource::Link(_) | MetaSource::Header(_) => (Rust::String, None),
                MetaSource::Body(path) => {
                    let schema = response.and_then(|response| document.follow(response, path));
                    let hints = vec![names::class(&format!("{name} {}", field.name))];
                    // If a path matches several values, the first one counts.
                    let rust = schema
                        .map_or(Rust::Value, |schema| collector.rust(schema, Role::Record, &hints));
                    (rust, schema)
                }
            };
            let said = schema
                .and_then(|schema| document.plain(schema))
                .and_then(|found| found.schema.get("description")?.as_str())
                .map(str::to_owned);
            let description = said.unwrap_or_else(|| match &field.source {
                MetaSource::Link(relation) => {
                    format!("The URL of the relation `{relation}` in the `Link` header.")
                }
                MetaSource::Header(header) => {
                    format!("The value of the response header `{header}`.")
                }
                MetaSource::Body(path) => format!("The value at `{path}` in the response."),
            });
            (field.name.to_string(), description, rust)
        })
        .collect();
    let text = format!("Metadata of a page of `{}.{}`.", operation.entity, operation.action);
    let name = collector.structure(name, text, members);
    collector.reach(&Rust::Named(name.clone()), &operation.entity);
    Some(name)
}

fn argument_hints(operation: &Operation, parameter: &Parameter) -> Hints {
    let (entity, name) = (names::singular(&operation.entity), &parameter.name);
    // A member that contains the whole record has a name without meaning, such as `data`.
    let is_whole = ["input", "data", "body"].contains(&name.as_ref())
        || names::class(&entity).ends_with(&names::class(&names::singular(name)));
    if is_whole {
        return vec![names::class(&format!("{entity} {} input", operation.action))];
    }
    vec![
        names::class(&format!("{entity} {name}")),
        names::class(&format!("{entity} {} {name}", operation.action)),
    ]
}

/// The type of a parameter that the document does not describe.
fn plain(schema: &Schema) -> Rust {
    match schema.kinds.as_ref() {
        [Kind::String] => Rust::String,
        [Kind::Integer] => Rust::Integer,
        [Kind::Number] => Rust::Number,
        [Kind::Boolean] => Rust::Boolean,
        [Kind::Array] => Rust::List(Box::new(schema.items.first().map_or(Rust::Value, plain))),
        _ => Rust::Value,
    }
}
