//! The values by which a list continues: tokens and numbers, in the forms in which vendors write them.

use serde_json::{Value, json};

use crate::description::{Kind, Operation};

/// A token in the form that the parameter takes: vendors write numbers as texts and texts as
/// numbers.
pub(super) fn typed(operation: &Operation, into: &str, value: Value) -> Value {
    let kinds = operation.argument_schema(into).map(|s| s.kinds.to_vec()).unwrap_or_default();
    match &value {
        Value::Number(number)
            if kinds.contains(&Kind::String) && !kinds.contains(&Kind::Integer) =>
        {
            Value::String(number.to_string())
        }
        Value::String(text) if kinds.contains(&Kind::Integer) && !kinds.contains(&Kind::String) => {
            text.parse::<i64>().map_or_else(|_| value.clone(), |number| json!(number))
        }
        _ => value,
    }
}

/// A number that counts something, which may be written as a text.
pub(super) fn whole_number(value: &Value) -> Option<u64> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only whole numbers"
    )]
    let whole = |number: f64| {
        (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64)
    };
    match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number that is increased by `add`; a value that is not a number is returned unchanged.
pub(super) fn behind(value: Value, add: u64) -> Value {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    match number.filter(|_| add > 0).and_then(|number| number.checked_add(add)) {
        Some(sum) => json!(sum),
        None => value,
    }
}

pub(super) fn is_token(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}
