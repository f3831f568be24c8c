//! Turns `--params` and `-p` into the arguments of an operation.
//!
//! A file is passed as `-p NAME=@PATH`. The value of any other `-p` is a text, and the schema of the operation decides which JSON value it becomes.
//! This module does not check whether the value is allowed: the engine checks every argument.

mod value;

use airbyte_agent_core::description::{Kind, Operation, Schema, Step};
use airbyte_agent_core::{Error, rewritten_numbers};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use self::value::{ANY, PairValue, argument_value};
use crate::failure::{usage_error, validation_error};
use crate::file_argument;
use crate::json_option::parse_checked_object;

/// The arguments of a call, typed by the schema of the operation. `-p` replaces what `--params` says.
pub(crate) fn typed_arguments(
    operation: &Operation,
    params: Option<&str>,
    pairs: &[String],
) -> Result<Map<String, Value>, Error> {
    let mut arguments = match params {
        Some(text) => {
            let check = |text: &str| check_numbers("--params", operation, &[], text);
            parse_checked_object("--params", text, r#"{"limit": 10}"#, check)?
        }
        None => Map::new(),
    };
    let mut values_by_name: Vec<(&str, Vec<PairValue>)> = Vec::new();
    for pair in pairs {
        let (name, value) = parse_pair(pair)?;
        match values_by_name.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => values_by_name.push((name, vec![value])),
        }
    }
    let files = operation.files();
    let mut paths = Vec::new();
    for (name, values) in values_by_name {
        let file = files.iter().find(|file| file.content == name);
        if let (Some(file), [PairValue::Text(text)]) = (file, &values[..])
            && let Some(path) = text.strip_prefix('@')
        {
            paths.push((file, path.to_owned()));
            continue;
        }
        let (steps, schema) = find_target(operation, name);
        let option = format!("-p {name}");
        for value in &values {
            let text = match value {
                PairValue::Json(_, text) => text.as_str(),
                PairValue::Text(text) if text.trim_start().starts_with(['{', '[']) => text.as_str(),
                PairValue::Text(_) => continue,
            };
            if serde_json::from_str::<IgnoredAny>(text).is_ok() {
                check_numbers(&option, operation, &steps, text)?;
            }
        }
        let value = argument_value(name, schema, values)?;
        assign(&mut arguments, &steps, name, value)?;
    }
    // After all others, so that a name that the caller gives is known.
    for (file, path) in paths {
        file_argument::set(file, &path, &mut arguments)?;
    }
    Ok(arguments)
}

/// Refuses numbers that would be sent in another spelling: below these steps through the arguments. Where a
/// number is wanted, only its value counts.
fn check_numbers(
    option: &str,
    operation: &Operation,
    steps: &[String],
    text: &str,
) -> Result<(), Error> {
    for number in rewritten_numbers(text) {
        let keys = steps.iter().map(|step| Step::Key(step.clone().into()));
        let path: Vec<Step> = keys.chain(number.path.steps.iter().cloned()).collect();
        let is_number = schema_at(operation, &path).is_some_and(|schema| {
            let is_text = schema.kinds.contains(&Kind::String);
            !is_text && schema.kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number))
        });
        if !(is_number && number.is_equal) {
            return Err(validation_error(format!("{option}: {}", number.problem())));
        }
    }
    Ok(())
}

/// The schema of the value at the end of a path through the arguments.
fn schema_at<'o>(operation: &'o Operation, path: &[Step]) -> Option<&'o Schema> {
    let [Step::Key(name), rest @ ..] = path else { return None };
    let mut schema = &operation.parameter(name)?.schema;
    for step in rest {
        schema = match step {
            Step::Key(name) => &schema.property(name)?.schema,
            _ => schema.items.first()?,
        };
    }
    Some(schema)
}

/// Splits `NAME=VALUE` or `NAME:=JSON`.
fn parse_pair(pair: &str) -> Result<(&str, PairValue), Error> {
    let Some((name, text)) = pair.split_once('=') else {
        return Err(usage_error(
            "-p takes NAME=VALUE or NAME:=JSON; there is no '=' in what it got",
        ));
    };
    let (name, value) = match name.strip_suffix(':') {
        Some(name) => {
            let value = serde_json::from_str(text).map_err(|error| {
                usage_error(format!(
                    "-p {name}:= is not JSON: {error}; for a plain text write {name}=…"
                ))
            })?;
            (name, PairValue::Json(value, text.to_owned()))
        }
        None => (name, PairValue::Text(text.to_owned())),
    };
    if name.trim().is_empty() {
        return Err(usage_error("-p takes NAME=VALUE or NAME:=JSON; the name is missing"));
    }
    Ok((name.trim(), value))
}

/// The path of a name through the arguments, and the schema of the value at its end.
fn find_target<'o>(operation: &'o Operation, name: &str) -> (Vec<String>, &'o Schema) {
    if let Some(parameter) = operation.parameter(name) {
        return (vec![name.to_owned()], &parameter.schema);
    }
    // Names of parameters may contain dots, so the longest one that exists is meant.
    for (dot, _) in name.rmatch_indices('.') {
        let Some(parameter) = operation.parameter(&name[..dot]) else { continue };
        let mut steps = vec![name[..dot].to_owned()];
        let mut schema = &parameter.schema;
        for step in name[dot + 1..].split('.') {
            schema = schema.property(step).map_or(&ANY, |property| &property.schema);
            steps.push(step.to_owned());
        }
        return (steps, schema);
    }
    (vec![name.to_owned()], &ANY)
}

/// Sets the value at the end of a path, and creates the objects on it.
fn assign(
    root: &mut Map<String, Value>,
    steps: &[String],
    name: &str,
    value: Value,
) -> Result<(), Error> {
    let Some((last, path)) = steps.split_last() else { return Ok(()) };
    let mut object = root;
    for step in path {
        let next = object.entry(step.clone()).or_insert_with(|| Value::Object(Map::new()));
        object = next.as_object_mut().ok_or_else(|| {
            validation_error(format!(
                "-p {name}: '{step}' is given as a value too, so it has no members"
            ))
        })?;
    }
    object.insert(last.clone(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SPEC: &str = r#"
openapi: 3.1.0
info: {title: Acme, version: 1.0.0, x-airbyte-connector-definition-id: 11111111-2222-3333-4444-555555555555}
servers: [{url: "https://api.acme.test"}]
paths:
  /users:
    post:
      x-airbyte-entity: users
      x-airbyte-action: create
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: ratio, in: query, schema: {type: number}}
        - {name: name, in: query, schema: {type: string}}
        - {name: any, in: query, schema: {type: [string, number]}}
        - {name: deep, in: query, schema: {type: boolean}}
        - {name: "created[gte]", in: query, schema: {type: integer}}
        - {name: "a.b", in: query, schema: {type: integer}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: ids, in: query, schema: {type: array, items: {type: integer}}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                filter:
                  type: object
                  properties:
                    fromDate: {type: string}
                    ids: {type: array, items: {type: integer}}
                    inner: {type: object, properties: {on: {type: boolean}}}
                rows: {type: array, items: {type: object, properties: {a: {type: integer}}}}
      responses: {"200": {description: One user.}}
"#;

    fn operation() -> Operation {
        let connector = airbyte_agent_spec::Spec::parse(SPEC).unwrap().lower().unwrap();
        connector.operations().next().unwrap().clone()
    }

    #[test]
    fn values_are_typed_by_the_schema() {
        let operation = operation();
        let cases: &[(&[&str], Value)] = &[
            (&["page=3"], json!({"page": 3})),
            (&["page=three"], json!({"page": "three"})),
            (&["page=-1"], json!({"page": -1})),
            (&["ratio=0.5"], json!({"ratio": 0.5})),
            (&["name=5"], json!({"name": "5"})),
            (&["name=1526552662.000430"], json!({"name": "1526552662.000430"})),
            (&["any=1526552662.000430"], json!({"any": "1526552662.000430"})),
            (&["any=1e3"], json!({"any": "1e3"})),
            (&["any=1.5"], json!({"any": 1.5})),
            (&["unknown=12345678901234567890123"], json!({"unknown": "12345678901234567890123"})),
            (&["unknown=1.50"], json!({"unknown": "1.50"})),
            (&["unknown=12e4"], json!({"unknown": "12e4"})),
            (&["unknown=1.5"], json!({"unknown": 1.5})),
            (&["ratio:=0.50"], json!({"ratio": 0.5})),
            (&["ratio=0.50"], json!({"ratio": 0.5})),
            (&["name=a=b"], json!({"name": "a=b"})),
            (&["name="], json!({"name": ""})),
            (&["name= x "], json!({"name": " x "})),
            (&["name={x"], json!({"name": "{x"})),
            (&["name:=5"], json!({"name": 5})),
            (&["name:=null"], json!({"name": null})),
            (&["deep=true"], json!({"deep": true})),
            (&["deep=yes"], json!({"deep": "yes"})),
            (&["created[gte]=17"], json!({"created[gte]": 17})),
            (&["a.b=17"], json!({"a.b": 17})),
            (&["tags=a,b"], json!({"tags": ["a", "b"]})),
            (&["tags=a", "tags=b"], json!({"tags": ["a", "b"]})),
            (&["tags=[\"a,b\"]"], json!({"tags": ["a,b"]})),
            (&["tags:=[\"a\"]", "tags=b,c"], json!({"tags": ["a", "b", "c"]})),
            (&["ids=1,2", "ids=3"], json!({"ids": [1, 2, 3]})),
            (&["ids=[1,2]"], json!({"ids": [1, 2]})),
            (&["filter={\"fromDate\": \"x\"}"], json!({"filter": {"fromDate": "x"}})),
            (&["filter.fromDate=2024"], json!({"filter": {"fromDate": "2024"}})),
            (&["filter.ids=1", "filter.ids=2"], json!({"filter": {"ids": [1, 2]}})),
            (&["filter.inner.on=true"], json!({"filter": {"inner": {"on": true}}})),
            (
                &["filter={\"fromDate\": \"x\"}", "filter.ids=1"],
                json!({"filter": {"fromDate": "x", "ids": [1]}}),
            ),
            (&["rows={\"a\": 1}", "rows={\"a\": 2}"], json!({"rows": [{"a": 1}, {"a": 2}]})),
            (&["unknown=5", "other=x"], json!({"unknown": 5, "other": "x"})),
            (&["un.known=5"], json!({"un.known": 5})),
        ];
        for (pairs, expected) in cases {
            let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
            let got = typed_arguments(&operation, None, &pairs).unwrap();
            assert_eq!(Value::Object(got), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn values_that_cannot_be_parsed_are_reported() {
        let operation = operation();
        let cases: &[(&[&str], &str, &str)] = &[
            (&["page"], "usage", "NAME=VALUE"),
            (&["=3"], "usage", "the name is missing"),
            (&["name:=x"], "usage", "-p name:= is not JSON: expected value at line 1 column 1"),
            (&["page=1", "page=2"], "validation", "takes a single value"),
            (&["filter={\"a\""], "validation", "-p filter starts like JSON"),
            (&["tags=[a"], "validation", "-p tags starts like JSON"),
            (&["name=x", "name.y=1"], "validation", "no members"),
            (&["unknown:=1.10"], "validation", "-p unknown: the number 1.10"),
            (
                &["filter={\"x\": [1.10]}"],
                "validation",
                "'x[0]': the number 1.10 would be sent as 1.1",
            ),
        ];
        for (pairs, kind, part) in cases {
            let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
            let error = typed_arguments(&operation, None, &pairs).unwrap_err();
            assert_eq!(error.kind().as_str(), *kind, "{pairs:?}");
            assert!(error.to_string().contains(part), "{pairs:?}: {error}");
        }
    }

    #[test]
    fn single_arguments_win_over_params() {
        let params = r#"{"page": 1, "name": "x"}"#;
        let got = typed_arguments(&operation(), Some(params), &["page=2".to_owned()]).unwrap();
        assert_eq!(Value::Object(got), json!({"page": 2, "name": "x"}));
    }

    #[test]
    fn numbers_in_params_keep_their_digits_or_are_refused() {
        for (params, problem) in [
            (r#"{"page": 1e2, "ratio": 0.50}"#, None),
            (r#"{"ratio": 0.1234567890123456789}"#, Some("'ratio': the number")),
            (r#"{"filter": {"x": 1526552662.000430}}"#, Some("\"1526552662.000430\"")),
            (r#"{"unknown": 18446744073709551617}"#, Some("\"18446744073709551617\"")),
        ] {
            let got = typed_arguments(&operation(), Some(params), &[]);
            assert_eq!(got.is_err(), problem.is_some(), "{params}");
            let message = got.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains(problem.unwrap_or_default()), "{params}: {message}");
        }
    }

    #[test]
    fn files_are_read_from_their_path() {
        let spec = SPEC.replace("application/json:", "multipart/form-data:").replace(
            "                filter:",
            "                picture: {type: string, format: binary}\n                filter:",
        );
        let connector = airbyte_agent_spec::Spec::parse(&spec).unwrap().lower().unwrap();
        let operation = connector.operations().next().unwrap();
        let folder = std::env::temp_dir().join(format!("airbyte-agent-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("cat.png");
        std::fs::write(&path, b"\x00\xffcat").unwrap();
        let at = format!("picture=@{}", path.display());
        for (pairs, expected) in [
            (vec![at.clone()], json!({"picture": "AP9jYXQ=", "picture_name": "cat.png"})),
            (
                vec![at.clone(), "picture_name=dog.png".to_owned()],
                json!({"picture": "AP9jYXQ=", "picture_name": "dog.png"}),
            ),
            (vec!["picture=AP8=".to_owned()], json!({"picture": "AP8="})),
            (vec!["name=@cat".to_owned()], json!({"name": "@cat"})),
        ] {
            let got = typed_arguments(operation, None, &pairs).unwrap();
            assert_eq!(Value::Object(got), expected, "{pairs:?}");
        }
        let missing = format!("{at}.missing");
        let error = typed_arguments(operation, None, &[missing]).unwrap_err();
        assert!(error.to_string().contains("cat.png.missing"), "{error}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
