//! What was written to a vendor: created records, changes, deletions, files. Everything else is
//! generated on demand.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::decode::Upload;

/// The most times that the records of a vendor may be written.
const MOST_WRITES: u64 = 20_000;

/// The most bytes that may be written to the records of a vendor.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The changes to the records of one vendor.
#[derive(Debug, Default)]
pub(super) struct Changes(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Number of times that a record was written.
    writes: u64,
    /// Number of bytes that were written.
    bytes: usize,
    entities: HashMap<String, EntityChanges>,
    files: HashMap<(String, u64), Upload>,
    /// Jobs whose state has not been read since they were started.
    at_work: HashSet<(String, u64)>,
    /// What has arrived of files that are sent in parts, by the address to which they are sent.
    parts: HashMap<String, Parts>,
}

/// What has arrived of a file that is sent in parts.
#[derive(Debug, Default)]
struct Parts {
    bytes: Vec<u8>,
    /// The number of the record that was made of the whole file.
    record: Option<u64>,
}

#[derive(Debug, Default)]
struct EntityChanges {
    created: u64,
    deleted: BTreeSet<u64>,
    /// Fields that were written, by the number of the record.
    written: HashMap<u64, Map<String, Value>>,
}

impl Changes {
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Number of times that a record was written. It tells whether something is out of date.
    pub(super) fn writes(&self) -> u64 {
        self.with(|state| state.writes)
    }

    /// Whether so many bytes more can be written. They count as written from now on.
    pub(super) fn take_room(&self, bytes: usize) -> bool {
        self.with(|state| {
            let wanted = state.bytes.saturating_add(bytes);
            let has_room = state.writes < MOST_WRITES && wanted <= MOST_BYTES;
            if has_room {
                state.bytes = wanted;
            }
            has_room
        })
    }

    /// Numbers of the records that exist, new ones first, of an entity that had `start` records at the start.
    pub(super) fn indexes(&self, entity: &str, start: u64) -> Vec<u64> {
        self.with(|state| {
            let Some(changes) = state.entities.get(entity) else { return (0..start).collect() };
            let created = (start..start + changes.created).rev();
            created.chain(0..start).filter(|index| !changes.deleted.contains(index)).collect()
        })
    }

    /// Adds a record with these fields to an entity that had `start` records at the start, and gives its number.
    pub(super) fn create(&self, entity: &str, start: u64, fields: Map<String, Value>) -> u64 {
        self.with(|state| {
            state.writes += 1;
            let changes = state.entities.entry(entity.to_owned()).or_default();
            let index = start + changes.created;
            changes.created += 1;
            changes.written.insert(index, fields);
            index
        })
    }

    /// Writes fields over those of a record.
    pub(super) fn update(&self, entity: &str, index: u64, fields: Map<String, Value>) {
        self.with(|state| {
            state.writes += 1;
            let changes = state.entities.entry(entity.to_owned()).or_default();
            merge_objects(changes.written.entry(index).or_default(), fields);
        });
    }

    /// Notes that a job has been started.
    pub(super) fn start_job(&self, entity: &str, index: u64) {
        self.with(|state| state.at_work.insert((entity.to_owned(), index)));
    }

    /// Whether a job that was started is still at work, which it is once.
    pub(super) fn is_at_work(&self, entity: &str, index: u64) -> bool {
        self.with(|state| state.at_work.remove(&(entity.to_owned(), index)))
    }

    pub(super) fn delete(&self, entity: &str, index: u64) {
        self.with(|state| {
            state.writes += 1;
            state.entities.entry(entity.to_owned()).or_default().deleted.insert(index);
        });
    }

    /// The fields that were written to a record.
    pub(super) fn written(&self, entity: &str, index: u64) -> Option<Map<String, Value>> {
        self.with(|state| state.entities.get(entity)?.written.get(&index).cloned())
    }

    /// Adds a part of a file that begins at this byte, if it is the next one. Gives the number of bytes that
    /// have arrived.
    pub(super) fn add_part(&self, address: &str, first: usize, part: &[u8]) -> usize {
        self.with(|state| {
            let parts = state.parts.entry(address.to_owned()).or_default();
            if first == parts.bytes.len() {
                parts.bytes.extend_from_slice(part);
            }
            parts.bytes.len()
        })
    }

    /// The number of the record that was made of a file whose parts have all arrived; `make` makes it of the
    /// bytes.
    pub(super) fn whole_file(&self, address: &str, make: impl FnOnce(Vec<u8>) -> u64) -> u64 {
        let (bytes, record) = self.with(|state| {
            let parts = state.parts.entry(address.to_owned()).or_default();
            (parts.bytes.clone(), parts.record)
        });
        record.unwrap_or_else(|| {
            let made = make(bytes);
            self.with(|state| {
                if let Some(parts) = state.parts.get_mut(address) {
                    parts.record = Some(made);
                }
            });
            made
        })
    }

    pub(super) fn put_file(&self, entity: &str, index: u64, file: Upload) {
        self.with(|state| state.files.insert((entity.to_owned(), index), file));
    }

    /// The file that was uploaded for a record.
    pub(super) fn file(&self, entity: &str, index: u64) -> Option<Upload> {
        self.with(|state| state.files.get(&(entity.to_owned(), index)).cloned())
    }
}

/// Puts the members of `over` into `base`. Where both have an object, their members are merged.
pub(in crate::vendor) fn merge_objects(base: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Object(base)), Value::Object(over)) => merge_objects(base, over),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}
