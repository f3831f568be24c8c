//! The schemas of responses, parsed when they are first needed.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use airbyte_agent_description::{Json, Operation};

/// The parsed schemas of responses. Descriptions hold them as text, which may be tens of kilobytes long.
///
/// An operation is recognised by its address: a store belongs to one set of descriptions, which stay where
/// they are as long as the store exists.
#[derive(Default)]
pub(super) struct ResponseSchemas(Mutex<HashMap<usize, Arc<Value>>>);

impl ResponseSchemas {
    /// The schema of the response of an operation, `None` where the description has none.
    pub(super) fn get(&self, operation: &Operation) -> Option<Arc<Value>> {
        let schema = operation.response.schema.as_ref()?;
        let address = std::ptr::from_ref(operation).addr();
        let mut schemas = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = schemas.entry(address).or_insert_with(|| Arc::new(Json::value(schema)));
        Some(Arc::clone(parsed))
    }
}

impl fmt::Debug for ResponseSchemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseSchemas").finish_non_exhaustive()
    }
}
