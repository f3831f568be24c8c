//! Aggregates that other dialects have.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context};
use rusqlite::types::{Value, ValueRef};

use super::numbers::number;
use super::{PURE, failed};

/// Most bytes that one group may hold in memory.
const MOST_BYTES: usize = 32 << 20;

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    for name in ["list", "array_agg"] {
        connection.create_aggregate_function(name, 1, PURE, List)?;
    }
    connection.create_aggregate_function("median", 1, PURE, Median)?;
    connection.create_aggregate_function("any_value", 1, PURE, AnyValue)?;
    connection.create_aggregate_function("count_if", 1, PURE, CountIf)?;
    connection.create_aggregate_function("bool_or", 1, PURE, Bool { of_all: false })?;
    connection.create_aggregate_function("bool_and", 1, PURE, Bool { of_all: true })
}

fn too_large(name: &str) -> rusqlite::Error {
    failed(format!("{name} holds more than 32 MiB; narrow the query with WHERE or GROUP BY"))
}

/// The values of a group as a JSON list.
struct List;

impl Aggregate<String, Option<String>> for List {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<String> {
        Ok(String::from("["))
    }

    fn step(&self, context: &mut Context<'_>, list: &mut String) -> rusqlite::Result<()> {
        if list.len() > 1 {
            list.push(',');
        }
        let value = match context.get_raw(0) {
            ValueRef::Null => serde_json::Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
        };
        list.push_str(&value.to_string());
        if list.len() > MOST_BYTES { Err(too_large("list")) } else { Ok(()) }
    }

    fn finalize(&self, _: &mut Context<'_>, list: Option<String>) -> rusqlite::Result<Option<String>> {
        Ok(list.map(|list| list + "]"))
    }
}

/// The middle of the numbers of a group.
struct Median;

impl Aggregate<Vec<f64>, Option<f64>> for Median {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Vec<f64>> {
        Ok(Vec::new())
    }

    fn step(&self, context: &mut Context<'_>, numbers: &mut Vec<f64>) -> rusqlite::Result<()> {
        numbers.extend(number(context.get_raw(0)));
        if numbers.len() > MOST_BYTES / 8 { Err(too_large("median")) } else { Ok(()) }
    }

    fn finalize(&self, _: &mut Context<'_>, numbers: Option<Vec<f64>>) -> rusqlite::Result<Option<f64>> {
        let Some(mut numbers) = numbers else { return Ok(None) };
        numbers.sort_by(f64::total_cmp);
        let middle = numbers.len() / 2;
        let upper = numbers.get(middle).copied();
        if numbers.len() % 2 == 1 {
            return Ok(upper);
        }
        let lower = middle.checked_sub(1).and_then(|lower| numbers.get(lower)).copied();
        Ok(lower.zip(upper).map(|(lower, upper)| f64::midpoint(lower, upper)))
    }
}

/// The first value of a group that is not null.
struct AnyValue;

impl Aggregate<Value, Value> for AnyValue {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Value> {
        Ok(Value::Null)
    }

    fn step(&self, context: &mut Context<'_>, first: &mut Value) -> rusqlite::Result<()> {
        if *first == Value::Null {
            *first = Value::try_from(context.get_raw(0)).unwrap_or(Value::Null);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, first: Option<Value>) -> rusqlite::Result<Value> {
        Ok(first.unwrap_or(Value::Null))
    }
}

/// How many rows of a group meet a condition.
struct CountIf;

impl Aggregate<i64, i64> for CountIf {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<i64> {
        Ok(0)
    }

    fn step(&self, context: &mut Context<'_>, count: &mut i64) -> rusqlite::Result<()> {
        *count += i64::from(number(context.get_raw(0)).is_some_and(|number| number != 0.0));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, count: Option<i64>) -> rusqlite::Result<i64> {
        Ok(count.unwrap_or_default())
    }
}

/// Whether one row of a group meets a condition, or all of them.
struct Bool {
    of_all: bool,
}

impl Aggregate<Option<bool>, Option<bool>> for Bool {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<bool>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, met: &mut Option<bool>) -> rusqlite::Result<()> {
        if let Some(value) = number(context.get_raw(0)) {
            let is = value != 0.0;
            let before = met.unwrap_or(self.of_all);
            *met = Some(if self.of_all { before && is } else { before || is });
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, met: Option<Option<bool>>) -> rusqlite::Result<Option<bool>> {
        Ok(met.flatten())
    }
}
