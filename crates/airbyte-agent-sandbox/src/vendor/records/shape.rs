//! The shape of records: by the schema of an operation or of its entity, by what a GraphQL document
//! selects, or by the fields of the context store.

use std::collections::HashMap;

use airbyte_agent_description::{
    Action, Connector, Entity, Json, JsonPath, MetaSource, Next, Operation, Source, Step,
};
use serde_json::{Value, json};

use crate::data::{self, property_types, schema_of_fields, schema_of_selection};
use crate::graphql::{GraphqlRequest, Selection};

/// The shape of records.
#[derive(Debug)]
pub(in crate::vendor) struct Shape {
    /// Tells the shapes of a vendor apart.
    pub(super) number: usize,
    /// The schema of one record. Where the description takes a whole body with a list in it for the
    /// record, it is the schema of one element of that list.
    pub(in crate::vendor) record: Value,
    /// The body around the list in that case.
    pub(in crate::vendor) around: Option<Surroundings>,
    /// Whether records show the flag by which the description leaves some of them out.
    pub(super) shows_hidden: bool,
}

/// A body that has a list in it.
#[derive(Debug)]
pub(in crate::vendor) struct Surroundings {
    /// The schema of the body without the list.
    pub(in crate::vendor) schema: Value,
    /// The name of the list.
    pub(in crate::vendor) list: String,
}

impl Shape {
    /// The shape of an operation's records.
    pub(super) fn of_operation(
        description: &Connector,
        operation: &Operation,
        graphql: Option<&GraphqlRequest>,
    ) -> Self {
        let entity = description.entity(&operation.entity);
        let schema = match graphql {
            Some(request) => schema_of_graphql(operation, entity, request),
            None => schema_of_operation(operation, entity),
        };
        Self::of_record_schema(operation, schema)
    }

    /// The shape of records with this schema, in a response of the operation.
    pub(super) fn of_schema(operation: &Operation, schema: &Json) -> Self {
        Self::of_record_schema(operation, element_schema(schema.value()))
    }

    fn of_record_schema(operation: &Operation, schema: Value) -> Self {
        let (record, around) = split_list(operation, schema);
        let shows_hidden = operation.response.filter.is_some();
        Self { number: 0, record, around, shows_hidden }
    }
}

/// The schema by which lists of an entity show its records, and the operation that has it.
pub(super) fn listed_schema(entity: &Entity) -> Option<(&Operation, &Json)> {
    [Action::List, Action::Get, Action::Search].into_iter().find_map(|action| {
        let operation = entity.operation(action)?;
        Some((operation, operation.response.schema.as_ref()?))
    })
}

/// The schema of an array's elements; any other schema is that of a record itself.
fn element_schema(schema: Value) -> Value {
    if schema["type"] != "array" {
        return schema;
    }
    schema.get("items").cloned().unwrap_or_else(|| json!({"type": "object"}))
}

/// The schema of an entity's records, or that of the operation which shows most of them.
fn schema_of_entity(entity: &Entity) -> Option<Value> {
    let by_operation = || {
        let order = [Action::Get, Action::List, Action::Search, Action::Create];
        order.iter().find_map(|action| {
            let mut all = entity.operations.iter().filter(|operation| operation.action == *action);
            all.find_map(|operation| operation.response.schema.as_ref())
        })
    };
    entity.schema.as_ref().or_else(by_operation).map(Json::value)
}

fn schema_of_operation(operation: &Operation, entity: Option<&Entity>) -> Value {
    let of_entity = || entity.and_then(schema_of_entity);
    let of_store = || schema_of_fields(entity.map_or(&[][..], |entity| &entity.store));
    let own = operation.response.schema.as_ref().map(Json::value);
    let mut schema = own.or_else(of_entity).unwrap_or_else(of_store);
    if operation.action.is_array() {
        schema = element_schema(schema);
    }
    let says_nothing = schema.get("properties").is_none_or(|p| *p == json!({}))
        && schema.get("type").is_none_or(|kind| kind == "object")
        && ["allOf", "anyOf", "oneOf"].iter().all(|union| schema.get(*union).is_none());
    if says_nothing {
        let of_entity = of_entity().filter(|known| known.get("properties").is_some());
        return of_entity.unwrap_or_else(of_store);
    }
    schema
}

/// The schema of what a GraphQL document selects of a record, with the types that the description
/// tells.
fn schema_of_graphql(
    operation: &Operation,
    entity: Option<&Entity>,
    request: &GraphqlRequest,
) -> Value {
    let own = operation.response.schema.as_ref().map(Json::value);
    let own = own.filter(|schema| schema.get("properties").is_some());
    let known = own.or_else(|| entity.and_then(schema_of_entity));
    let store = entity.map_or(&[][..], |entity| &entity.store);
    let types = property_types(known.as_ref(), store);
    schema_of_selection(&request.document, record_selection(operation, request), &types)
}

/// The schema of the whole data that a GraphQL document selects.
pub(in crate::vendor) fn schema_of_data(request: &GraphqlRequest) -> Value {
    let selection = request.document.selection_of(request.operation_name.as_deref());
    schema_of_selection(&request.document, selection, &HashMap::new())
}

/// What a GraphQL document selects of one record.
fn record_selection<'d>(operation: &Operation, request: &'d GraphqlRequest) -> &'d [Selection] {
    let document = &request.document;
    let mut selection = document.selection_of(request.operation_name.as_deref());
    let path = operation.response.records.as_ref();
    // The first step is `data`.
    for step in path.into_iter().flat_map(|path| path.steps.iter()).skip(1) {
        let Step::Key(key) = step else { continue };
        let (_, fields) = document.fields(selection);
        match fields.into_iter().find(|field| field.key == key) {
            Some(field) => selection = field.selection,
            None => return &[],
        }
    }
    selection
}

/// Splits the schema of a record that is a whole body with a list in it.
fn split_list(operation: &Operation, mut schema: Value) -> (Value, Option<Surroundings>) {
    let Some(list) = list_in_record(operation, &schema) else { return (schema, None) };
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    let array = members.and_then(|members| members.shift_remove(&list));
    let item = array.and_then(|array| array.get("items").cloned());
    let item = item.unwrap_or_else(|| json!({"type": "object"}));
    (item, Some(Surroundings { schema, list }))
}

/// The name of the list in a record that is a whole body. It is one when metadata and paging are
/// found inside of what the description takes for the record, or when it has a list and little else.
fn list_in_record(operation: &Operation, schema: &Value) -> Option<String> {
    let records = operation.response.records.as_ref()?;
    if !operation.action.is_array() || records.is_multiple() {
        return None;
    }
    let properties = schema.get("properties")?.as_object()?;
    let lists: Vec<&String> = properties
        .iter()
        .filter(|(_, schema)| schema.pointer("/items/properties").is_some())
        .map(|(name, _)| name)
        .collect();
    let holds_metadata = metadata_paths(operation).any(|path| {
        let rest = path.steps.strip_prefix(&*records.steps);
        matches!(rest, Some([Step::Key(_), ..]))
    });
    let is_mostly_list = records.steps.is_empty()
        && lists.len() == 1
        && properties.len() <= 4
        && !properties.keys().any(|name| data::is_identifier(name));
    if !holds_metadata && !is_mostly_list {
        return None;
    }
    let usual = ["data", "results", "values", "items", "records", "entries"];
    let named = lists.iter().find(|name| usual.contains(&name.as_str()));
    named.or(lists.first()).map(|name| (*name).clone())
}

/// Where metadata and paging are found in the body.
fn metadata_paths(operation: &Operation) -> impl Iterator<Item = &JsonPath> {
    let meta = operation.response.meta.iter().filter_map(|field| match &field.source {
        MetaSource::Body(path) => Some(path),
        MetaSource::Link(_) | MetaSource::Header(_) => None,
    });
    let paging = operation.paging.styles().flat_map(|style| {
        let from = match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => Some(from),
            _ => None,
        };
        from.into_iter().chain(&style.more).chain(&style.done)
    });
    let paging = paging.filter_map(|source| match source {
        Source::Body(path) => Some(path),
        Source::Meta { .. } => None,
    });
    meta.chain(paging)
}
