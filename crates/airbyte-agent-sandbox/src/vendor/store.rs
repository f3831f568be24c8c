//! What was written: created records, changes, deletions. The rest is made on demand.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::data::count;
use crate::reply::Reply;
use crate::wire::Upload;

/// The changes to the records of one vendor.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How often something was written.
    writes: u64,
    entities: HashMap<String, Changes>,
    /// Answers by idempotency key, with the request they belong to.
    answers: HashMap<String, (String, Reply)>,
    uploads: HashMap<(String, u64), Upload>,
}

#[derive(Debug, Default)]
struct Changes {
    created: u64,
    deleted: BTreeSet<u64>,
    patches: HashMap<u64, Map<String, Value>>,
}

impl Store {
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often something was written.
    pub(crate) fn writes(&self) -> u64 {
        self.with(|state| state.writes)
    }

    /// Numbers of the records that exist, new ones first.
    pub(crate) fn indexes(&self, connector: &str, entity: &str) -> Vec<u64> {
        let start = count(connector, entity);
        self.with(|state| {
            let Some(changes) = state.entities.get(entity) else { return (0..start).collect() };
            let created = (start..start + changes.created).rev();
            created.chain(0..start).filter(|index| !changes.deleted.contains(index)).collect()
        })
    }

    /// The number of a new record with these fields.
    pub(crate) fn create(&self, connector: &str, entity: &str, fields: Map<String, Value>) -> u64 {
        self.with(|state| {
            state.writes += 1;
            let changes = state.entities.entry(entity.to_owned()).or_default();
            let index = count(connector, entity) + changes.created;
            changes.created += 1;
            changes.patches.insert(index, fields);
            index
        })
    }

    /// Puts fields over those of a record.
    pub(crate) fn update(&self, entity: &str, index: u64, fields: Map<String, Value>) {
        self.with(|state| {
            state.writes += 1;
            let changes = state.entities.entry(entity.to_owned()).or_default();
            let patch = changes.patches.entry(index).or_default();
            merge(patch, fields);
        });
    }

    /// Removes a record.
    pub(crate) fn delete(&self, entity: &str, index: u64) {
        self.with(|state| {
            state.writes += 1;
            state.entities.entry(entity.to_owned()).or_default().deleted.insert(index);
        });
    }

    /// The fields put over those of a record.
    pub(crate) fn patch(&self, entity: &str, index: u64) -> Option<Map<String, Value>> {
        self.with(|state| state.entities.get(entity)?.patches.get(&index).cloned())
    }

    /// The answer given to this key before, with the request it belongs to.
    pub(crate) fn answered(&self, key: &str) -> Option<(String, Reply)> {
        self.with(|state| state.answers.get(key).cloned())
    }

    /// Notes an answer for this key.
    pub(crate) fn note_answer(&self, key: &str, request: String, reply: Reply) {
        self.with(|state| state.answers.insert(key.to_owned(), (request, reply)));
    }

    /// Keeps the file of a record.
    pub(crate) fn put_file(&self, entity: &str, index: u64, upload: Upload) {
        self.with(|state| state.uploads.insert((entity.to_owned(), index), upload));
    }

    /// The file of a record that was uploaded.
    pub(crate) fn file(&self, entity: &str, index: u64) -> Option<Upload> {
        self.with(|state| state.uploads.get(&(entity.to_owned(), index)).cloned())
    }
}

/// Puts `over` over `base`, objects member by member.
pub(crate) fn merge(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Object(base)), Value::Object(over)) => merge(base, over),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}
