//! Functions of values, arithmetic and casts.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{sql_error, unsupported};
use crate::data::dates::parse_instant;
use crate::platform::error::ApiError;

/// A value as text; `None` for `null`.
pub(super) fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(is) => Some(if *is { 1.0 } else { 0.0 }),
        _ => None,
    }
}

/// The result of one of the operators `+ - * / %`. Whole numbers stay whole except for `/`; a division by
/// zero is `null`.
pub(super) fn arithmetic(operator: char, one: &Value, other: &Value) -> Value {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        let whole = match operator {
            '+' => one.checked_add(other),
            '-' => one.checked_sub(other),
            '*' => one.checked_mul(other),
            '%' => one.checked_rem(other),
            _ => None,
        };
        if let Some(whole) = whole {
            return whole.into();
        }
    }
    let (Some(one), Some(other)) = (number(one), number(other)) else { return Value::Null };
    let result = match operator {
        '+' => one + other,
        '-' => one - other,
        '*' => one * other,
        '/' => one / other,
        _ => one % other,
    };
    // JSON has no infinity.
    if result.is_finite() { json!(result) } else { Value::Null }
}

/// A value, converted to another type.
pub(super) fn cast(value: Value, kind: &str) -> Result<Value, ApiError> {
    if value.is_null() {
        return Ok(value);
    }
    let upper = kind.to_uppercase();
    let is = |names: &[&str]| names.iter().any(|name| upper.starts_with(name));
    let wrong = || sql_error(format!("`{value}` is not a {kind}"));
    Ok(if is(&["VARCHAR", "TEXT", "STRING", "CHAR"]) {
        value_text(&value).map_or(Value::Null, Value::from)
    } else if is(&["INT", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT"]) {
        #[allow(clippy::cast_possible_truncation)]
        let whole = number(&value).ok_or_else(wrong)?.round() as i64;
        whole.into()
    } else if is(&["DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC"]) {
        json!(number(&value).ok_or_else(wrong)?)
    } else if is(&["BOOL"]) {
        match value_text(&value).unwrap_or_default().to_lowercase().as_str() {
            "true" | "t" | "1" => true.into(),
            "false" | "f" | "0" => false.into(),
            _ => return Err(wrong()),
        }
    } else if is(&["DATE"]) && !is(&["DATETIME"]) {
        date_time(&value).ok_or_else(wrong)?.date().to_string().into()
    } else if is(&["TIMESTAMP", "DATETIME"]) {
        instant_value(date_time(&value).ok_or_else(wrong)?)
    } else {
        return Err(unsupported(format!("CAST AS {kind}")));
    })
}

/// An instant, given as text or as seconds since 1970.
fn date_time(value: &Value) -> Option<DateTime> {
    match value {
        Value::String(text) => Some(parse_instant(text)?.to_zoned(TimeZone::UTC).datetime()),
        Value::Number(number) => {
            let seconds = number.as_i64()?;
            Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).datetime())
        }
        _ => None,
    }
}

fn instant_value(time: DateTime) -> Value {
    format!("{}Z", time.strftime("%Y-%m-%dT%H:%M:%S")).into()
}

/// A part of an instant, such as its year.
pub(super) fn date_part(part: &str, value: &Value) -> Result<Value, ApiError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let time = date_time(value).ok_or_else(|| sql_error(format!("`{value}` is not an instant")))?;
    Ok(match part.to_lowercase().as_str() {
        "year" => time.year().into(),
        "quarter" => ((time.month() - 1) / 3 + 1).into(),
        "month" => time.month().into(),
        "day" => time.day().into(),
        "hour" => time.hour().into(),
        "minute" => time.minute().into(),
        "second" => time.second().into(),
        "dow" | "dayofweek" => time.weekday().to_sunday_zero_offset().into(),
        "epoch" => {
            let zoned =
                time.to_zoned(TimeZone::UTC).map_err(|message| sql_error(message.to_string()))?;
            zoned.timestamp().as_second().into()
        }
        _ => return Err(unsupported(format!("EXTRACT({part})"))),
    })
}

/// An instant, cut to the beginning of its year, month or other part.
fn truncated(part: &str, value: &Value) -> Result<Value, ApiError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let time = date_time(value).ok_or_else(|| sql_error(format!("`{value}` is not an instant")))?;
    let text = match part.to_lowercase().as_str() {
        "year" => time.strftime("%Y-01-01").to_string(),
        "quarter" => format!("{:04}-{:02}-01", time.year(), (time.month() - 1) / 3 * 3 + 1),
        "month" => time.strftime("%Y-%m-01").to_string(),
        "day" => time.strftime("%Y-%m-%d").to_string(),
        "hour" => time.strftime("%Y-%m-%dT%H:00:00Z").to_string(),
        _ => return Err(unsupported(format!("date_trunc('{part}')"))),
    };
    Ok(text.into())
}

/// The result of the function of this name, which is in lower case.
pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, ApiError> {
    let first = arguments.first().unwrap_or(&Value::Null);
    let second = arguments.get(1).unwrap_or(&Value::Null);
    let third = arguments.get(2).unwrap_or(&Value::Null);
    let on_text = |act: &dyn Fn(String) -> Value| value_text(first).map_or(Value::Null, act);
    let on_texts = |act: &dyn Fn(String, String) -> Value| {
        value_text(first)
            .zip(value_text(second))
            .map_or(Value::Null, |(one, other)| act(one, other))
    };
    let on_number = |act: &dyn Fn(f64) -> f64| {
        number(first).map_or(Value::Null, |number| {
            let result = act(number);
            #[allow(clippy::cast_possible_truncation)]
            if result.fract() == 0.0 && first.as_i64().is_some() {
                (result as i64).into()
            } else {
                json!(result)
            }
        })
    };
    Ok(match name {
        "lower" | "lcase" => on_text(&|text| text.to_lowercase().into()),
        "upper" | "ucase" => on_text(&|text| text.to_uppercase().into()),
        "trim" => on_text(&|text| text.trim().into()),
        "reverse" => on_text(&|text| text.chars().rev().collect::<String>().into()),
        "length" | "len" => match first {
            Value::Array(items) => items.len().into(),
            _ => on_text(&|text| text.chars().count().into()),
        },
        "concat" => arguments.iter().filter_map(value_text).collect::<String>().into(),
        "replace" => {
            let new = value_text(third).unwrap_or_default();
            on_texts(&|text, old| text.replace(&old, &new).into())
        }
        "contains" => match first {
            Value::Array(items) => items.contains(second).into(),
            _ => on_texts(&|text, part| text.contains(&part).into()),
        },
        "list_contains" | "array_contains" | "list_has" => {
            first.as_array().map_or(Value::Null, |items| items.contains(second).into())
        }
        "starts_with" | "prefix" => on_texts(&|text, part| text.starts_with(&part).into()),
        "ends_with" | "suffix" => on_texts(&|text, part| text.ends_with(&part).into()),
        "substring" | "substr" => on_text(&|text| {
            let index = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
            let start = index(second).unwrap_or(1).saturating_sub(1);
            let length = index(third).unwrap_or(usize::MAX);
            text.chars().skip(start).take(length).collect::<String>().into()
        }),
        "abs" => on_number(&f64::abs),
        "floor" => on_number(&f64::floor),
        "ceil" | "ceiling" => on_number(&f64::ceil),
        "round" => {
            let places = second.as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or_default();
            let scale = 10_f64.powi(places);
            on_number(&|number| (number * scale).round() / scale)
        }
        "coalesce" | "ifnull" => {
            arguments.iter().find(|value| !value.is_null()).cloned().unwrap_or(Value::Null)
        }
        "nullif" if first == second => Value::Null,
        "nullif" => first.clone(),
        "date_trunc" => truncated(&value_text(first).unwrap_or_default(), second)?,
        "date_part" | "datepart" => date_part(&value_text(first).unwrap_or_default(), second)?,
        "year" | "quarter" | "month" | "day" | "hour" | "minute" | "second" | "epoch" => {
            date_part(name, first)?
        }
        "to_timestamp" => date_time(first).map_or(Value::Null, instant_value),
        "json_extract" | "json_extract_string" => {
            let path = value_text(second).unwrap_or_default();
            let steps = path.strip_prefix("$.").unwrap_or(&path).split('.');
            steps.fold(first.clone(), |value, step| value.get(step).cloned().unwrap_or(Value::Null))
        }
        _ => return Err(unsupported(format!("{name}()"))),
    })
}
