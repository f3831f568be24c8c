//! Records for the context store: copies by the fields that the store has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_description::{Action, StoreField};
use serde_json::{Map, Value};

use super::{Vendor, filter, shapes};
use crate::data::{self, Maker};

/// Copies that were made, by entity, with the number of writes before.
#[derive(Debug, Default)]
pub(super) struct Copies(Mutex<HashMap<String, (u64, Rows)>>);

/// Records by the fields of the store.
pub(crate) type Rows = Arc<Vec<Map<String, Value>>>;

impl Vendor {
    /// Number of records that an entity has now.
    pub(crate) fn count(&self, entity: &str) -> usize {
        self.store.indexes(&self.description.name, entity).len()
    }

    /// The records that an entity has now, by the fields of the context store. Where the API has a
    /// property of the same name, its value is the store's.
    pub(crate) fn copies(&self, entity: &str) -> Rows {
        let writes = self.store.writes();
        let mut known = self.copies.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, rows)) = known.get(entity)
            && *at == writes
        {
            return Arc::clone(rows);
        }
        let rows = Arc::new(self.copy_all(entity));
        known.insert(entity.to_owned(), (writes, Arc::clone(&rows)));
        rows
    }

    fn copy_all(&self, entity: &str) -> Vec<Map<String, Value>> {
        let Some(entity) = self.description.entity(entity) else { return Vec::new() };
        let of = |action| {
            let operation = entity.operation(action)?;
            let shape = operation.response.schema.as_ref()?.value();
            Some(shapes::open(operation, shape).0)
        };
        let listing = [Action::List, Action::Get, Action::Search];
        let of_entity = || Some(entity.schema.as_ref()?.value());
        let schema = listing.into_iter().find_map(of).or_else(of_entity);
        let schema = schema.map(|schema| match schema.get("items") {
            Some(items) if schema["type"] == "array" => items.clone(),
            _ => schema,
        });
        let schema = schema.map(|schema| pruned(schema, &entity.store));
        let fields = data::of_fields(&entity.store);
        let indexes = self.store.indexes(&self.description.name, &entity.name);
        let copy = |index: u64| {
            let maker = Maker::new(&self.world, &entity.name, index);
            let mut shown = schema.as_ref().map(|schema| maker.record(schema));
            let mut copy = maker.record(&fields);
            let patch = self.store.patch(&entity.name, index).unwrap_or_default();
            for record in [shown.as_mut(), Some(&mut copy)].into_iter().flatten() {
                let Some(record) = record.as_object_mut() else { continue };
                for (name, value) in &patch {
                    filter::lay(record, name, value, true);
                }
            }
            let mut copy = if let Value::Object(copy) = copy { copy } else { Map::new() };
            if let Some(Value::Object(shown)) = shown {
                for (name, value) in &mut copy {
                    let own = shown.get(name).or_else(|| {
                        let wanted = data::plain(name);
                        shown.iter().find(|(key, _)| data::plain(key) == wanted).map(|(_, v)| v)
                    });
                    if let Some(own) = own {
                        *value = own.clone();
                    }
                }
            }
            copy
        };
        indexes.into_iter().map(copy).collect()
    }
}

/// The schema with the properties that the store has, which are made of their names alone: the
/// others are not missed.
fn pruned(mut schema: Value, store: &[StoreField]) -> Value {
    let wanted: Vec<String> = store.iter().map(|field| data::plain(&field.name)).collect();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| wanted.contains(&data::plain(name)));
    }
    schema
}
