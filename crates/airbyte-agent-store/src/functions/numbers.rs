//! Functions on numbers and on values of any type that other dialects have.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::PURE;

type Function = fn(f64) -> f64;

const OF_ONE: [(&str, Function); 10] = [
    ("floor", f64::floor),
    ("ceil", f64::ceil),
    ("ceiling", f64::ceil),
    ("trunc", f64::trunc),
    ("sqrt", f64::sqrt),
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("log", f64::log10),
    ("log10", f64::log10),
    ("log2", f64::log2),
];

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    for (name, function) in OF_ONE {
        let keeps_integers = matches!(name, "floor" | "ceil" | "ceiling" | "trunc");
        connection.create_scalar_function(name, 1, PURE, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Integer(number) if keeps_integers => Value::Integer(number),
                other => number(other).map_or(Value::Null, |number| real(function(number))),
            })
        })?;
    }
    for name in ["pow", "power"] {
        connection.create_scalar_function(name, 2, PURE, |context| {
            let numbers = number(context.get_raw(0)).zip(number(context.get_raw(1)));
            Ok(numbers.map_or(Value::Null, |(base, exponent)| real(base.powf(exponent))))
        })?;
    }
    connection.create_scalar_function("mod", 2, PURE, |context| {
        Ok(match (context.get_raw(0), context.get_raw(1)) {
            (ValueRef::Integer(number), ValueRef::Integer(by)) => {
                number.checked_rem(by).map_or(Value::Null, Value::Integer)
            }
            (number_value, by) => number(number_value)
                .zip(number(by))
                .filter(|(_, by)| *by != 0.0)
                .map_or(Value::Null, |(number, by)| real(number % by)),
        })
    })?;
    connection.create_scalar_function("greatest", -1, PURE, |context| {
        Ok(extreme(context, Ordering::Greater))
    })?;
    connection.create_scalar_function("least", -1, PURE, |context| Ok(extreme(context, Ordering::Less)))
}

fn real(number: f64) -> Value {
    if number.is_nan() { Value::Null } else { Value::Real(number) }
}

pub(super) fn number(value: ValueRef<'_>) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "as SQLite does for its own functions")]
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        ValueRef::Null => None,
    }
}

/// The greatest or smallest argument; nulls do not count.
fn extreme(context: &Context<'_>, wanted: Ordering) -> Value {
    let mut best: Option<ValueRef<'_>> = None;
    for index in 0..context.len() {
        let value = context.get_raw(index);
        if !matches!(value, ValueRef::Null)
            && best.is_none_or(|best| order(value, best) == wanted)
        {
            best = Some(value);
        }
    }
    best.and_then(|best| Value::try_from(best).ok()).unwrap_or(Value::Null)
}

/// Numbers stand before texts, as in SQLite.
fn order(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    let is_number = |value| matches!(value, ValueRef::Integer(_) | ValueRef::Real(_));
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
        (a, b) if is_number(a) && is_number(b) => {
            number(a).unwrap_or_default().total_cmp(&number(b).unwrap_or_default())
        }
        (ValueRef::Text(a) | ValueRef::Blob(a), ValueRef::Text(b) | ValueRef::Blob(b)) => a.cmp(b),
        (a, _) if is_number(a) => Ordering::Less,
        _ => Ordering::Greater,
    }
}
