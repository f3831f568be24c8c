//! The few template expressions of the dialect, evaluated with minijinja.
//!
//! Filters, transforms, scoping and templated defaults. Anything beyond what the dialect uses is
//! refused when the spec is linted; here it is an error of the call.

use std::fmt;

use minijinja::value::{Serde, Value as Operand};
use minijinja::{Environment, ErrorKind as TemplateError, State, UndefinedBehavior};
use serde_json::{Map, Value, json};

/// Why an expression gave no value; the message never quotes what it was evaluated on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionError(String);

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ExpressionError {}

type Result<T, E = ExpressionError> = std::result::Result<T, E>;

/// Whether a record is kept: the text is neither empty nor one of the false words.
///
/// # Errors
///
/// When the expression needs what the value does not have, or is no valid template.
pub fn keeps(source: &str, record: &Value) -> Result<bool> {
    let text = render(source, &json!({"record": record}))?;
    let text = text.trim();
    Ok(!matches!(text, "" | "0" | "False" | "false" | "None" | "none" | "null"))
}

/// The value of a computed field of a record.
///
/// # Errors
///
/// When the expression needs what the value does not have, or is no valid template.
pub fn transform(source: &str, record: &Value, config: &Map<String, Value>) -> Result<String> {
    render(source, &json!({"record": record, "config": config}))
}

/// The argument that a scoping expression gives; `None` if it gives an empty text.
///
/// # Errors
///
/// When the expression needs what the value does not have, or is no valid template.
pub fn scope(
    source: &str,
    parameter: &str,
    value: &Value,
    config: &Map<String, Value>,
) -> Result<Option<String>> {
    let text = render(source, &json!({"value": value, "config": config, "param": parameter}))?;
    let text = text.trim();
    Ok((!matches!(text, "" | "None" | "none" | "null")).then(|| text.to_owned()))
}

/// The value of a default that is a template.
///
/// # Errors
///
/// When the expression needs what the value does not have, or is no valid template.
pub fn default(source: &str, config: &Map<String, Value>) -> Result<String> {
    render(source, &json!({"config": config}))
}

/// Whether the expression compiles; the message says what is wrong.
///
/// # Errors
///
/// The template engine's message.
pub fn compile(source: &str) -> Result<(), String> {
    environment().template_from_str(source).map(|_| ()).map_err(|error| error.to_string())
}

fn render(source: &str, context: &Value) -> Result<String> {
    environment().render_str(source, Serde(context)).map_err(|error| {
        // The message of the engine may quote values of the record; the source never does.
        let what = match error.kind() {
            TemplateError::UndefinedError => "it needs a field that the value does not have",
            TemplateError::SyntaxError => "it is not a valid template",
            _ => "it cannot be evaluated",
        };
        ExpressionError(format!("template '{source}': {what}"))
    })
}

fn environment() -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_unknown_method_callback(method);
    env.add_filter("replace", |text: String, from: String, to: String| text.replace(&from, &to));
    env.add_filter("upper", |text: String| text.to_uppercase());
    env.add_filter("lower", |text: String| text.to_lowercase());
    env.add_filter("trim", |text: String| text.trim().to_owned());
    env.add_function("now_utc", now);
    env.add_function("duration", |text: String| {
        seconds_of(&text).ok_or_else(|| {
            minijinja::Error::new(TemplateError::InvalidOperation, "not an ISO 8601 duration")
        })
    });
    env.add_function("max", |a: i64, b: i64| a.max(b));
    env.add_function("min", |a: i64, b: i64| a.min(b));
    env
}

/// Seconds since 1970; times and durations are numbers, so that they can be subtracted.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The methods of Python's texts and times that specs use.
fn method(
    _: &mut State,
    value: &Operand,
    name: &str,
    args: &[Operand],
) -> Result<Operand, minijinja::Error> {
    let unknown = || minijinja::Error::from(TemplateError::UnknownMethod);
    let first = args.first().and_then(Operand::as_str);
    match (name, value.as_str()) {
        ("split", Some(text)) => {
            let separator = first.ok_or_else(unknown)?;
            Ok(text.split(separator).map(Operand::from).collect())
        }
        ("lower", Some(text)) => Ok(Operand::from(text.to_lowercase())),
        ("upper", Some(text)) => Ok(Operand::from(text.to_uppercase())),
        ("strip", Some(text)) => Ok(Operand::from(text.trim())),
        ("startswith", Some(text)) => {
            Ok(Operand::from(text.starts_with(first.ok_or_else(unknown)?)))
        }
        ("endswith", Some(text)) => Ok(Operand::from(text.ends_with(first.ok_or_else(unknown)?))),
        ("replace", Some(text)) => {
            let to = args.get(1).and_then(Operand::as_str).ok_or_else(unknown)?;
            Ok(Operand::from(text.replace(first.ok_or_else(unknown)?, to)))
        }
        ("strftime", None) => {
            let at = i64::try_from(value.clone()).map_err(|_| unknown())?;
            let text = format_instant(at, first.ok_or_else(unknown)?).ok_or_else(unknown)?;
            Ok(Operand::from(text))
        }
        _ => Err(unknown()),
    }
}

/// Seconds of an ISO 8601 duration; months and years have no fixed length.
fn seconds_of(text: &str) -> Option<i64> {
    let span: jiff::Span = text.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    span.to_duration(days).ok().map(|duration| duration.as_secs())
}

/// A date and time in UTC.
fn format_instant(at: i64, format: &str) -> Option<String> {
    let instant = jiff::Timestamp::from_second(at).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    jiff::fmt::strtime::format(format, &instant).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expressions_of_the_dialect_work() {
        let owner = "{{ value.split('/')[0] if '/' in value and value.split('/')[0] else none }}";
        let none = Map::new();
        for (value, expected) in [("a/b", Some("a")), ("ab", None), ("/b", None)] {
            let got = scope(owner, "owner", &json!(value), &none).unwrap();
            assert_eq!(got.as_deref(), expected, "{value}");
        }
        let record = json!({"value": "customers/12", "id": 7, "isPrivate": false});
        let replaced = "{{ record.value | replace('customers/', '') }}";
        assert_eq!(transform(replaced, &record, &none).unwrap(), "12");
        assert_eq!(transform("List({{ record.id }})", &record, &none).unwrap(), "List(7)");
        assert!(keeps("{{ not record.isPrivate }}", &record).unwrap());
        assert!(keeps("{{ not record.gone }}", &record).is_err());
        let past = default("{{ (now_utc() - duration('P7D')).strftime('%Y-%m-%d') }}", &none);
        assert_eq!(past.unwrap().len(), 10);
    }

    #[test]
    fn instants_are_written_in_utc() {
        for (at, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_267_845, "2026-11-21T13:30:45Z"),
        ] {
            assert_eq!(format_instant(at, "%Y-%m-%dT%H:%M:%SZ").as_deref(), Some(expected));
        }
        assert_eq!(seconds_of("P1DT30M"), Some(88_200));
        assert_eq!(seconds_of("P1M"), None);
    }
}
