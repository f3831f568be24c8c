//! Shapes and records that were made already. The texts of schemas are long, so that parsing them for
//! every request would take most of the time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_description::{Action, Operation};
use serde_json::Value;

use super::shape::Shape;
use crate::graphql::GraphqlRequest;
use crate::hash::stable;

/// Number of records that are cached; then the cache is emptied.
const CAPACITY: usize = 20_000;

/// What a shape belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ShapeKey {
    /// The records of an operation, and of one GraphQL document where the operation takes one.
    Operation { entity: String, action: Action, document: Option<u64> },
    /// The records of an entity as its lists show them.
    Listed { entity: String },
}

impl ShapeKey {
    pub(super) fn of_operation(operation: &Operation, graphql: Option<&GraphqlRequest>) -> Self {
        Self::Operation {
            entity: operation.entity.to_string(),
            action: operation.action,
            document: graphql.map(|request| stable(&[&request.source])),
        }
    }
}

/// Shapes by what they belong to, and records by shape and number, as they were before anything was
/// written to them.
#[derive(Debug, Default)]
pub(super) struct RecordCache {
    shapes: Mutex<HashMap<ShapeKey, Arc<Shape>>>,
    records: Mutex<HashMap<(usize, u64), Arc<Value>>>,
}

impl RecordCache {
    pub(super) fn shape(&self, key: ShapeKey, make: impl FnOnce() -> Shape) -> Arc<Shape> {
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let number = shapes.len();
        let make = || Arc::new(Shape { number, ..make() });
        Arc::clone(shapes.entry(key).or_insert_with(make))
    }

    pub(super) fn record(
        &self,
        shape: &Shape,
        index: u64,
        generate: impl FnOnce() -> Value,
    ) -> Arc<Value> {
        let key = (shape.number, index);
        let lock = || self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(record) = lock().get(&key) {
            return Arc::clone(record);
        }
        let record = Arc::new(generate());
        let mut records = lock();
        if records.len() >= CAPACITY {
            records.clear();
        }
        records.insert(key, Arc::clone(&record));
        record
    }
}
