//! Reads an answer as plain JSON: records and metadata.

use serde::Deserialize as _;
use serde::de::Deserializer;
use serde_json::{Map, Value, json};

use super::envelope::Sink;
use super::read::Answer;
use crate::description::expression;
use crate::description::{Filter, JsonPath, Operation};
use crate::error::{Error, Result};
use crate::outcome::Outcome;

/// Every match as a value.
#[derive(Default)]
struct Matches(Vec<Value>);

impl Sink for Matches {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(Value::deserialize(deserializer)?);
        Ok(())
    }
}

/// Reads an answer as plain JSON.
pub(crate) fn outcome(answer: Answer<'_>) -> Result<Outcome> {
    let mut matches = Matches::default();
    let mut read = answer.read(&mut matches)?;
    let has_records = matches.0.iter().any(|value| !value.is_null());
    answer.check(&mut read, has_records)?;
    answer.require(!matches.0.is_empty())?;
    let operation = answer.operation;
    let mut data = if answer.is_finished() {
        matches.0.into_iter().next().unwrap_or_default()
    } else {
        settle(operation, matches.0)
    };
    let records = data.as_array().map_or(usize::from(!data.is_null()), Vec::len);
    let next = answer.next(&read, records)?;
    // An element of a list that is `null` is no record; typed records leave it out, too. It counts
    // as one of the page for what continues the list.
    if let Value::Array(items) = &mut data {
        items.retain(|item| !item.is_null());
    }
    if !answer.is_finished() {
        if operation.response.records.is_some() {
            transform(operation, &mut data, answer.settings)?;
        }
        wrap(&mut data);
        filter(answer, &mut data)?;
    }
    // Whoever chose the fields already has left those that lead to the next page.
    let data = answer.select(data);
    let has_meta = !operation.response.meta.is_empty() || !read.meta.is_empty();
    let meta = if has_meta { Value::Object(read.meta) } else { Value::Null };
    Ok(Outcome { data, meta, next })
}

/// From the matches of the extractor to the data of the operation.
fn settle(operation: &Operation, mut matches: Vec<Value>) -> Value {
    let is_array = operation.action.is_array();
    let multiple = operation.response.records.as_ref().is_some_and(JsonPath::is_multiple);
    match matches.len() {
        0 if is_array => json!([]),
        0 => Value::Null,
        1 => match matches.remove(0) {
            Value::Null if is_array => json!([]),
            list @ Value::Array(_) => list,
            one if is_array && multiple => Value::Array(vec![one]),
            one => one,
        },
        _ if is_array => {
            // Lists in several places are one list.
            let flat = matches.into_iter().flat_map(|value| match value {
                Value::Array(items) => items,
                Value::Null => Vec::new(),
                one => vec![one],
            });
            Value::Array(flat.collect())
        }
        _ => matches.remove(0),
    }
}

/// Adds the computed fields to a record.
pub(super) fn transform_record(
    operation: &Operation,
    record: &mut Value,
    settings: &Map<String, Value>,
) -> Result<()> {
    let seen = if record.is_object() { record.clone() } else { json!({"value": record}) };
    let mut computed = Map::new();
    for rule in operation.response.transform.iter() {
        let text = expression::transform(&rule.expression, &seen, settings)
            .map_err(Error::of_expression)?;
        computed.insert(rule.field.to_string(), Value::String(text));
    }
    match record {
        Value::Object(members) => members.extend(computed),
        other => *other = Value::Object(computed),
    }
    Ok(())
}

fn transform(operation: &Operation, data: &mut Value, settings: &Map<String, Value>) -> Result<()> {
    if operation.response.transform.is_empty() {
        return Ok(());
    }
    match data {
        Value::Null => Ok(()),
        Value::Array(items) => {
            items.iter_mut().try_for_each(|item| transform_record(operation, item, settings))
        }
        one => transform_record(operation, one, settings),
    }
}

/// A record is an object: scalars become `{"value": …}`.
fn wrap(data: &mut Value) {
    match data {
        Value::Null | Value::Object(_) => {}
        Value::Array(items) => {
            for item in items.iter_mut().filter(|item| !item.is_object()) {
                *item = json!({"value": item.take()});
            }
        }
        scalar => *scalar = json!({"value": scalar.take()}),
    }
}

/// Whether a record is shown.
pub(super) fn keeps(answer: Answer<'_>, record: &Value) -> Result<bool> {
    match &answer.operation.response.filter {
        None => Ok(true),
        Some(Filter::Expression(source)) => {
            Ok(expression::keeps(source, record).map_err(Error::of_expression)?)
        }
        // A record that does not say is not shown: filters guard private data.
        Some(Filter::Unless(path)) => match path.first(record) {
            None => Err(Error::decode(format!(
                "{}: a record lacks {path}, so the filter cannot tell whether it may be shown",
                answer.name
            ))),
            Some(Value::Null | Value::Bool(false)) => Ok(true),
            Some(Value::Number(number)) => Ok(number.as_f64() == Some(0.0)),
            Some(Value::String(text)) => Ok(text.is_empty()),
            Some(Value::Array(items)) => Ok(items.is_empty()),
            Some(Value::Object(members)) => Ok(members.is_empty()),
            Some(Value::Bool(true)) => Ok(false),
        },
    }
}

fn filter(answer: Answer<'_>, data: &mut Value) -> Result<()> {
    let operation = answer.operation;
    if operation.response.filter.is_none() || !operation.action.is_array() {
        return Ok(());
    }
    let records = match data.take() {
        Value::Array(items) => items,
        Value::Null => return Ok(()),
        one => vec![one],
    };
    let mut shown = Vec::with_capacity(records.len());
    for record in records {
        if keeps(answer, &record)? {
            shown.push(record);
        }
    }
    *data = Value::Array(shown);
    Ok(())
}
