//! Equality and order of values: numbers by size, instants by time, other texts by their letters.

use std::cmp::Ordering;

use serde_json::Value;

use crate::data::dates::parse_instant;

/// Whether two values are the same.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(_) | Value::Object(_) | Value::Null, _) => one == other,
        _ => order(one, other) == Some(Ordering::Equal),
    }
}

/// The order of two values; `None` for values that cannot be compared.
pub(super) fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
                return Some(one.cmp(&other));
            }
            one.as_f64()?.partial_cmp(&other.as_f64()?)
        }
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::String(one), Value::String(other)) => {
            Some(match (parse_instant(one), parse_instant(other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => one.cmp(other),
            })
        }
        // A text may stand for a number, and a number for an instant.
        (Value::Number(number), Value::String(text)) => order_of_number(number.as_f64()?, text),
        (Value::String(text), Value::Number(number)) => {
            order_of_number(number.as_f64()?, text).map(Ordering::reverse)
        }
        _ => None,
    }
}

/// The order of two values in a sorted list. Values that cannot be compared are sorted by their kind, with
/// `null` last.
pub(super) fn sort_order(one: &Value, other: &Value) -> Ordering {
    order(one, other).unwrap_or_else(|| kind_rank(one).cmp(&kind_rank(other)))
}

/// The rank of a value's kind in a sorted list.
fn kind_rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

fn order_of_number(number: f64, text: &str) -> Option<Ordering> {
    let other = text.trim().parse::<f64>().ok().or_else(|| {
        let seconds = parse_instant(text)?.as_second();
        // An instant as a number is in seconds or milliseconds since 1970.
        let scale = if number.abs() > 1e11 { 1_000 } else { 1 };
        #[allow(clippy::cast_precision_loss)]
        Some((seconds * scale) as f64)
    })?;
    number.partial_cmp(&other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        use Ordering::{Equal, Greater, Less};
        for (one, other, expected) in [
            (json!(2), json!(10), Some(Less)),
            (json!(2), json!(2.0), Some(Equal)),
            (json!("b"), json!("a"), Some(Greater)),
            (json!("2025-01-02"), json!("2025-01-01T23:00:00Z"), Some(Greater)),
            (json!("2025-01-01T01:00:00+01:00"), json!("2025-01-01T00:00:00Z"), Some(Equal)),
            (json!(1_735_689_600), json!("2025-01-01"), Some(Equal)),
            (json!("12"), json!(9), Some(Greater)),
            (json!(true), json!(1), None),
            (json!(null), json!(1), None),
        ] {
            assert_eq!(order(&one, &other), expected, "{one} {other}");
        }
        assert_eq!(sort_order(&json!(null), &json!("a")), Greater);
        assert!(same(&json!(null), &json!(null)) && !same(&json!([1]), &json!(1)));
    }
}
