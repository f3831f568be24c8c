//! One operation of the spec.

use std::collections::HashSet;

use airbyte_agent_description::Action;
use airbyte_agent_document::Operation;
use serde_json::{Map, Value};

use super::names::Name;
use super::parameters::Needed;
use super::schemas::{Purpose, Schemas, Walk};
use super::texts::{LONG, SHORT, cut, headline, sentence, words};
use super::{body, paging, parameters, response};
use crate::decision::OperationDecision;
use crate::shape::Shape;

/// An operation as the spec has it.
#[derive(Debug)]
pub(super) struct Made {
    /// The path, in which parameters may have other names than in the document.
    pub(super) path: String,
    /// The operation itself.
    pub(super) node: Map<String, Value>,
    /// The arguments that a caller has to know.
    pub(super) needed: Vec<Needed>,
    /// What of the document was not taken over, and what was not decided.
    pub(super) notes: Vec<String>,
    /// What a caller can pass and what comes back, for the lock file.
    pub(super) signature: Signature,
}

/// What later versions of a document are compared with.
#[derive(Debug, Default)]
pub(super) struct Signature {
    /// Each argument with its types, and whether it is required.
    pub(super) arguments: Vec<(String, Shape)>,
    /// The members of a record with their types.
    pub(super) fields: Vec<(String, Shape)>,
}

/// Makes the operation. `id` is a name that no other operation has.
pub(super) fn operation(
    operation: &Operation,
    decision: &OperationDecision,
    name: &Name,
    id: &str,
    credentials: &HashSet<String>,
    schemas: &Schemas<'_>,
) -> Made {
    let action = name.action;
    let body = body::body(operation.body.as_ref(), schemas);
    let parameters = parameters::parameters(operation, action, &body.members, credentials, schemas);
    let mut notes: Vec<String> = parameters.notes.iter().chain(&body.notes).cloned().collect();
    let mut node = Map::new();
    let mut put = |key: &str, value: Value| node.insert(key.to_owned(), value);
    put("operationId", id.into());
    put("summary", summary(operation, name).into());
    put("description", description(operation, name).into());
    if operation.deprecated {
        put("deprecated", Value::Bool(true));
    }
    put("x-airbyte-entity", name.entity.clone().into());
    put("x-airbyte-action", action.as_str().into());
    if let Some(path) = &parameters.requested {
        put("x-airbyte-path-override", serde_json::json!({"path": path}));
    }
    let mut opened = response::opened(operation, schemas);
    let is_contradicted = response::is_contradicted(operation, decision)
        && decision
            .records
            .as_ref()
            .is_some_and(|records| matches!(schemas.walk(&opened, &records.value), Walk::Nowhere));
    if is_contradicted {
        opened = Value::Object(Map::new());
        notes.push("The example of the response contradicts its schema, which was left out: the records stand where the example has them.".to_owned());
    }
    let mut extractor = response::extractor(decision, action, &opened);
    if let Some(place) =
        extractor.take_if(|place| matches!(schemas.walk(&opened, place), Walk::Nowhere))
    {
        notes.push(format!("The records were taken to be at `{place}`, which the schema of the response does not have."));
    }
    if let Some(place) = &extractor {
        put("x-airbyte-record-extractor", place.clone().into());
    }
    if action.is_array() {
        let around = paging::Around {
            names: &parameters.names,
            has_place: &|place| !matches!(schemas.walk(&opened, place), Walk::Nowhere),
        };
        let made = paging::paging(decision, &around);
        if !made.meta.is_empty() {
            put("x-airbyte-meta-extractor", Value::Object(made.meta));
        }
        if made.records_optional && extractor.as_deref().is_some_and(|place| place != "$") {
            put("x-agent-records-optional", Value::Bool(true));
        }
        if let Some(total) = made.total {
            put("x-agent-total", total.into());
        }
        if let Some(pagination) = made.pagination {
            put("x-agent-pagination", pagination);
        }
        notes.extend(made.notes);
    }
    hints(decision, action, &mut put);
    if !parameters.nodes.is_empty() {
        put("parameters", Value::Array(parameters.nodes.clone()));
    }
    if let Some(body) = &body.node {
        put("requestBody", body.clone());
    }
    put("responses", response::responses(operation, action, (!is_contradicted).then_some(schemas)));
    let signature = Signature {
        arguments: arguments(&parameters.nodes, &body.members, schemas),
        fields: fields(&opened, extractor.as_deref(), schemas),
    };
    Made { path: parameters.path, node, needed: parameters.needed, notes, signature }
}

/// Whether the operation changes something, where it is not what the action means.
fn hints(
    decision: &OperationDecision,
    action: Action,
    put: &mut dyn FnMut(&str, Value) -> Option<Value>,
) {
    let reads = matches!(action, Action::List | Action::Get | Action::Search | Action::Download);
    let read_only = decision.read_only.value;
    if read_only != reads {
        put("x-agent-read-only", Value::Bool(read_only));
    }
    if decision.destructive.value != (action == Action::Delete) {
        put("x-agent-destructive", Value::Bool(decision.destructive.value));
    }
    let repeatable = read_only || matches!(action, Action::Update | Action::Delete);
    if decision.idempotent.value != repeatable {
        put("x-agent-idempotent", Value::Bool(decision.idempotent.value));
    }
}

fn summary(operation: &Operation, name: &Name) -> String {
    [&operation.summary, &operation.description]
        .into_iter()
        .map(|text| headline(text, SHORT))
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| {
            sentence(&format!("{} {}", name.action, words(&name.entity)))
                .trim_end_matches('.')
                .to_owned()
        })
}

fn description(operation: &Operation, name: &Name) -> String {
    let given =
        [&operation.description, &operation.summary].into_iter().map(|text| cut(text, LONG));
    match given.into_iter().find(|text| !text.is_empty()) {
        Some(text) => sentence(&text),
        None => composed(operation, name),
    }
}

/// A description made of method, path and what comes back.
fn composed(operation: &Operation, name: &Name) -> String {
    let entity = words(&name.entity);
    let what = match name.action {
        Action::List => format!("Returns the {entity}"),
        Action::Search => format!("Returns the {entity} that match"),
        Action::Get => format!("Returns one of the {entity}"),
        Action::Create => format!("Makes one of the {entity}"),
        Action::Update => format!("Changes one of the {entity}"),
        Action::Delete => format!("Removes one of the {entity}"),
        Action::Download => format!("Returns the file of the {entity}"),
    };
    format!("{what}: `{} {}`.", operation.method, operation.path)
}

fn arguments(
    nodes: &[Value],
    body: &super::schemas::Members,
    schemas: &Schemas<'_>,
) -> Vec<(String, Shape)> {
    let mut found: Vec<(String, Shape)> = Vec::new();
    for node in nodes {
        let name = node.get("name").and_then(Value::as_str).unwrap_or_default();
        let required = node.get("required") == Some(&Value::Bool(true))
            && node.pointer("/schema/default").is_none();
        found.push((
            name.to_owned(),
            Shape::of(node.get("schema").unwrap_or(&Value::Null), required),
        ));
    }
    for (name, member) in &body.all {
        found.push((
            name.clone(),
            Shape::of(&schemas.essential(member), body.required.contains(name)),
        ));
    }
    found
}

fn fields(opened: &Value, extractor: Option<&str>, schemas: &Schemas<'_>) -> Vec<(String, Shape)> {
    let Walk::Schema(found) = schemas.walk(opened, extractor.unwrap_or("$")) else {
        return Vec::new();
    };
    let found = schemas.essential(&found);
    let record = found.get("items").map_or(found.clone(), |items| schemas.essential(items));
    let members = schemas.members(&record, Purpose::Response).all;
    let field = |(name, member): (&String, &Value)| {
        (name.clone(), Shape::of(&schemas.essential(member), false))
    };
    members.iter().map(field).collect()
}
