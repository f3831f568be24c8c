//! The shape of an operation's records: its schema, that of a sibling, what a GraphQL document
//! selects, or the fields of the context store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::description::{Action, Json, Step};
use serde_json::{Value, json};

use super::perform::Call;
use crate::data;
use crate::graphql::{Document, Selection};

/// Shapes that were read already: texts of schemas are long.
#[derive(Debug, Default)]
pub(crate) struct Shapes(Mutex<HashMap<(String, Action), Arc<Value>>>);

impl Shapes {
    fn get(&self, key: (String, Action), make: impl FnOnce() -> Value) -> Arc<Value> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key).or_insert_with(|| Arc::new(make())))
    }
}

impl Call<'_> {
    /// The shape of one record.
    pub(super) fn shape(&self) -> Arc<Value> {
        if self.arguments.graphql.is_some() {
            return Arc::new(self.make_shape());
        }
        let key = (self.entity().to_owned(), self.operation.action);
        self.shapes.get(key, || self.make_shape())
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
    pub(super) fn known_shape(&self) -> Arc<Value> {
        let entity = self.connector.entity(self.entity());
        let known = entity.and_then(|entity| {
            let listing = [Action::List, Action::Get, Action::Search];
            let of = |action: &Action| entity.operation(*action)?.response.schema.as_ref();
            listing.iter().find_map(|action| Some((*action, of(action)?)))
        });
        match known {
            Some((action, schema)) if self.arguments.graphql.is_none() => {
                self.shapes.get((self.entity().to_owned(), action), || schema.value())
            }
            _ => self.shape(),
        }
    }
}
