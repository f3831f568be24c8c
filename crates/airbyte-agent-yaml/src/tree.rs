//! The values that readers build: nodes that know their position, or plain JSON values, which take
//! less memory.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::node::{Node, Value};

/// A position in a text: line and column, both counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value that a reader builds.
pub(crate) trait Tree: Clone {
    /// Whether values store their position. If not, readers need not compute it.
    const KNOWS_PLACES: bool;

    fn scalar(value: Value, mark: Mark) -> Self;
    fn list(items: Vec<Self>, mark: Mark) -> Self;
    fn map(members: Members<Self>, mark: Mark) -> Self;

    /// Sets the position of a member to that of its key.
    fn stands_at(&mut self, mark: Mark);

    /// The line of the value; zero if it is not known.
    fn line(&self) -> u32;

    /// Adds the members of an object, or of a list of objects, that do not exist yet. Returns
    /// whether the value is one of these.
    fn merge(members: &mut Members<Self>, value: &Self) -> bool;
}

/// The members of an object while it is read. Names are indexed only if the object is large. The
/// maps of JSON values are made of it once their size is known, because maps that grow reserve
/// memory for members that never come.
pub(crate) struct Members<T> {
    list: Vec<(String, T)>,
    index: HashMap<String, usize>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self { list: Vec::new(), index: HashMap::new() }
    }
}

/// The number of members from which on they are found by an index.
const LARGE: usize = 24;

impl<T: Tree> Members<T> {
    fn position(&mut self, key: &str) -> Option<usize> {
        if self.list.len() < LARGE {
            return self.list.iter().position(|(name, _)| name == key);
        }
        for at in self.index.len()..self.list.len() {
            self.index.insert(self.list[at].0.clone(), at);
        }
        self.index.get(key).copied()
    }

    /// Adds or replaces a member, whose position is that of its key. Returns the line of the member
    /// that was replaced, which is zero if it is not known.
    pub(crate) fn insert(&mut self, key: String, mut value: T, mark: Mark) -> Option<u32> {
        value.stands_at(mark);
        match self.position(&key) {
            Some(at) => Some(std::mem::replace(&mut self.list[at].1, value).line()),
            None => {
                self.list.push((key, value));
                None
            }
        }
    }

    /// Adds a copy of a member, unless there is a member of this name.
    fn add(&mut self, key: &str, value: &T) {
        if self.position(key).is_none() {
            self.list.push((key.to_owned(), value.clone()));
        }
    }
}

impl Tree for Json {
    const KNOWS_PLACES: bool = false;

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

    fn map(members: Members<Self>, _: Mark) -> Self {
        let mut map = Map::with_capacity(members.list.len());
        map.extend(members.list);
        Json::Object(map)
    }

    fn stands_at(&mut self, _: Mark) {}

    fn line(&self) -> u32 {
        0
    }

    fn merge(members: &mut Members<Self>, value: &Self) -> bool {
        match value {
            Json::Object(others) => {
                for (key, value) in others {
                    members.add(key, value);
                }
                true
            }
            Json::Array(all) => all.iter().all(|one| one.is_object() && Self::merge(members, one)),
            _ => false,
        }
    }
}

impl Tree for Node {
    const KNOWS_PLACES: bool = true;

    fn scalar(value: Value, mark: Mark) -> Self {
        Self { value, line: mark.line, column: mark.column }
    }

    fn list(items: Vec<Self>, mark: Mark) -> Self {
        Self::scalar(Value::List(items), mark)
    }

    fn map(mut members: Members<Self>, mark: Mark) -> Self {
        members.list.shrink_to_fit();
        Self::scalar(Value::Map(members.list), mark)
    }

    fn stands_at(&mut self, mark: Mark) {
        self.line = mark.line;
        self.column = mark.column;
    }

    fn line(&self) -> u32 {
        self.line
    }

    fn merge(members: &mut Members<Self>, value: &Self) -> bool {
        match &value.value {
            Value::Map(others) => {
                for (key, value) in others {
                    members.add(key, value);
                }
                true
            }
            Value::List(all) => all.iter().all(|one| one.is_map() && Self::merge(members, one)),
            _ => false,
        }
    }
}
