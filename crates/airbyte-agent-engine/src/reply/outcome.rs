//! Reads a response as plain JSON: records and metadata.

use serde::de::Deserializer;
use serde_json::{Map, Value, json};

use super::bounds::Shown;
use super::envelope::Sink;
use super::read::{Answer, Read};
use super::spelling::is_blank;
use crate::conditional;
use crate::description::expression;
use crate::description::{Action, Filter, JsonPath, Operation};
use crate::error::{Error, Result};
use crate::json::{self, Build};
use crate::outcome::Outcome;

/// Every match of a place, as a value.
#[derive(Default)]
struct Matches(Vec<Value>);

impl Sink for Matches {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(deserializer.deserialize_any(Build)?);
        Ok(())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// Reads a response as plain JSON.
pub(crate) fn outcome(answer: Answer<'_>) -> Result<Outcome> {
    let operation = answer.operation;
    let headers = &answer.reply.headers;
    let validator = operation.is_conditional().then(|| conditional::validator(headers)).flatten();
    if answer.reply.status == 304 && answer.options.known(operation).is_some() {
        return Ok(Outcome::not_modified(validator));
    }
    let (data, read) = data(answer)?;
    if answer.operation.action == Action::Get && is_blank(&data) {
        return Err(answer.no_record());
    }
    let received = data.as_array().map_or(usize::from(!data.is_null()), Vec::len);
    let mut next = answer.next(&read, received)?;
    let data = match data {
        none if operation.action.is_change() && (none.is_null() || is_blank(&none)) => {
            answer.without_record(none)?
        }
        Value::Array(items) if answer.is_bounded(items.len()) => {
            let shown = finished(answer, items)?;
            let bounds = answer.bounds(&read, received, &shown)?;
            next = bounds.rest.unwrap_or(next);
            let records = shown.into_iter().map(|(_, record)| record);
            Value::Array(records.skip(bounds.skip).take(bounds.take).collect())
        }
        Value::Array(items) => {
            let records = items.into_iter().filter_map(|item| show(answer, item));
            Value::Array(records.collect::<Result<_>>()?)
        }
        Value::Null if operation.action == Action::Get => return Err(answer.no_record()),
        Value::Null => Value::Null,
        one => finished_one(answer, one)?,
    };
    // A transport that has selected the fields has kept those that lead to the next page, so they
    // are removed here.
    let data = answer.select(data);
    let total = read.plausible_total(received);
    let has_meta = !operation.response.meta.is_empty() || !read.meta.is_empty();
    let meta = if has_meta { Value::Object(read.meta) } else { Value::Null };
    Ok(Outcome { data, meta, next, total, errors: read.errors, validator, unchanged: false })
}

/// The data of a response as the response contains it, and what was read in addition.
fn data(answer: Answer<'_>) -> Result<(Value, Read)> {
    let mut matches = Matches::default();
    let mut read = answer.read(&mut matches)?;
    let is_seen = !matches.0.is_empty();
    let is_filled = matches.0.iter().any(|value| !value.is_null());
    let count = matches.0.iter().map(|value| match value {
        Value::Array(items) => items.iter().filter(|item| !item.is_null()).count(),
        value => usize::from(!value.is_null()),
    });
    answer.check(&mut read, is_filled, count.sum())?;
    answer.require(is_seen, is_filled)?;
    let is_array = answer.operation.action.is_array();
    let data = if answer.is_finished() {
        matches.0.into_iter().next().unwrap_or_default()
    } else {
        settle(answer.operation, matches.0)
    };
    match data {
        Value::Null if is_array => Ok((json!([]), read)),
        Value::Object(_) if !answer.takes_object() => Err(answer.object_for_list()),
        data @ (Value::Null | Value::Array(_) | Value::Object(_)) => Ok((data, read)),
        _ if is_array => Err(answer.no_list()),
        data => Ok((data, read)),
    }
}

/// The records of a list in the form in which they are shown.
pub(super) fn shown(answer: Answer<'_>) -> Result<Vec<Shown>> {
    match data(answer)?.0 {
        Value::Array(items) => finished(answer, items),
        one => finished(answer, vec![one]),
    }
}

/// The elements of a list that are shown, each with the number of elements before it.
fn finished(answer: Answer<'_>, items: Vec<Value>) -> Result<Vec<Shown>> {
    let shown = items.into_iter().enumerate().filter_map(|(before, item)| {
        show(answer, item).map(|record| record.map(|record| (before, record)))
    });
    shown.collect()
}

/// An element of a list in the form in which it is shown; `None` for an element that is not shown.
/// An element that is `null` is not a record, and typed records leave it out, too.
fn show(answer: Answer<'_>, item: Value) -> Option<Result<Value>> {
    if item.is_null() {
        return None;
    }
    let record = match complete(answer, item) {
        Ok(record) => record,
        Err(error) => return Some(Err(error)),
    };
    if answer.is_finished() || !answer.operation.action.is_array() {
        return Some(Ok(record));
    }
    match keeps(answer, &record) {
        Ok(shows) => shows.then_some(Ok(record)),
        Err(error) => Some(Err(error)),
    }
}

/// Data that is not in an array, in the form in which it is shown.
fn finished_one(answer: Answer<'_>, item: Value) -> Result<Value> {
    let operation = answer.operation;
    let record = complete(answer, item)?;
    if answer.is_finished() || operation.response.filter.is_none() || !operation.action.is_array() {
        return Ok(record);
    }
    let records = if keeps(answer, &record)? { vec![record] } else { Vec::new() };
    Ok(Value::Array(records))
}

/// A record with its computed fields. Every record is an object: scalars become `{"value": …}`.
fn complete(answer: Answer<'_>, mut record: Value) -> Result<Value> {
    let operation = answer.operation;
    if answer.is_finished() {
        return Ok(record);
    }
    if operation.response.records.is_some() && !operation.response.transform.is_empty() {
        transform_record(operation, &mut record, answer.settings)?;
    }
    if record.is_object() {
        return Ok(record);
    }
    let wrapped = json::wrapped(record);
    wrapped.map_err(|error| Error::decode(format!("{}: {error}", answer.name)))
}

/// Makes the data of the operation out of the matches of the extractor.
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
            // Lists at several places are joined into one list.
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

/// Whether a record is shown.
pub(super) fn keeps(answer: Answer<'_>, record: &Value) -> Result<bool> {
    match &answer.operation.response.filter {
        None => Ok(true),
        Some(Filter::Expression(source)) => {
            Ok(expression::keeps(source, record).map_err(Error::of_expression)?)
        }
        // A record without the value that the filter needs is not shown, because filters protect
        // private data.
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
