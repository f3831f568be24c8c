//! Filters: conditions over fields, put together by `and`, `or`, `not` and `any`.

use serde_json::{Map, Value};

use super::compare::{order, same};
use super::{Row, words};
use crate::platform::refusal::Refusal;

/// A filter that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Self>),
    OneOf(Vec<Self>),
    Not(Box<Self>),
    /// One element of the array at this place meets the condition.
    Element(String, Box<Self>),
    Test(String, Operator, Value),
}

/// What a field is held against.
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

/// Reads filters over these fields; any field when there are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'f> {
    pub(super) fields: &'f [&'f str],
    /// Where the filter stands, for messages.
    pub(super) at: &'f str,
}

impl Reader<'_> {
    /// Reads a filter.
    pub(super) fn read(&self, filter: &Value) -> Result<Condition, Refusal> {
        let Some(members) = filter.as_object().filter(|members| !members.is_empty()) else {
            return Err(self.refuse("a condition is to be an object with an operator"));
        };
        let parts = members.iter().map(|(operator, operand)| self.part(operator, operand));
        let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn part(&self, operator: &str, operand: &Value) -> Result<Condition, Refusal> {
        match operator {
            "and" => Ok(Condition::All(self.many(operator, operand)?)),
            "or" => Ok(Condition::OneOf(self.many(operator, operand)?)),
            "not" => Ok(Condition::Not(Box::new(self.read(operand)?))),
            "any" => self.each(operator, operand, |field, inner| {
                let nested = Self { fields: &[], at: self.at };
                Ok(Condition::Element(field.to_owned(), Box::new(nested.read(inner)?)))
            }),
            _ => {
                let known = OPERATORS.iter().find(|(name, _)| *name == operator);
                let Some((_, test)) = known else { return Err(self.unknown(operator)) };
                self.each(operator, operand, |field, value| {
                    check(operator, *test, field, value).map_err(|why| self.refuse(&why))?;
                    Ok(Condition::Test(field.to_owned(), *test, value.clone()))
                })
            }
        }
    }

    fn many(&self, operator: &str, operand: &Value) -> Result<Vec<Condition>, Refusal> {
        match operand.as_array() {
            Some(items) if !items.is_empty() => items.iter().map(|item| self.read(item)).collect(),
            _ => Err(self.refuse(&format!("`{operator}` takes an array of conditions"))),
        }
    }

    fn each(
        &self,
        operator: &str,
        operand: &Value,
        make: impl Fn(&str, &Value) -> Result<Condition, Refusal>,
    ) -> Result<Condition, Refusal> {
        let Some(members) = operand.as_object().filter(|members| !members.is_empty()) else {
            let why = format!("`{operator}` takes an object of fields, {{\"field\": value}}");
            return Err(self.refuse(&why));
        };
        let mut all = Vec::new();
        for (field, value) in members {
            self.known(field)?;
            all.push(make(field, value)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn known(&self, field: &str) -> Result<(), Refusal> {
        known(field, self.fields).map_err(|why| self.refuse(&why))
    }

    fn unknown(&self, operator: &str) -> Refusal {
        let names: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
        let hint = if ["equals", "="].contains(&operator) { " (did you mean `eq`?)" } else { "" };
        let all = names.join(", ");
        self.refuse(&format!(
            "`{operator}` is no operator{hint}; known are and, or, not, any, {all}"
        ))
    }

    fn refuse(&self, why: &str) -> Refusal {
        Refusal::invalid(self.at, format!("{}: {why}", self.at))
    }
}

/// Whether a path begins with one of the fields.
pub(super) fn known(path: &str, fields: &[&str]) -> Result<(), String> {
    let first = path.split('.').next().unwrap_or(path);
    if fields.is_empty() || fields.contains(&path) || fields.contains(&first) {
        return Ok(());
    }
    Err(format!("there is no field `{path}`; the fields are {}", fields.join(", ")))
}

fn check(name: &str, operator: Operator, field: &str, value: &Value) -> Result<(), String> {
    let (good, wanted) = match operator {
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
    if good { Ok(()) } else { Err(format!("`{name}` holds `{field}` against {wanted}")) }
}

/// The value at a path: a field of exactly this name, else through objects.
pub(super) fn at<'r>(row: &'r Map<String, Value>, path: &str) -> Option<&'r Value> {
    if let Some(value) = row.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at(row.get(first)?.as_object()?, rest)
}

impl Condition {
    /// Whether a row meets it.
    pub(super) fn meets(&self, row: &Row) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.meets(row)),
            Self::OneOf(all) => all.iter().any(|one| one.meets(row)),
            Self::Not(inner) => !inner.meets(row),
            Self::Element(path, inner) => {
                let items = at(row, path).and_then(Value::as_array);
                let mut objects = items.into_iter().flatten().filter_map(Value::as_object);
                objects.any(|item| inner.meets(item))
            }
            Self::Test(path, operator, operand) => {
                operator.holds(at(row, path).unwrap_or(&Value::Null), operand)
            }
        }
    }
}

impl Operator {
    fn holds(self, value: &Value, operand: &Value) -> bool {
        let ordered =
            |fits: fn(std::cmp::Ordering) -> bool| order(value, operand).is_some_and(fits);
        let both = |fits: fn(&str, &str) -> bool| match (text(value), text(operand)) {
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
            Self::Like => both(like),
            Self::Contains => match value {
                // What the operator once meant.
                Value::Array(_) => Self::ArrayContains.holds(value, operand),
                _ => both(|value, part| value.to_lowercase().contains(&part.to_lowercase())),
            },
            Self::ArrayContains => {
                value.as_array().is_some_and(|all| all.iter().any(|item| same(item, operand)))
            }
            Self::Keyword => words::has_all(&words::of(value), operand.as_str().unwrap_or("")),
            Self::Fuzzy => words::has_all_alike(&words::of(value), operand.as_str().unwrap_or("")),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a text fits a pattern in which `%` is any text and `_` any letter.
pub(super) fn like(text: &str, pattern: &str) -> bool {
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
        let reader = Reader { fields: &fields, at: "filter" };
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
            let condition = reader.read(&filter).unwrap();
            assert_eq!(condition.meets(&row), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_a_reason() {
        let reader = Reader { fields: &["id"], at: "filter" };
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
            let refusal = reader.read(&filter).unwrap_err();
            assert!(refusal.message().contains(reason), "{filter}: {}", refusal.message());
            assert_eq!(crate::reply::Reply::from(refusal).status, 422);
        }
    }
}
