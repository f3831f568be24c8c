//! Checks one value against a schema.

use serde_json::Value;

use crate::description::{Kind, Schema};
use crate::description::{closest, suggestion};
use crate::json::exact_number;

/// Adds to `problems` what is wrong with `value`, each with its place.
pub(crate) fn check_value(place: &str, schema: &Schema, value: &Value, problems: &mut Vec<String>) {
    if value.is_null() {
        if !schema.nullable {
            problems.push(format!("'{place}' must not be null"));
        }
        return;
    }
    if !schema.kinds.is_empty() && !schema.kinds.iter().any(|kind| kind.fits(value)) {
        problems.push(wrong_kind(place, schema, value));
        return;
    }
    if !schema.choices.is_empty() {
        let choices: Vec<Value> =
            schema.choices.iter().map(crate::description::Json::value).collect();
        if !choices.contains(value) {
            problems.push(wrong_choice(place, &choices, value));
        }
    }
    if let Some(number) = value.as_f64() {
        if let Some(minimum) = schema.minimum.filter(|minimum| number < *minimum) {
            problems.push(format!("'{place}' must be at least {minimum}, got {value}"));
        }
        if let Some(maximum) = schema.maximum.filter(|maximum| number > *maximum) {
            problems.push(format!("'{place}' must be at most {maximum}, got {value}"));
        }
    }
    match value {
        Value::Array(items) => {
            if let Some(schema) = schema.items.first() {
                for (index, item) in items.iter().enumerate() {
                    check_value(&format!("{place}[{index}]"), schema, item, problems);
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                match schema.property(name) {
                    Some(property) => {
                        // Inside an object an explicit null clears a field; the vendor judges it.
                        if !member.is_null() {
                            check_value(
                                &format!("{place}.{name}"),
                                &property.schema,
                                member,
                                problems,
                            );
                        }
                    }
                    None if schema.open => {}
                    None => {
                        let names: Vec<&str> =
                            schema.properties.iter().map(|p| p.name.as_ref()).collect();
                        let hint = suggestion(name, &names);
                        problems.push(format!("unknown field '{place}.{name}'{hint}"));
                    }
                }
            }
            for property in schema.properties.iter().filter(|property| property.required) {
                if !members.contains_key(property.name.as_ref()) {
                    problems.push(format!("missing required field '{place}.{}'", property.name));
                }
            }
        }
        _ => {}
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn wrong_kind(place: &str, schema: &Schema, value: &Value) -> String {
    let wanted: Vec<&str> = schema
        .kinds
        .iter()
        .map(|kind| match kind {
            Kind::String => "a string",
            Kind::Integer => "an integer",
            Kind::Number => "a number",
            Kind::Boolean => "true or false",
            Kind::Array => "an array",
            Kind::Object => "an object",
        })
        .collect();
    let shown = match value {
        Value::Array(_) | Value::Object(_) => String::new(),
        scalar => {
            let text = scalar.to_string();
            if text.len() > 60 { String::new() } else { format!(" {text}") }
        }
    };
    let spelling = match value {
        Value::Number(number) if schema.kinds.contains(&Kind::String) => spelling(number),
        Value::String(text) => inexact(schema, text),
        _ => String::new(),
    };
    format!("'{place}' must be {}, got {}{shown}{spelling}", wanted.join(" or "), kind_of(value))
}

/// Why a text that is a number was not taken for one.
fn inexact(schema: &Schema, text: &str) -> String {
    let takes = |kind| schema.kinds.contains(&kind);
    let text = text.trim();
    let is_number = text.ends_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
    if !is_number
        || exact_number(text).is_some_and(|number| takes(Kind::Number) || !number.is_f64())
    {
        return String::new();
    }
    match (takes(Kind::Integer), takes(Kind::Number)) {
        (true, false) => "; it cannot be sent: integers have at most 64 bits and no fraction",
        (_, true) => {
            "; as a number it would lose digits: integers have at most 64 bits, and other numbers about 15 digits"
        }
        (false, false) => "",
    }
    .to_owned()
}

/// How to write a number that is meant as a text. One with a fraction or an exponent may have lost digits
/// by now, so it is not repeated.
fn spelling(number: &serde_json::Number) -> String {
    if number.is_f64() {
        "; write it as a text, in quotation marks and with all its digits, as in \"1526552662.000430\""
            .to_owned()
    } else {
        format!("; write it as a text, in quotation marks: \"{number}\"")
    }
}

fn wrong_choice(place: &str, choices: &[Value], value: &Value) -> String {
    let show = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut shown: Vec<String> = choices.iter().take(20).map(show).collect();
    if choices.len() > 20 {
        shown.push(format!("… ({} in all)", choices.len()));
    }
    let got: String = show(value).chars().take(60).collect();
    let all: Vec<String> = choices.iter().map(show).collect();
    let near = match closest(&got, all.iter().map(String::as_str)).first() {
        Some(near) => format!(", did you mean '{near}'?"),
        None => String::new(),
    };
    format!("'{place}' must be one of {}, got '{got}'{near}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_is_a_number_is_refused_with_the_reason() {
        for (kinds, text, expected) in [
            (&[Kind::Number][..], "12345678901234567890123", Some("would lose digits")),
            (&[Kind::Number], "0.1234567890123456789", Some("would lose digits")),
            (&[Kind::Number], "1e400", Some("would lose digits")),
            (&[Kind::Integer], "12345678901234567890123", Some("at most 64 bits")),
            (&[Kind::Integer], "1.5", Some("no fraction")),
            (&[Kind::Integer], "5", None),
            (&[Kind::Integer], "five", None),
            (&[Kind::Boolean], "12345678901234567890123", None),
        ] {
            let schema = Schema { kinds: Cow::Borrowed(kinds), ..Schema::ANY };
            let mut problems = Vec::new();
            check_value("a", &schema, &json!(text), &mut problems);
            let problem = problems.remove(0);
            assert!(problem.contains(expected.unwrap_or_default()), "{problem}");
            assert_eq!(problem.contains("; "), expected.is_some(), "{problem}");
        }
    }
}
