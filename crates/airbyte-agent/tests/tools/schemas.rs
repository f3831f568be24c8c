//! Every definition of every connector against what clients and model APIs take.

use std::collections::BTreeSet;

use airbyte_agent::core::tools::Exposure;
use airbyte_agent::registry;
use airbyte_agent::serde_json::Value;

use super::offline::{all, definitions, tools};
use super::strict::{COMMON, GEMINI, OPENAI, problems};

#[test]
fn every_schema_is_valid_and_in_every_subset() {
    let mut wrong = Vec::new();
    for (place, tool) in definitions() {
        let strict = tool.openai_strict_schema();
        let gemini = tool.gemini_schema();
        for (form, schema, rules) in [
            ("common", &tool.input_schema, &COMMON),
            ("openai", &strict, &OPENAI),
            ("gemini", &gemini, &GEMINI),
        ] {
            if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
                wrong.push(format!("{place} ({form}): {error}"));
            }
            wrong.extend(problems(schema, rules).iter().map(|p| format!("{place} ({form}): {p}")));
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_name_is_valid_and_unique_and_every_text_said() {
    let character = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    for (place, tool) in definitions() {
        assert!(tool.name.chars().all(character), "{place}");
        assert!(tool.name.starts_with(|c: char| c.is_ascii_alphabetic()), "{place}");
        assert!((1..=64).contains(&tool.name.len()), "{place}");
        assert!(!tool.title.is_empty() && tool.title.len() <= 100, "{place}: {}", tool.title);
        // The limit of OpenAI's function calling is 1,024 for a strict function's description;
        // a connector's list of operations is longer where there are many.
        assert!(tool.description.len() >= 20, "{place}: {}", tool.description);
    }
    let every = all().exposure(Exposure::PerOperation).definitions();
    let names: BTreeSet<&str> = every.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names.len(), every.len());
}

#[test]
fn hints_follow_the_actions() {
    for connector in registry() {
        for tool in tools(connector).exposure(Exposure::PerOperation).definitions() {
            let hints = tool.hints;
            assert!(hints.open_world && !(hints.read_only && hints.destructive), "{}", tool.name);
            let Some(operation) = connector.operations().find(|operation| {
                let name = format!("{}_{}_{}", connector.name, operation.entity, operation.action);
                name.replace('-', "_") == tool.name
            }) else {
                // Only names that are too long are made in another way.
                assert!(tool.name.len() > 40, "{}", tool.name);
                continue;
            };
            assert_eq!(hints.read_only, operation.hints.read_only, "{}", tool.name);
        }
    }
}

#[test]
fn a_parameter_of_every_operation_can_be_given() {
    for connector in registry() {
        for tool in tools(connector).exposure(Exposure::PerOperation).definitions() {
            let properties = tool.input_schema["properties"].as_object().unwrap();
            let required = tool.input_schema["required"].as_array().unwrap();
            assert!(required.iter().all(|n| properties.contains_key(n.as_str().unwrap())));
            let said = |schema: &Value| schema.get("description").is_some();
            let silent: Vec<&String> = properties
                .iter()
                .filter(|(name, schema)| {
                    !said(schema) && !["format", "encoding"].contains(&name.as_str())
                })
                .map(|(name, _)| name)
                .collect();
            assert!(silent.is_empty(), "{}: no description of {silent:?}", tool.name);
        }
    }
}
