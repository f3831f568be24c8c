//! What readers build: values that know their place, or plain JSON values, which take less memory.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::node::{Node, Value};

/// A place in a text: line and column, both counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What a reader builds.
pub(crate) trait Tree: Clone {
    /// Whether values keep the place at which they stand. If not, readers need not work it out.
    const KNOWS_PLACES: bool;

    /// The members of an object while it is read.
    type Members: Default;

    fn scalar(value: Value, mark: Mark) -> Self;
    fn list(items: Vec<Self>, mark: Mark) -> Self;
    fn map(members: Self::Members, mark: Mark) -> Self;

    /// Adds or replaces a member, which stands where its key stands. Gives the line of the member that was replaced,
    /// zero if it is not known.
    fn insert(members: &mut Self::Members, key: String, value: Self, mark: Mark) -> Option<u32>;

    /// Adds the members of an object, or of a list of objects, that are not there yet. Gives whether it is one.
    fn merge(members: &mut Self::Members, value: &Self) -> bool;
}

impl Tree for Json {
    const KNOWS_PLACES: bool = false;

    type Members = Map<String, Json>;

    fn scalar(value: Value, _: Mark) -> Self {
        match value {
            Value::Bool(value) => Json::Bool(value),
            Value::Number(number) => Json::Number(number),
            Value::Text(text) => Json::String(text),
            Value::Null | Value::List(_) | Value::Map(_) => Json::Null,
        }
    }

    fn list(items: Vec<Self>, _: Mark) -> Self {
        Json::Array(items)
    }

    fn map(members: Self::Members, _: Mark) -> Self {
        Json::Object(members)
    }

    fn insert(members: &mut Self::Members, key: String, value: Self, _: Mark) -> Option<u32> {
        members.insert(key, value).map(|_| 0)
    }

    fn merge(members: &mut Self::Members, value: &Self) -> bool {
        match value {
            Json::Object(others) => {
                for (key, value) in others {
                    members.entry(key.clone()).or_insert_with(|| value.clone());
                }
                true
            }
            Json::Array(all) => all.iter().all(|one| one.is_object() && Self::merge(members, one)),
            _ => false,
        }
    }
}

/// The members of a node. Only the names of large objects are indexed.
#[derive(Default)]
pub(crate) struct Members {
    list: Vec<(String, Node)>,
    index: HashMap<String, usize>,
}

/// The size from which on members are found by an index.
const LARGE: usize = 24;

impl Members {
    fn position(&mut self, key: &str) -> Option<usize> {
        if self.list.len() < LARGE {
            return self.list.iter().position(|(name, _)| name == key);
        }
        for at in self.index.len()..self.list.len() {
            self.index.insert(self.list[at].0.clone(), at);
        }
        self.index.get(key).copied()
    }
}

impl Tree for Node {
    const KNOWS_PLACES: bool = true;

    type Members = Members;

    fn scalar(value: Value, mark: Mark) -> Self {
        Self { value, line: mark.line, column: mark.column }
    }

    fn list(items: Vec<Self>, mark: Mark) -> Self {
        Self::scalar(Value::List(items), mark)
    }

    fn map(members: Self::Members, mark: Mark) -> Self {
        Self::scalar(Value::Map(members.list), mark)
    }

    fn insert(
        members: &mut Self::Members,
        key: String,
        mut value: Self,
        mark: Mark,
    ) -> Option<u32> {
        value.line = mark.line;
        value.column = mark.column;
        match members.position(&key) {
            Some(at) => {
                let first = std::mem::replace(&mut members.list[at].1, value);
                Some(first.line)
            }
            None => {
                members.list.push((key, value));
                None
            }
        }
    }

    fn merge(members: &mut Self::Members, value: &Self) -> bool {
        match &value.value {
            Value::Map(others) => {
                for (key, value) in others {
                    if members.position(key).is_none() {
                        members.list.push((key.clone(), value.clone()));
                    }
                }
                true
            }
            Value::List(all) => all.iter().all(|one| one.is_map() && Self::merge(members, one)),
            _ => false,
        }
    }
}
