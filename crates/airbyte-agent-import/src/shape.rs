//! What values an argument or a field has, as one short text that can be compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// What values an argument or a field has. Its text is `integer`, `string ["a","b"]` or `string, required`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// The types without `null`; empty if any is possible.
    pub types: Vec<String>,
    /// The only values that are allowed; empty if any are.
    pub choices: Vec<String>,
    /// Whether a call without the argument is refused.
    pub is_required: bool,
}

/// A list of more values is not written down.
const MOST_CHOICES: usize = 60;

impl Shape {
    /// The shape of the values of a schema.
    pub(crate) fn of(schema: &Value, is_required: bool) -> Self {
        let mut types: Vec<String> = match schema.get("type") {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        types.retain(|name| name != "null");
        let choices = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let choices = choices.filter(|choice| !choice.is_null());
        let text =
            |choice: &Value| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
        let mut choices: Vec<String> = choices.map(text).collect();
        if choices.len() > MOST_CHOICES {
            choices.clear();
        }
        Self { types, choices, is_required }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.types.is_empty() {
            f.write_str("any")?;
        }
        f.write_str(&self.types.join("|"))?;
        if !self.choices.is_empty() {
            write!(f, " {}", serde_json::to_string(&self.choices).unwrap_or_default())?;
        }
        if self.is_required { f.write_str(", required") } else { Ok(()) }
    }
}

impl FromStr for Shape {
    type Err = std::convert::Infallible;

    /// Reads the text of a shape. Every text is one: what is not understood is taken for a type.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (text, is_required) = match text.strip_suffix(", required") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (types, choices) = text.split_once(' ').unwrap_or((text, ""));
        let types = types.split('|').filter(|name| !matches!(*name, "" | "any"));
        Ok(Self {
            types: types.map(str::to_owned).collect(),
            choices: serde_json::from_str(choices).unwrap_or_default(),
            is_required,
        })
    }
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shapes_are_read_back() {
        for (schema, required, expected) in [
            (json!({"type": "integer"}), false, "integer"),
            (
                json!({"type": ["string", "null"], "enum": ["a, b", "c", null]}),
                true,
                r#"string ["a, b","c"], required"#,
            ),
            (json!({}), true, "any, required"),
            (json!({"type": ["string", "integer"], "enum": [1]}), false, r#"string|integer ["1"]"#),
        ] {
            let shape = Shape::of(&schema, required);
            assert_eq!(shape.to_string(), expected);
            assert_eq!(expected.parse(), Ok(shape));
        }
    }
}
