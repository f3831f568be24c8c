//! JQL over the records of the sandbox.
//!
//! A query that cannot be read is an error, as it is for the vendor. A condition about a field that records do not
//! show is met, and so are those about the history of a field, which the sandbox does not keep, and those whose value
//! is a function: who the user is, and what the current sprint is, depends on the site.

use airbyte_agent_description::query::{Clause, Condition, Jql, Operand, Operator as Comparison};
use serde_json::{Map, Value};

use super::compare::{Operator, find_field};

/// A query, or a part of one.
#[derive(Debug, PartialEq)]
pub(super) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    Condition {
        field: String,
        operator: Operator,
        wanted: Vec<String>,
    },
    /// The field has no value.
    Empty(String),
    /// Nothing is known that speaks against it.
    Met,
}

/// Reads a query.
///
/// # Errors
///
/// What is wrong with it, in one sentence.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let jql = Jql::parse(text).map_err(|error| format!("Error in the JQL Query: {error}."))?;
    jql.condition.map_or(Ok(Query::Met), query_of)
}

impl Query {
    /// Whether a record meets the query.
    pub(super) fn is_met(&self, record: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_met(record)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(record)),
            // What nothing is known of is met either way.
            Self::Not(part) => part.is_unknown(record) || !part.is_met(record),
            Self::Condition { field, operator, wanted } => match field_of(field, record) {
                None => true,
                Some(value) => is_true(*operator, value, wanted),
            },
            Self::Empty(field) => field_of(field, record).is_none_or(is_empty),
            Self::Met => true,
        }
    }

    /// Whether a part is about a field that the record does not show.
    fn is_unknown(&self, record: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.is_unknown(record)),
            Self::Not(part) => part.is_unknown(record),
            Self::Condition { field, .. } | Self::Empty(field) => field_of(field, record).is_none(),
            Self::Met => true,
        }
    }
}

/// The field that a name stands for; `text` is the whole record.
fn field_of<'r>(name: &str, record: &'r Map<String, Value>) -> Option<&'r Value> {
    let name = match name.to_ascii_lowercase().as_str() {
        "issuekey" | "issue" => "key".to_owned(),
        "type" => "issuetype".to_owned(),
        "createddate" => "created".to_owned(),
        "updateddate" => "updated".to_owned(),
        "text" => return record.get("fields").or_else(|| record.get("summary")),
        other => match other.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']')) {
            Some(number) => format!("customfield_{number}"),
            None => other.to_owned(),
        },
    };
    find_field(&name.split('.').collect::<Vec<_>>(), record)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn is_true(operator: Operator, value: &Value, wanted: &[String]) -> bool {
    match operator {
        Operator::NotEqual => !is_true(Operator::Equal, value, wanted),
        Operator::NotContains => !is_true(Operator::Contains, value, wanted),
        Operator::Contains => wanted.iter().all(|text| {
            let text = text.to_lowercase();
            text.split_whitespace().all(|word| contains(value, word.trim_matches(['*', '"'])))
        }),
        Operator::Equal => wanted.iter().any(|text| equals(value, text)),
        _ => wanted.iter().all(|text| operator.is_true(value, &text.as_str().into())),
    }
}

/// Whether a value is this one: things are named by their id, key or name, and people in further ways.
fn equals(value: &Value, text: &str) -> bool {
    let names = ["id", "key", "name", "value", "accountId", "displayName", "emailAddress"];
    match value {
        Value::Array(items) => items.iter().any(|item| equals(item, text)),
        Value::Object(members) => {
            names.iter().any(|name| members.get(*name).is_some_and(|value| equals(value, text)))
        }
        scalar => Operator::Equal.is_true(scalar, &text.into()),
    }
}

fn contains(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(word),
        Value::Array(items) => items.iter().any(|item| contains(item, word)),
        Value::Object(members) => members.values().any(|value| contains(value, word)),
        _ => false,
    }
}

/// What a condition means for the records of the sandbox.
fn query_of(condition: Condition) -> Result<Query, String> {
    Ok(match condition {
        Condition::And(parts) => Query::All(queries_of(parts)?),
        Condition::Or(parts) => Query::Any(queries_of(parts)?),
        Condition::Not(part) => Query::Not(Box::new(query_of(*part)?)),
        Condition::Clause(clause) => clause_query(clause)?,
    })
}

fn queries_of(parts: Vec<Condition>) -> Result<Vec<Query>, String> {
    parts.into_iter().map(query_of).collect()
}

fn clause_query(clause: Clause) -> Result<Query, String> {
    let Clause { field, operator, operand, .. } = clause;
    let (operator, is_negated) = match operator {
        Comparison::Equals | Comparison::In | Comparison::Is => (Operator::Equal, false),
        Comparison::NotIn | Comparison::IsNot => (Operator::Equal, true),
        Comparison::NotEquals => (Operator::NotEqual, false),
        Comparison::Contains => (Operator::Contains, false),
        Comparison::ContainsNot => (Operator::NotContains, false),
        Comparison::Greater => (Operator::More, false),
        Comparison::GreaterOrEqual => (Operator::MoreOrEqual, false),
        Comparison::Less => (Operator::Less, false),
        Comparison::LessOrEqual => (Operator::LessOrEqual, false),
        // What a field was once is not kept.
        Comparison::Was
        | Comparison::WasNot
        | Comparison::WasIn
        | Comparison::WasNotIn
        | Comparison::Changed => return Ok(Query::Met),
    };
    match operand {
        Some(Operand::Empty) => match operator {
            Operator::Equal => Ok(negated(Query::Empty(field), is_negated)),
            Operator::NotEqual => Ok(negated(Query::Empty(field), true)),
            _ => Err("Error in the JQL Query: EMPTY takes =, !=, IS or IS NOT.".to_owned()),
        },
        operand => Ok(match operand.and_then(plain_values) {
            Some(wanted) => negated(Query::Condition { field, operator, wanted }, is_negated),
            None => Query::Met,
        }),
    }
}

/// The texts that an operand stands for; `None` if one of them is a function, or a time that is counted from now.
fn plain_values(operand: Operand) -> Option<Vec<String>> {
    match operand {
        Operand::Text(text) => (!is_period(&text)).then(|| vec![text]),
        Operand::List(items) => {
            let values: Option<Vec<_>> = items.into_iter().map(plain_values).collect();
            Some(values?.into_iter().flatten().collect())
        }
        Operand::Empty | Operand::Function { .. } => None,
    }
}

fn negated(query: Query, is_negated: bool) -> Query {
    if is_negated { Query::Not(Box::new(query)) } else { query }
}

/// Whether a text is a time counted from now, such as `-7d` or `2w 1d`.
fn is_period(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+']);
    let is_part = |part: &str| {
        let digits = part.trim_end_matches(['y', 'M', 'w', 'd', 'h', 'm']);
        digits.len() + 1 == part.len()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.is_empty()
    };
    !text.is_empty() && text.split_whitespace().all(is_part)
}

#[cfg(test)]
mod tests;
