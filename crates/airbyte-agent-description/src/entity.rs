//! Entities: the kinds of records of a connector.

use serde::Serialize;

use super::{Action, Json, List, Operation, Text};

/// A parameter that takes its value from configuration when the caller leaves it out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scoping {
    /// Name of the parameter that gets the value.
    pub parameter: Text,
    /// Configuration key that holds the value.
    pub config_key: Text,
    /// Template over `value`, `config` and `param` that gives the argument; without one the value itself
    /// is the argument.
    pub expression: Option<Text>,
}

/// An entity: a kind of record and what can be done with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entity {
    /// Name on the wire and in code, `snake_case`.
    pub name: Text,
    /// What one record is.
    pub description: Text,
    /// The operations of the entity, in the order of the spec.
    pub operations: List<Operation>,
    /// JSON Schema of a record with references resolved, `None` when the spec gives none.
    pub schema: Option<Json>,
    /// Fields that can be searched in the hosted context store.
    pub store: List<StoreField>,
    /// When an agent should use this entity; empty if the spec does not say.
    pub when_to_use: Text,
    /// Other words that people use for this entity.
    pub phrases: List<Text>,
    /// The fields of a record that tell most, as dotted names: what a model is shown when it asks for
    /// none. Empty if the spec does not say.
    pub default_fields: List<Text>,
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
