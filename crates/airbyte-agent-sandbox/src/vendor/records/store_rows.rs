//! Records with the fields of the context store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_description::Action;
use serde_json::{Map, Value};

use super::Records;
use crate::data::{Generator, plain, schema_of_fields};

/// Records with the fields of the context store.
pub(crate) type StoreRows = Arc<Vec<Map<String, Value>>>;

/// Rows by entity, and the number of writes before they were made.
#[derive(Debug, Default)]
pub(super) struct StoreCache(Mutex<HashMap<String, (u64, StoreRows)>>);

impl Records {
    /// The records that an entity has at present, with the fields of the context store. A field that
    /// lists of the entity show has the same value as there.
    pub(in crate::vendor) fn store_rows(&self, entity: &str) -> StoreRows {
        let writes = self.changes.writes();
        let mut known = self.store_cache.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, rows)) = known.get(entity)
            && *at == writes
        {
            return Arc::clone(rows);
        }
        let rows = Arc::new(self.make_rows(entity));
        known.insert(entity.to_owned(), (writes, Arc::clone(&rows)));
        rows
    }

    fn make_rows(&self, name: &str) -> Vec<Map<String, Value>> {
        let Some(entity) = self.entity(name) else { return Vec::new() };
        let listing = [Action::List, Action::Get, Action::Search];
        let shape = self.listed_shape(name).or_else(|| {
            let operation = listing.into_iter().find_map(|action| entity.operation(action))?;
            Some(self.shape(operation, None))
        });
        let fields = schema_of_fields(&entity.store);
        let row = |index: u64| {
            let row = Generator::new(&self.facts, name, index).record(&fields);
            let mut row = if let Value::Object(row) = row { row } else { Map::new() };
            self.overlay_written(&mut row, name, index);
            let listed = shape.as_ref().map(|shape| self.record(shape, name, index));
            if let Some(Value::Object(listed)) = listed {
                for (name, value) in &mut row {
                    let wanted = plain(name);
                    let own = listed.get(name).or_else(|| {
                        listed.iter().find(|(key, _)| plain(key) == wanted).map(|(_, value)| value)
                    });
                    if let Some(own) = own {
                        *value = own.clone();
                    }
                }
            }
            row
        };
        self.indexes(name).into_iter().map(row).collect()
    }
}
