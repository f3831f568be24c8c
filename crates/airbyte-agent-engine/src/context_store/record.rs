//! Records in the form in which the store keeps them.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::field::StoreField;
use crate::error::{Error, Result};

/// A record of the context store, or a row of a query; its fields are read by name.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreRecord<F> {
    /// Every field as the store returned it.
    pub fields: Map<String, Value>,
    known: PhantomData<fn() -> F>,
}

impl<F: StoreField> StoreRecord<F> {
    /// The value of a field, which may be nested; `None` when the field is missing or null.
    pub fn get(&self, field: F) -> Option<&Value> {
        let path = field.path();
        let direct = self.fields.get(path);
        let nested = || {
            let mut steps = path.split('.');
            let first = self.fields.get(steps.next()?)?;
            steps.try_fold(first, |value, step| value.get(step))
        };
        direct.or_else(nested).filter(|value| !value.is_null())
    }

    /// The text in a field; `None` when the field is missing or is not a text.
    pub fn text(&self, field: F) -> Option<&str> {
        self.get(field)?.as_str()
    }
}

impl<F> StoreRecord<F> {
    /// The whole record, decoded into a type of your own.
    ///
    /// # Errors
    ///
    /// `Decode` when the record does not fit the type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(Value::Object(self.fields.clone())).map_err(|error| {
            Error::decode(format!("the record does not fit: {error}")).with_source(error)
        })
    }

    pub(super) fn new(fields: Map<String, Value>) -> Self {
        Self { fields, known: PhantomData }
    }
}

impl<F> Serialize for StoreRecord<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl<'de, F> Deserialize<'de> for StoreRecord<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::new)
    }
}
