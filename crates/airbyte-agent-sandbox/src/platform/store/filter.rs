//! Filters: conditions about fields, joined by `and`, `or`, `not` and `any`.

use serde_json::Value;

use super::compare::{order, same};
use super::{Row, words};
use crate::platform::error::ApiError;
use crate::platform::paths::value_at;

/// A parsed filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// All of these conditions are met.
    All(Vec<Self>),
    /// At least one of these conditions is met.
    OneOf(Vec<Self>),
    /// The condition is not met.
    Not(Box<Self>),
    /// At least one element of the array at this path meets the condition.
    Element(String, Box<Self>),
    /// The value at this path compares with the operand.
    Test(String, Operator, Value),
}

/// How a field is compared with an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    Neq,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    StartsWith,
    EndsWith,
    Contains,
    ArrayContains,
    Fuzzy,
    Keyword,
    Like,
}

const OPERATORS: [(&str, Operator); 14] = [
    ("eq", Operator::Eq),
    ("neq", Operator::Neq),
    ("gt", Operator::Gt),
    ("gte", Operator::Gte),
    ("lt", Operator::Lt),
    ("lte", Operator::Lte),
    ("in", Operator::In),
    ("startswith", Operator::StartsWith),
    ("endswith", Operator::EndsWith),
    ("contains", Operator::Contains),
    ("array_contains", Operator::ArrayContains),
    ("fuzzy", Operator::Fuzzy),
    ("keyword", Operator::Keyword),
    ("like", Operator::Like),
];

/// Parses filters about these fields. Without fields, filters may be about any field.
#[derive(Debug, Clone, Copy)]
pub(super) struct FilterParser<'f> {
    pub(super) fields: &'f [&'f str],
    /// Where the request has the filter, for messages.
    pub(super) at: &'f str,
}

impl FilterParser<'_> {
    /// Parses a filter.
    pub(super) fn parse(&self, filter: &Value) -> Result<Condition, ApiError> {
        let Some(members) = filter.as_object().filter(|members| !members.is_empty()) else {
            return Err(self.invalid("a condition must be an object with an operator"));
        };
        let parts = members.iter().map(|(operator, operand)| self.parse_member(operator, operand));
        let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    /// Parses one member of a filter.
    fn parse_member(&self, operator: &str, operand: &Value) -> Result<Condition, ApiError> {
        match operator {
            "and" => Ok(Condition::All(self.parse_all(operator, operand)?)),
            "or" => Ok(Condition::OneOf(self.parse_all(operator, operand)?)),
            "not" => Ok(Condition::Not(Box::new(self.parse(operand)?))),
            "any" => self.parse_fields(operator, operand, |field, inner| {
                let nested = Self { fields: &[], at: self.at };
                Ok(Condition::Element(field.to_owned(), Box::new(nested.parse(inner)?)))
            }),
            _ => {
                let known = OPERATORS.iter().find(|(name, _)| *name == operator);
                let Some((_, test)) = known else { return Err(self.unknown_operator(operator)) };
                self.parse_fields(operator, operand, |field, value| {
                    check_operand(operator, *test, field, value)
                        .map_err(|message| self.invalid(&message))?;
                    Ok(Condition::Test(field.to_owned(), *test, value.clone()))
                })
            }
        }
    }

    /// Parses an array of filters.
    fn parse_all(&self, operator: &str, operand: &Value) -> Result<Vec<Condition>, ApiError> {
        match operand.as_array() {
            Some(items) if !items.is_empty() => items.iter().map(|item| self.parse(item)).collect(),
            _ => Err(self.invalid(&format!("`{operator}` takes an array of conditions"))),
        }
    }

    /// Makes a condition of every field in an operand; all of them have to be met.
    fn parse_fields(
        &self,
        operator: &str,
        operand: &Value,
        make: impl Fn(&str, &Value) -> Result<Condition, ApiError>,
    ) -> Result<Condition, ApiError> {
        let Some(members) = operand.as_object().filter(|members| !members.is_empty()) else {
            let message = format!("`{operator}` takes an object of fields, {{\"field\": value}}");
            return Err(self.invalid(&message));
        };
        let mut all = Vec::new();
        for (field, value) in members {
            check_field(field, self.fields).map_err(|message| self.invalid(&message))?;
            all.push(make(field, value)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn unknown_operator(&self, operator: &str) -> ApiError {
        let names: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
        let hint = if ["equals", "="].contains(&operator) { " (did you mean `eq`?)" } else { "" };
        let all = names.join(", ");
        self.invalid(&format!(
            "`{operator}` is not an operator{hint}; the operators are and, or, not, any, {all}"
        ))
    }

    fn invalid(&self, message: &str) -> ApiError {
        ApiError::invalid(self.at, format!("{}: {message}", self.at))
    }
}

/// Fails unless a path is or begins with one of the fields. Without fields every path is accepted.
pub(super) fn check_field(path: &str, fields: &[&str]) -> Result<(), String> {
    let first = path.split('.').next().unwrap_or(path);
    if fields.is_empty() || fields.contains(&path) || fields.contains(&first) {
        return Ok(());
    }
    Err(format!("there is no field `{path}`; the fields are {}", fields.join(", ")))
}

/// Fails when an operator does not take such a value.
fn check_operand(name: &str, operator: Operator, field: &str, value: &Value) -> Result<(), String> {
    let (is_valid, expected) = match operator {
        Operator::Eq | Operator::Neq | Operator::ArrayContains => {
            (!value.is_array() && !value.is_object(), "a scalar")
        }
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
            (value.is_number() || value.is_string(), "a number or a string")
        }
        Operator::In => (value.is_array(), "an array"),
        Operator::Contains => (value.is_string() || value.is_number(), "a string"),
        _ => (value.is_string(), "a string"),
    };
    if is_valid { Ok(()) } else { Err(format!("`{name}` compares `{field}` with {expected}")) }
}

impl Condition {
    /// Whether a row meets the condition.
    pub(super) fn is_met_by(&self, row: &Row) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.is_met_by(row)),
            Self::OneOf(all) => all.iter().any(|one| one.is_met_by(row)),
            Self::Not(inner) => !inner.is_met_by(row),
            Self::Element(path, inner) => {
                let items = value_at(row, path).and_then(Value::as_array);
                let mut objects = items.into_iter().flatten().filter_map(Value::as_object);
                objects.any(|item| inner.is_met_by(item))
            }
            Self::Test(path, operator, operand) => {
                operator.is_true(value_at(row, path).unwrap_or(&Value::Null), operand)
            }
        }
    }
}

impl Operator {
    /// Whether the comparison of a value with the operand is true.
    fn is_true(self, value: &Value, operand: &Value) -> bool {
        let ordered =
            |fits: fn(std::cmp::Ordering) -> bool| order(value, operand).is_some_and(fits);
        let both =
            |fits: fn(&str, &str) -> bool| match (number_or_text(value), number_or_text(operand)) {
                (Some(value), Some(operand)) => fits(&value, &operand),
                _ => false,
            };
        match self {
            Self::Eq => same(value, operand),
            Self::Neq => !same(value, operand),
            Self::Gt => ordered(std::cmp::Ordering::is_gt),
            Self::Gte => ordered(std::cmp::Ordering::is_ge),
            Self::Lt => ordered(std::cmp::Ordering::is_lt),
            Self::Lte => ordered(std::cmp::Ordering::is_le),
            Self::In => operand.as_array().is_some_and(|all| all.iter().any(|o| same(value, o))),
            Self::StartsWith => both(|value, operand| value.starts_with(operand)),
            Self::EndsWith => both(|value, operand| value.ends_with(operand)),
            Self::Like => both(is_like),
            Self::Contains => match value {
                // The operator once was about elements of arrays.
                Value::Array(_) => Self::ArrayContains.is_true(value, operand),
                _ => both(|value, part| value.to_lowercase().contains(&part.to_lowercase())),
            },
            Self::ArrayContains => {
                value.as_array().is_some_and(|all| all.iter().any(|item| same(item, operand)))
            }
            Self::Keyword => {
                words::contains_all(&words::words_of_value(value), operand.as_str().unwrap_or(""))
            }
            Self::Fuzzy => words::contains_all_similar(
                &words::words_of_value(value),
                operand.as_str().unwrap_or(""),
            ),
        }
    }
}

/// A number or a text as text.
fn number_or_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a text fits a pattern in which `%` stands for any text and `_` for any letter.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    for mark in pattern {
        if mark == '%' {
            for at in 0..text.len() {
                fits[at + 1] |= fits[at];
            }
        } else {
            for at in (0..text.len()).rev() {
                fits[at + 1] = fits[at] && (mark == '_' || mark == text[at]);
            }
            fits[0] = false;
        }
    }
    fits.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row() -> Row {
        let row = json!({
            "id": "c1", "name": "Jon Smith", "amount": 120, "stage": "won", "none": null,
            "tags": ["a", "b"], "at": "2025-03-01T10:00:00Z", "address": {"city": "Paris"},
            "lines": [{"sku": "A1", "n": 2}, {"sku": "B2", "n": 5}],
        });
        row.as_object().unwrap().clone()
    }

    #[test]
    fn every_operator_is_understood() {
        let row = row();
        let fields: Vec<&str> = row.keys().map(String::as_str).collect();
        let parser = FilterParser { fields: &fields, at: "filter" };
        for (filter, expected) in [
            (json!({"eq": {"stage": "won", "amount": 120}}), true),
            (json!({"eq": {"none": null}}), true),
            (json!({"neq": {"stage": "won"}}), false),
            (json!({"gt": {"amount": 100}, "lt": {"amount": 121}}), true),
            (json!({"gte": {"at": "2025-03-01"}}), true),
            (json!({"lte": {"amount": 119.5}}), false),
            (json!({"gt": {"none": 0}}), false),
            (json!({"in": {"stage": ["lost", "won"]}}), true),
            (json!({"startswith": {"name": "Jon"}}), true),
            (json!({"endswith": {"name": "jon"}}), false),
            (json!({"contains": {"name": "SMI"}}), true),
            (json!({"contains": {"tags": "b"}}), true),
            (json!({"array_contains": {"tags": "c"}}), false),
            (json!({"array_contains": {"tags": "a"}}), true),
            (json!({"like": {"name": "J_n%th"}}), true),
            (json!({"fuzzy": {"name": "smyth jon"}}), true),
            (json!({"keyword": {"name": "smith"}}), true),
            (json!({"keyword": {"name": "smi"}}), false),
            (json!({"eq": {"address.city": "Paris"}}), true),
            (json!({"any": {"lines": {"eq": {"sku": "B2"}, "gt": {"n": 4}}}}), true),
            (json!({"any": {"lines": {"eq": {"sku": "A1"}, "gt": {"n": 4}}}}), false),
            (json!({"not": {"in": {"stage": ["lost"]}}}), true),
            (json!({"or": [{"eq": {"id": "x"}}, {"and": [{"eq": {"id": "c1"}}]}]}), true),
            (json!({"and": [{"eq": {"id": "c1"}}, {"eq": {"stage": "lost"}}]}), false),
        ] {
            let condition = parser.parse(&filter).unwrap();
            assert_eq!(condition.is_met_by(&row), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_a_reason() {
        let parser = FilterParser { fields: &["id"], at: "filter" };
        for (filter, reason) in [
            (json!({}), "operator"),
            (json!([]), "operator"),
            (json!({"equals": {"id": 1}}), "did you mean `eq`"),
            (json!({"eq": {"idd": 1}}), "no field `idd`"),
            (json!({"eq": "id"}), "object of fields"),
            (json!({"in": {"id": 1}}), "an array"),
            (json!({"fuzzy": {"id": 1}}), "a string"),
            (json!({"and": {}}), "array of conditions"),
            (json!({"not": {}}), "operator"),
        ] {
            let error = parser.parse(&filter).unwrap_err();
            assert!(error.message().contains(reason), "{filter}: {}", error.message());
            assert_eq!(crate::response::Response::from(error).status, 422);
        }
    }
}
