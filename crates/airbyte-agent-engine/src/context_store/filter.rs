//! Conditions on records, and combinations of conditions.

use std::marker::PhantomData;
use std::ops::Not;

use serde_json::{Map, Value};

/// A condition on the records of one entity, whose fields are `F`.
///
/// The methods of [`StoreField`](super::StoreField) make conditions. [`and`](Self::and),
/// [`or`](Self::or) and `!` combine them.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter<F> {
    condition: Condition,
    fields: PhantomData<fn() -> F>,
}

#[derive(Debug, Clone, PartialEq)]
enum Condition {
    One(Value),
    And(Vec<Value>),
    Or(Vec<Value>),
}

impl<F> Filter<F> {
    pub(super) fn on(operator: &str, path: &str, value: Value) -> Self {
        Self::one(object(operator, object(path, value)))
    }

    pub(super) fn on_any<P>(path: &str, condition: Filter<P>) -> Self {
        Self::one(object("any", object(path, condition.into_json())))
    }

    fn one(condition: Value) -> Self {
        Self { condition: Condition::One(condition), fields: PhantomData }
    }

    /// The condition that both conditions are met.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut all = match self.condition {
            Condition::And(all) => all,
            alone => vec![alone.json()],
        };
        match other.condition {
            Condition::And(more) => all.extend(more),
            alone => all.push(alone.json()),
        }
        Self { condition: Condition::And(all), fields: PhantomData }
    }

    /// The condition that at least one of the two conditions is met.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut any = match self.condition {
            Condition::Or(any) => any,
            alone => vec![alone.json()],
        };
        match other.condition {
            Condition::Or(more) => any.extend(more),
            alone => any.push(alone.json()),
        }
        Self { condition: Condition::Or(any), fields: PhantomData }
    }

    pub(super) fn into_json(self) -> Value {
        self.condition.json()
    }

    /// The condition as the platform reads it.
    pub fn to_json(&self) -> Value {
        self.condition.clone().json()
    }
}

impl<F> Not for Filter<F> {
    type Output = Self;

    fn not(self) -> Self {
        Self::one(object("not", self.condition.json()))
    }
}

impl Condition {
    fn json(self) -> Value {
        match self {
            Self::One(condition) => condition,
            Self::And(all) => object("and", Value::Array(all)),
            Self::Or(any) => object("or", Value::Array(any)),
        }
    }
}

/// An object with one member.
fn object(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
