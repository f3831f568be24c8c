//! Conditions on one value, such as `eq` or `contains`, and what they mean.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::functions::is_like;
use crate::moment;
use crate::spec::at;
use crate::words::{fold, is_meant, words};

/// The operators that take a field and a value.
pub(crate) const OPERATORS: [(&str, Operator); 14] = [
    ("eq", Operator::Eq),
    ("neq", Operator::Neq),
    ("gt", Operator::Gt),
    ("gte", Operator::Gte),
    ("lt", Operator::Lt),
    ("lte", Operator::Lte),
    ("in", Operator::In),
    ("startswith", Operator::StartsWith),
    ("endswith", Operator::EndsWith),
    ("like", Operator::Like),
    ("fuzzy", Operator::Fuzzy),
    ("keyword", Operator::Keyword),
    ("contains", Operator::Contains),
    ("array_contains", Operator::ArrayContains),
];

/// An operator that takes a field and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Operator {
    /// The same value. A number or boolean is the same as its text.
    Eq,
    /// Not the same value; also true for a record without the field.
    Neq,
    /// A greater number, a later moment, or a text that sorts behind.
    Gt,
    Gte,
    Lt,
    Lte,
    /// The same as one of the values.
    In,
    /// Exactly this beginning of a text.
    StartsWith,
    /// Exactly this end of a text.
    EndsWith,
    /// A pattern with `%` and `_`, whatever the case.
    Like,
    /// Every word is the beginning of a word of the field, or differs from one in a few letters.
    Fuzzy,
    /// Every word is a word of the field.
    Keyword,
    /// A part of the text, whatever the case.
    Contains,
    /// A list with an element of the same value.
    ArrayContains,
}

/// A condition on a record or on an element of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    OneOf(Vec<Condition>),
    Not(Box<Condition>),
    /// A test of the value of a field.
    Field(String, Test),
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Test {
    Is(Operator, Value),
    /// A list of which an element meets the condition.
    AnyElement(Box<Condition>),
}

impl Condition {
    /// Adds the names of the fields that it tests.
    pub(crate) fn fields<'c>(&'c self, names: &mut HashSet<&'c str>) {
        match self {
            Self::All(parts) | Self::OneOf(parts) => {
                for part in parts {
                    part.fields(names);
                }
            }
            Self::Not(part) => part.fields(names),
            Self::Field(path, _) => {
                names.insert(path);
            }
        }
    }

    /// Whether an element of a list meets it.
    fn holds(&self, element: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(element)),
            Self::OneOf(parts) => parts.iter().any(|part| part.holds(element)),
            Self::Not(part) => !part.holds(element),
            Self::Field(path, test) => test.holds(at(element, path).unwrap_or(&Value::Null)),
        }
    }
}

impl Test {
    /// Whether a value passes; a missing one is null.
    pub(crate) fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Is(operator, operand) => holds(*operator, value, operand),
            Self::AnyElement(condition) => value.as_array().is_some_and(|elements| {
                elements.iter().filter_map(Value::as_object).any(|element| condition.holds(element))
            }),
        }
    }
}

fn holds(operator: Operator, value: &Value, operand: &Value) -> bool {
    let ordered = |is: fn(Ordering) -> bool| order(value, operand).is_some_and(is);
    match operator {
        Operator::Eq => is_same(value, operand),
        Operator::Neq => !is_same(value, operand),
        Operator::Gt => ordered(Ordering::is_gt),
        Operator::Gte => ordered(Ordering::is_ge),
        Operator::Lt => ordered(Ordering::is_lt),
        Operator::Lte => ordered(Ordering::is_le),
        Operator::In => {
            operand.as_array().is_some_and(|values| values.iter().any(|one| is_same(value, one)))
        }
        Operator::StartsWith => {
            texts(value, operand).is_some_and(|(value, part)| value.starts_with(&part))
        }
        Operator::EndsWith => {
            texts(value, operand).is_some_and(|(value, part)| value.ends_with(&part))
        }
        Operator::Like => {
            texts(value, operand).is_some_and(|(value, pattern)| is_like(&value, &pattern, None))
        }
        Operator::Contains => texts(value, operand)
            .is_some_and(|(value, part)| value.to_lowercase().contains(&part.to_lowercase())),
        Operator::ArrayContains => value
            .as_array()
            .is_some_and(|elements| elements.iter().any(|one| is_same(one, operand))),
        Operator::Keyword => has_words(value, operand, |word, searched| word == searched),
        Operator::Fuzzy => has_words(value, operand, is_meant),
    }
}

/// The text of a plain value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn texts(value: &Value, operand: &Value) -> Option<(String, String)> {
    text(value).zip(text(operand))
}

/// Whether every searched word fits a word of the value; a search without words finds nothing.
fn has_words(value: &Value, operand: &Value, fits: impl Fn(&str, &str) -> bool) -> bool {
    let Some(searched) = text(operand).map(|text| fold(&text)) else { return false };
    let mut all = String::new();
    collect(value, &mut all);
    let value = fold(&all);
    let mut wanted = words(&searched).peekable();
    wanted.peek().is_some() && wanted.all(|searched| words(&value).any(|word| fits(word, searched)))
}

/// Adds every text inside the value.
fn collect(value: &Value, all: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, all)),
        Value::Object(members) => members.values().for_each(|member| collect(member, all)),
        plain => {
            if let Some(text) = text(plain) {
                all.push_str(&text);
                all.push('\n');
            }
        }
    }
}

fn is_same(value: &Value, operand: &Value) -> bool {
    match (value, operand) {
        (Value::Number(a), Value::Number(b)) => numbers(a, b).is_eq(),
        (Value::String(text), plain @ (Value::Number(_) | Value::Bool(_)))
        | (plain @ (Value::Number(_) | Value::Bool(_)), Value::String(text)) => {
            let plain = plain.to_string();
            plain == *text
        }
        _ => value == operand,
    }
}

/// The order of two values; `None` if they have none.
fn order(value: &Value, operand: &Value) -> Option<Ordering> {
    let parsed = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match (value, operand) {
        (Value::Number(a), Value::Number(b)) => Some(numbers(a, b)),
        (Value::String(a), Value::String(b)) => Some(ordered_texts(a, b)),
        (Value::Number(a), Value::String(b)) => {
            parsed(b).and_then(Number::from_f64).map(|b| numbers(a, &b))
        }
        (Value::String(a), Value::Number(b)) => {
            parsed(a).and_then(Number::from_f64).map(|a| numbers(&a, b))
        }
        _ => None,
    }
}

/// Moments are ordered by time, whatever their form; other texts by their characters.
fn ordered_texts(a: &str, b: &str) -> Ordering {
    let is_same_form =
        a.len() == b.len() && a.ends_with('Z') == b.ends_with('Z') && !a.contains('+');
    if a.len() >= 8
        && b.len() >= 8
        && !is_same_form
        && let (Some(a), Some(b)) = (moment::parse(a), moment::parse(b))
    {
        return a.timestamp().cmp(&b.timestamp());
    }
    a.cmp(b)
}

/// The exact order of two numbers.
fn numbers(a: &Number, b: &Number) -> Ordering {
    let whole =
        |number: &Number| number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => whole_and_real(a, b.as_f64().unwrap_or_default()),
        (None, Some(b)) => whole_and_real(b, a.as_f64().unwrap_or_default()).reverse(),
        (None, None) => {
            let reals = (a.as_f64().unwrap_or_default(), b.as_f64().unwrap_or_default());
            reals.0.partial_cmp(&reals.1).unwrap_or(Ordering::Equal)
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "reals beyond 128 bits become the nearest bound"
)]
fn whole_and_real(whole: i128, real: f64) -> Ordering {
    let floor = real.floor();
    let fraction = if real > floor { Ordering::Less } else { Ordering::Equal };
    whole.cmp(&(floor as i128)).then(fraction)
}
