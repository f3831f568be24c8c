//! Records fit the schemas of the specs, held against them by a validator of its own.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use airbyte_agent_core::description::{Action, Body, Json, JsonPath, Method};
use airbyte_agent_sandbox::Sandbox;
use serde_json::Value;

mod support;

/// Says where `value` does not fit `schema`.
fn misfit(schema: &Value, value: &Value, at: &str) -> Option<String> {
    let wrong = |what: &str| Some(format!("{at}: {value} {what}"));
    if let Some(kinds) = schema.get("type") {
        let kinds: Vec<&str> = match kinds {
            Value::String(kind) => vec![kind],
            kinds => kinds.as_array().unwrap().iter().filter_map(Value::as_str).collect(),
        };
        let is = |kind: &&&str| match **kind {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => value.is_null(),
        };
        let nullable = value.is_null() && schema["nullable"] == true;
        if kinds.iter().find(is).is_none() && !nullable {
            return wrong(&format!("is none of {kinds:?}"));
        }
    }
    let known = schema.get("enum").and_then(Value::as_array);
    if known.is_some_and(|known| !value.is_null() && !known.contains(value)) {
        return wrong("is not in the enum");
    }
    if let (Some(number), Some(minimum)) = (value.as_f64(), schema["minimum"].as_f64())
        && number < minimum
    {
        return wrong("is too small");
    }
    if let (Some(number), Some(maximum)) = (value.as_f64(), schema["maximum"].as_f64())
        && number > maximum
    {
        return wrong("is too large");
    }
    let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let of_members = members
        .into_iter()
        .find_map(|(name, schema)| misfit(schema, value.get(name)?, &format!("{at}.{name}")));
    let of_items = || {
        let items = schema.get("items")?;
        value.as_array()?.iter().find_map(|item| misfit(items, item, &format!("{at}[]")))
    };
    of_members.or_else(of_items)
}

#[tokio::test]
async fn records_fit_the_schemas_of_the_specs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let files = std::fs::read_dir(folder).map(|all| all.flatten().collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for file in files.unwrap_or_default() {
        let Ok(connector) = airbyte_agent_spec::load(&file.path()).map(Arc::new) else { continue };
        // Whoever asks is let in, so that plain requests do.
        let mut open = (*connector).clone();
        open.auth = Vec::new().into();
        let sandbox = Sandbox::builder().connector(open).start().await.unwrap();
        let plain = connector.operations().filter(|operation| {
            operation.method == Method::Get
                && operation.action == Action::List
                && operation.body == Body::None
                && !operation.parameters.iter().any(|p| p.required || p.send_default)
        });
        for operation in plain {
            let path = operation.path.render(|_| Ok::<_, ()>("x".to_owned())).unwrap();
            let target = format!("/vendors/{}{path}", connector.name);
            let answer = support::send(&sandbox, "GET", &target, "", b"").await.unwrap();
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let Some(schema) = operation.response.schema.as_ref().map(Json::value) else {
                continue;
            };
            let whole = JsonPath { steps: Vec::new().into() };
            let found = operation.response.records.as_ref().unwrap_or(&whole);
            let body = answer.json();
            let records = found.find(&body).into_iter().flat_map(|value| match value {
                Value::Array(items) => items.iter().collect(),
                one => vec![one],
            });
            let at = format!("{} {}", connector.name, operation.entity);
            wrong.extend(records.into_iter().find_map(|record| misfit(&schema, record, &at)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
