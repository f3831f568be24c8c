//! The part of JSON Schema that arguments are checked against.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::text_rule::TextRule;
use super::{List, Text};

/// JSON text that is known to be valid: a default, an enum member, a schema. How it is laid out
/// does not matter: two texts are equal when their values are.
#[derive(Debug, Clone, Serialize)]
pub struct Json(pub Text);

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.value() == other.value()
    }
}

impl Eq for Json {}

impl Json {
    /// Keeps `value` as the JSON text that it is written as.
    pub fn new(value: &Value) -> Self {
        Self(Cow::Owned(value.to_string()))
    }

    /// The value; `null` should the text ever be invalid.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or(Value::Null)
    }
}

/// The types of JSON values that schemas distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `string`
    String,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// `array`
    Array,
    /// `object`
    Object,
}

impl Kind {
    /// The word that JSON Schema uses for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// The type that JSON Schema calls so; `None` for `null` and for other words.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Whether a value is of this type. A number without a fraction, such as `1.0`, is an integer, as JSON Schema has
    /// it.
    pub fn fits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => {
                value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
            }
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

/// The values that are allowed for an argument or a member of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Schema {
    /// The types that are allowed; if empty, all of them.
    pub kinds: List<Kind>,
    /// Whether `null` is allowed in addition.
    pub nullable: bool,
    /// Format, for example `date-time`; empty if not given. Values are checked against the formats that
    /// [`FORMATS`](super::FORMATS) lists, unless `rules` have others.
    pub format: Text,
    /// Rules that texts, and numbers that stand for times, have to keep; see [`misfit`](Self::misfit).
    pub rules: List<TextRule>,
    /// What the value means; empty when the parameter itself says it.
    pub description: Text,
    /// The only values that are allowed; if empty, there is no such restriction.
    pub choices: List<Json>,
    /// Smallest number that is allowed, itself included.
    pub minimum: Option<f64>,
    /// Largest number that is allowed, itself included.
    pub maximum: Option<f64>,
    /// Schema of the elements of an array: none or one.
    pub items: List<Schema>,
    /// The members that an object may have.
    pub properties: List<Property>,
    /// Whether an object may have members beyond `properties`.
    pub open: bool,
    /// Default for documents; the parameter says whether it is sent.
    pub default: Option<Json>,
}

impl Schema {
    /// A schema that allows anything.
    pub const ANY: Self = Self {
        kinds: Cow::Borrowed(&[]),
        nullable: true,
        format: Cow::Borrowed(""),
        rules: Cow::Borrowed(&[]),
        description: Cow::Borrowed(""),
        choices: Cow::Borrowed(&[]),
        minimum: None,
        maximum: None,
        items: Cow::Borrowed(&[]),
        properties: Cow::Borrowed(&[]),
        open: true,
        default: None,
    };

    /// The member with this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// A member of an object schema.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Property {
    /// Name of the member in JSON.
    pub name: Text,
    /// Whether an object without the member is refused.
    pub required: bool,
    /// The values that are allowed.
    pub schema: Schema,
    /// Whether Airbyte's hosted platform does not know the member, although it knows the object.
    pub is_addition: bool,
}
