//! Command lines that run an operation, with sample values that its schema accepts. They are shown
//! as examples and hints.

use std::fmt::Write as _;
use std::path::Path;

use airbyte_agent_core::description::{Connector, Json, Kind, Operation, Parameter, Schema};
use serde_json::{Map, Value, json};

/// The command that runs an operation, with all arguments that it requires.
pub(crate) fn example_command(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
) -> String {
    example_command_with(connector, operation, spec, &[])
}

/// The same with further options after the names.
pub(crate) fn example_command_with(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    options: &[&str],
) -> String {
    command_with_pairs(connector, operation, spec, options, &example_pairs(operation))
}

fn command_with_pairs(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    options: &[&str],
    pairs: &[String],
) -> String {
    let mut text = command_start("exec", connector, spec);
    let _ = write!(text, " {} {}", operation.entity, operation.action);
    for option in options {
        let _ = write!(text, " {option}");
    }
    for pair in pairs {
        let _ = write!(text, " -p {}", shell_quoted(pair));
    }
    if operation.download.is_some() {
        text.push_str(" --out FILE");
    }
    text
}

/// The longest value of an argument that is repeated.
const LONGEST_VALUE: usize = 100;

/// The command that runs an operation with these options and these values of `-p`, as far as it has such
/// parameters, completed with sample values for what is missing.
pub(crate) fn completed_command(
    connector: &Connector,
    operation: &Operation,
    spec: Option<&Path>,
    options: &[&str],
    arguments: &[String],
) -> String {
    let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    let is_known = |pair: &&String| {
        operation.parameter(argument_name(pair)).is_some() && pair.len() <= LONGEST_VALUE
    };
    let given: Vec<&String> = arguments.iter().filter(is_known).collect();
    options.extend(given.iter().map(|pair| format!("-p {}", shell_quoted(pair))));
    let is_missing =
        |pair: &String| given.iter().all(|known| argument_name(known) != argument_name(pair));
    let missing: Vec<String> = example_pairs(operation).into_iter().filter(is_missing).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    command_with_pairs(connector, operation, spec, &options, &missing)
}

/// The parameter that `NAME=VALUE`, `NAME:=JSON` or `NAME.member=VALUE` is for.
fn argument_name(pair: &str) -> &str {
    let name = pair.split('=').next().unwrap_or_default();
    let name = name.strip_suffix(':').unwrap_or(name);
    name.split('.').next().unwrap_or(name)
}

/// `airbyte-agent COMMAND CONNECTOR`, or with `--spec FILE` in place of the connector.
pub(crate) fn command_start(command: &str, connector: &Connector, spec: Option<&Path>) -> String {
    match spec {
        Some(path) => {
            format!("airbyte-agent {command} --spec {}", shell_quoted(&path.display().to_string()))
        }
        None => format!("airbyte-agent {command} {}", connector.name),
    }
}

/// `NAME=VALUE` for every argument that a call requires, and for those that the vendor usually needs.
fn example_pairs(operation: &Operation) -> Vec<String> {
    let is_shown = |parameter: &&Parameter| {
        must_be_given(parameter) || operation.recommended.contains(&parameter.name)
    };
    let required = operation.parameters.iter().filter(is_shown);
    let value = |name: &str, schema: &Schema| {
        let address = operation.address.as_ref().filter(|address| address.argument == name);
        match address {
            // The text "Hello" in base64.
            None if operation.is_base64(name) => Value::String("SGVsbG8=".to_owned()),
            None => sample_value(name, schema),
            Some(address) => {
                let host = address.hosts.first().map_or("", |host| host.trim_start_matches("*."));
                Value::String(format!("https://{host}/…"))
            }
        }
    };
    let mut arguments: Map<String, Value> = required
        .map(|parameter| {
            let made = value(&parameter.name, &parameter.schema);
            // What is written in a language cannot be made up.
            let is_poor = !parameter.schema.rules.is_empty() || is_poor(&parameter.schema, &made);
            let own = parameter.example.as_ref().filter(|_| is_poor).map(Json::value);
            (parameter.name.to_string(), own.unwrap_or(made))
        })
        .collect();
    operation.complete_groups(&mut arguments, value);
    let pair = |(name, value): (&String, &Value)| match value {
        Value::String(text) if !starts_like_json(text) => format!("{name}={text}"),
        Value::String(_) => format!("{name}:={value}"),
        value => format!("{name}={value}"),
    };
    arguments.iter().map(pair).collect()
}

/// Whether a value that was made up breaks a rule for texts, or says nothing.
fn is_poor(schema: &Schema, value: &Value) -> bool {
    match value {
        Value::Array(items) => {
            let element = schema.items.first();
            element.is_some_and(|schema| items.iter().any(|item| is_poor(schema, item)))
        }
        Value::Object(members) if members.is_empty() => true,
        Value::Object(members) => members.iter().any(|(name, member)| {
            schema.property(name).is_some_and(|known| is_poor(&known.schema, member))
        }),
        value => schema.misfit(value).is_some(),
    }
}

/// Whether a call without an argument for this parameter is refused.
pub(crate) fn must_be_given(parameter: &Parameter) -> bool {
    let is_filled = parameter.default.is_some() && parameter.send_default;
    parameter.required && !is_filled && parameter.config.is_none()
}

fn starts_like_json(text: &str) -> bool {
    text.starts_with(['{', '['])
}

/// A value that the schema accepts.
fn sample_value(name: &str, schema: &Schema) -> Value {
    if let Some(given) = schema.default.as_ref().or(schema.choices.first()).map(Json::value)
        && !given.is_null()
    {
        return given;
    }
    match schema.kinds.first() {
        Some(Kind::Integer) => whole_number(sample_number(name, schema)),
        Some(Kind::Number) => {
            let number = sample_number(name, schema);
            if number.fract() == 0.0 { whole_number(number) } else { json!(number) }
        }
        Some(Kind::Boolean) => json!(true),
        Some(Kind::Array) => {
            let element = schema.items.first().map(|items| sample_value(name, items));
            Value::Array(vec![element.unwrap_or_else(|| sample_text(name, schema).into())])
        }
        Some(Kind::Object) => sample_object(schema),
        Some(Kind::String) | None => Value::String(sample_text(name, schema)),
    }
}

/// A whole number without `.0`.
fn whole_number(number: f64) -> Value {
    serde_json::from_str(&number.trunc().to_string()).unwrap_or_else(|_| json!(1))
}

/// An object with its required members, or with its first member where none is required.
fn sample_object(schema: &Schema) -> Value {
    let required = schema.properties.iter().filter(|property| property.required);
    let mut members: Map<String, Value> = required
        .map(|property| (property.name.to_string(), sample_value(&property.name, &property.schema)))
        .collect();
    if let (true, Some(first)) = (members.is_empty(), schema.properties.first()) {
        members.insert(first.name.to_string(), sample_value(&first.name, &first.schema));
    }
    Value::Object(members)
}

fn sample_number(name: &str, schema: &Schema) -> f64 {
    let formatted = schema.text_example().and_then(|text| text.parse().ok());
    let usual: f64 = if let Some(number) = formatted {
        number
    } else if name.contains("limit") || name.contains("size") {
        10.0
    } else {
        1.0
    };
    usual.max(schema.minimum.unwrap_or(f64::MIN)).min(schema.maximum.unwrap_or(f64::MAX))
}

fn sample_text(name: &str, schema: &Schema) -> String {
    let lower = name.to_ascii_lowercase();
    let sample = match schema.format.as_ref() {
        "date" => "2026-01-01",
        "date-time" => "2026-01-01T00:00:00Z",
        "uri" | "url" => "https://example.com",
        "email" => "ann@example.com",
        _ if schema.text_example().is_some() => schema.text_example().unwrap_or_default(),
        _ if lower.contains("email") => "ann@example.com",
        _ if lower.ends_with("url") => "https://example.com",
        _ if lower == "id" || lower.ends_with("_id") || name.ends_with("Id") => "123",
        _ if lower.contains("currency") => "usd",
        _ => "example",
    };
    sample.to_owned()
}

/// Quotes a text so that a shell takes it as one word.
pub(crate) fn shell_quoted(word: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_-./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use airbyte_agent_core::{Client, Local};

    use super::*;
    use crate::arguments::typed_arguments;
    use crate::sample::{sample_credentials, sample_settings};

    #[test]
    fn every_example_is_a_valid_call() {
        let mut wrong = Vec::new();
        for connector in airbyte_agent::registry() {
            let mut local = Local::new(sample_credentials(connector));
            for (name, value) in sample_settings(connector) {
                local = local.config(name, value);
            }
            let client = Client::local(*connector, local).unwrap();
            for operation in connector.operations() {
                let mut call = client.call(&operation.entity, operation.action);
                match typed_arguments(operation, None, &example_pairs(operation)) {
                    Ok(arguments) => call.set_all(arguments),
                    Err(error) => wrong.push(format!("{}: {error}", connector.name)),
                }
                if let Err(error) = call.dry_run() {
                    wrong.push(format!("{}: {error}", connector.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        for (word, expected) in [
            ("owner=a", "owner=a"),
            ("created[gte]=1", "'created[gte]=1'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(shell_quoted(word), expected);
        }
    }
}
