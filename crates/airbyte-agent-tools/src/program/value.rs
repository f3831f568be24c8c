//! Results as a program can hold them.

use serde_json::{Number, Value};

/// The largest integer up to which a program holds every integer exactly.
const EXACT: u64 = (1 << 53) - 1;

/// Writes integers as texts that a program would round, and says whether there were any.
pub(super) fn exact(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if is_rounded(number) => {
            *value = number.to_string().into();
            true
        }
        // Every member has to be looked at.
        Value::Array(items) => items.iter_mut().map(exact).fold(false, |any, one| any | one),
        Value::Object(members) => members.values_mut().map(exact).fold(false, |any, one| any | one),
        _ => false,
    }
}

fn is_rounded(number: &Number) -> bool {
    number.as_u64().is_some_and(|number| number > EXACT)
        || number.as_i64().is_some_and(|number| number.unsigned_abs() > EXACT)
}

#[cfg(test)]
mod tests {
    use super::exact;
    use serde_json::json;

    #[test]
    fn integers_keep_their_digits() {
        let mut value =
            json!([{"id": 9_007_199_254_740_993_u64, "n": -9_007_199_254_740_993_i64}, 7, 1.5]);
        assert!(exact(&mut value));
        assert_eq!(value, json!([{"id": "9007199254740993", "n": "-9007199254740993"}, 7, 1.5]));
        let mut small = json!([9_007_199_254_740_991_u64, 1e300]);
        assert!(!exact(&mut small));
        assert_eq!(small, json!([9_007_199_254_740_991_u64, 1e300]));
    }
}
