//! Values that know their position in the text.

use serde_json::Number;

/// A value of the document.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value of the node, without its position.
    pub value: Value,
    /// Line, counted from 1; for a member of a mapping, the line of its key.
    pub line: u32,
    /// Column, counted from 1; for a member of a mapping, the column of its key.
    pub column: u32,
}

/// The value of a node.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`, or no value at all.
    Null,
    /// A truth value: `true` or `false`.
    Bool(bool),
    /// A number: an integer of 64 bits, or a double.
    Number(Number),
    /// A text, without its quotation marks.
    Text(String),
    /// A list of values.
    List(Vec<Node>),
    /// Names with values, in the order of the text.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The member of this name; `None` if there is none.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value that several names lead to, one inside the other; `None` if one of them is
    /// missing.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Members in the order of the document; empty when this is not a mapping.
    pub fn members(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    /// Elements of a list; empty when this is not a list.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text; `None` for anything else.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of `true` and `false`; `None` for anything else.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number that is not negative; `None` for anything else.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// The number, rounded if it has too many digits; `None` for anything else.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// Whether the node is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether the node is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Text of a member, without white space around it; empty when there is no such member.
    pub fn text(&self, key: &str) -> String {
        self.get(key).map(Node::plain).unwrap_or_default()
    }

    /// Text of a scalar, without white space around it; empty for anything else.
    pub fn plain(&self) -> String {
        match &self.value {
            Value::Text(text) => text.trim().to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::List(_) | Value::Map(_) => String::new(),
        }
    }

    /// Texts of a list; a single text counts as a list of one.
    pub fn texts(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(node) if node.as_str().is_some() => vec![node.plain()],
            Some(node) => node.items().iter().map(Node::plain).collect(),
            None => Vec::new(),
        }
    }

    /// The name that messages use for this kind of value.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The value without its positions.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(members) => Json::Object(
                members.iter().map(|(key, node)| (key.clone(), node.to_json())).collect(),
            ),
        }
    }
}

/// Makes a node that is not part of a text: its lines and columns are zero.
impl From<serde_json::Value> for Node {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(value),
            Json::Number(number) => Value::Number(number),
            Json::String(text) => Value::Text(text),
            Json::Array(items) => Value::List(items.into_iter().map(Self::from).collect()),
            Json::Object(members) => Value::Map(
                members.into_iter().map(|(key, value)| (key, Self::from(value))).collect(),
            ),
        };
        Self { value, line: 0, column: 0 }
    }
}
