//! The shape of an operation's records: its schema, that of a sibling, what a GraphQL document
//! selects, or the fields of the context store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_description::{
    Action, Json, JsonPath, MetaSource, Next, Operation, Source, Step,
};
use serde_json::{Value, json};

use super::perform::Call;
use crate::data;
use crate::graphql::{Document, Selection};

/// Records that are kept instead of made again.
const KEPT: usize = 20_000;

/// The shape of an operation's records.
#[derive(Debug)]
pub(crate) struct Shape {
    number: usize,
    /// One record, or one of the list that the record holds.
    pub(crate) record: Value,
    /// Where the record is the whole answer with a list in it: that answer, and the list's name.
    pub(crate) around: Option<(Value, String)>,
}

/// What belongs to one operation, and to one GraphQL document.
type Key = (String, Action, u64);

/// Shapes that were read and records that were made already: texts of schemas are long.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    known: Mutex<HashMap<Key, Arc<Shape>>>,
    made: Mutex<HashMap<(usize, u64), Arc<Value>>>,
}

impl Shapes {
    fn get(&self, key: Key, operation: &Operation, make: impl FnOnce() -> Value) -> Arc<Shape> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = known.get(&key) {
            return Arc::clone(shape);
        }
        let (record, around) = open(operation, make());
        let shape = Arc::new(Shape { number: known.len(), record, around });
        known.insert(key, Arc::clone(&shape));
        shape
    }

    /// A record as it was before anybody wrote to it.
    pub(super) fn record(
        &self,
        shape: &Shape,
        index: u64,
        make: impl FnOnce() -> Value,
    ) -> Arc<Value> {
        let key = (shape.number, index);
        let lock = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = lock().get(&key) {
            return Arc::clone(record);
        }
        let record = Arc::new(make());
        let mut all = lock();
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(key, Arc::clone(&record));
        record
    }
}

impl Call<'_> {
    /// The shape of the operation's records.
    pub(super) fn shape(&self) -> Arc<Shape> {
        let document = self.arguments.graphql.as_ref().map_or(0, |request| request.fingerprint);
        let key = (self.entity().to_owned(), self.operation.action, document);
        self.shapes.get(key, self.operation, || self.make_shape())
    }

    fn make_shape(&self) -> Value {
        let entity = self.connector.entity(self.entity());
        let of_entity = || {
            let siblings = entity.into_iter().flat_map(|entity| entity.operations.iter());
            let order = [Action::Get, Action::List, Action::Search, Action::Create];
            let mut known = siblings
                .filter(|other| order.contains(&other.action))
                .filter_map(|other| Some((other.action, other.response.schema.as_ref()?)))
                .collect::<Vec<_>>();
            known.sort_by_key(|(action, _)| order.iter().position(|a| a == action));
            let of_entity = entity.and_then(|entity| entity.schema.as_ref());
            of_entity.or(known.first().map(|(_, schema)| *schema)).map(Json::value)
        };
        if let Some(request) = &self.arguments.graphql {
            let own = self.operation.response.schema.as_ref().map(Json::value);
            let own = own.filter(|schema| schema.get("properties").is_some());
            let store = entity.map_or(&[][..], |entity| &entity.store);
            let types = data::property_types(own.or_else(of_entity).as_ref(), store);
            let selection = self.selected(&request.document);
            return data::of_selection(&request.document, selection, &types);
        }
        let own = self.operation.response.schema.as_ref().map(Json::value);
        let mut schema = own
            .or_else(of_entity)
            .unwrap_or_else(|| data::of_fields(entity.map_or(&[][..], |entity| &entity.store)));
        if self.operation.action.is_array() && schema["type"] == "array" {
            schema = schema.get("items").cloned().unwrap_or_else(|| json!({"type": "object"}));
        }
        let is_hollow = schema.get("properties").is_none_or(|p| *p == json!({}))
            && schema.get("type").is_none_or(|kind| kind == "object")
            && ["allOf", "anyOf", "oneOf"].iter().all(|union| schema.get(*union).is_none());
        if is_hollow {
            let store = entity.map_or(&[][..], |entity| &entity.store);
            return of_entity()
                .filter(|known| known.get("properties").is_some())
                .unwrap_or_else(|| data::of_fields(store));
        }
        schema
    }

    /// The selection of one record in a GraphQL document.
    fn selected<'d>(&self, document: &'d Document) -> &'d [Selection] {
        let name =
            self.arguments.graphql.as_ref().and_then(|request| request.operation_name.as_deref());
        let Some(operation) = document.operation(name) else { return &[] };
        let mut selection = operation.selection.as_slice();
        let path = self.operation.response.records.as_ref();
        for step in path.into_iter().flat_map(|path| path.steps.iter()).skip(1) {
            let Step::Key(key) = step else { continue };
            let (_, fields) = document.fields(selection);
            match fields.into_iter().find(|(known, ..)| known == key) {
                Some((_, _, inner)) => selection = inner,
                None => return &[],
            }
        }
        selection
    }

    /// The shape by which records are recognised: that of a get or list of the entity.
    pub(super) fn known_shape(&self) -> Arc<Shape> {
        let entity = self.connector.entity(self.entity());
        let known = entity.and_then(|entity| {
            let listing = [Action::List, Action::Get, Action::Search];
            let of = |action: &Action| entity.operation(*action);
            let known = |action: &Action| {
                let operation = of(action)?;
                Some((operation, operation.response.schema.as_ref()?))
            };
            listing.iter().find_map(known)
        });
        match known {
            Some((operation, schema)) if self.arguments.graphql.is_none() => {
                // A shape of its own: the same operation's may have been made of more than this.
                let key = (self.entity().to_owned(), operation.action, u64::MAX);
                self.shapes.get(key, operation, || schema.value())
            }
            _ => self.shape(),
        }
    }
}

/// The shape of one record; behind it, where the record is the whole answer with a list in it, that
/// answer without the list, and the list's name.
pub(super) fn open(operation: &Operation, mut shape: Value) -> (Value, Option<(Value, String)>) {
    let Some(name) = list_inside(operation, &shape) else { return (shape, None) };
    let members = shape.get_mut("properties").and_then(Value::as_object_mut);
    let list = members.and_then(|members| members.shift_remove(&name));
    let item = list.and_then(|list| list.get("items").cloned());
    (item.unwrap_or_else(|| json!({"type": "object"})), Some((shape, name)))
}

/// The name of the list in a record that is the whole answer: then metadata and paging look for
/// their values in what is said to be the record, or the record is a list and little else.
fn list_inside(operation: &Operation, shape: &Value) -> Option<String> {
    let records = operation.response.records.as_ref()?;
    if !operation.action.is_array() || records.is_multiple() {
        return None;
    }
    let properties = shape.get("properties")?.as_object()?;
    let lists: Vec<&String> = properties
        .iter()
        .filter(|(_, schema)| schema.pointer("/items/properties").is_some())
        .map(|(name, _)| name)
        .collect();
    let looks_inside = sources(operation).any(|path| {
        let rest = path.steps.strip_prefix(&*records.steps);
        matches!(rest, Some([Step::Key(_), ..]))
    });
    let is_hull = records.steps.is_empty()
        && lists.len() == 1
        && properties.len() <= 4
        && !properties.keys().any(|name| data::is_identifier(name));
    if !looks_inside && !is_hull {
        return None;
    }
    let usual = ["data", "results", "values", "items", "records", "entries"];
    let named = lists.iter().find(|name| usual.contains(&name.as_str()));
    named.or(lists.first()).map(|name| (*name).clone())
}

/// Places of the body in which metadata and paging look.
fn sources(operation: &Operation) -> impl Iterator<Item = &JsonPath> {
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
