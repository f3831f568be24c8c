//! Entities: the kinds of records of a connector.

use serde::Serialize;

use super::{Action, Json, List, Operation, Text};

/// A parameter that takes its value from configuration when the caller leaves it out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scoping {
    /// Parameter that is filled.
    pub parameter: Text,
    /// Configuration key that holds the value.
    pub config_key: Text,
    /// Template over `value`, `config` and `param`; the value itself when absent.
    pub expression: Option<Text>,
}

/// An entity: a kind of record and what can be done with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entity {
    /// Name on the wire and in code, `snake_case`.
    pub name: Text,
    /// What one record is.
    pub description: Text,
    /// What can be done, in the order of the spec.
    pub operations: List<Operation>,
    /// JSON Schema of a record with references resolved, `None` when the spec gives none.
    pub schema: Option<Json>,
    /// Fields searchable in the hosted context store.
    pub store: List<StoreField>,
    /// When an agent should turn to this entity, empty when the spec does not say.
    pub when_to_use: Text,
    /// Other words by which people ask for it.
    pub phrases: List<Text>,
}

impl Entity {
    /// The operation of this action.
    pub fn operation(&self, action: Action) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.action == action)
    }
}

/// A field of the hosted context store.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoreField {
    /// Name of the field in queries.
    pub name: Text,
    /// JSON type of the field's values.
    pub kind: Text,
    /// What the field holds, for documents.
    pub description: Text,
}
