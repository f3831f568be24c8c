//! Every definition of every connector against what clients and model APIs take.

use std::collections::BTreeSet;

use airbyte_agent::core::tools::Exposure;
use airbyte_agent::registry;
use airbyte_agent::serde_json::Value;

use super::offline::{all, definitions, tools};
use super::strict::{COMMON, GEMINI, OPENAI, Totals, problems};

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
            let totals = Totals::of(schema);
            if !totals.fit() {
                wrong.push(format!("{place} ({form}): {totals:?}"));
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
        // OpenAI takes no more than 1,024 characters.
        let length = tool.description.chars().count();
        assert!((20..=1_024).contains(&length), "{place}: {length}: {}", tool.description);
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

/// Controls whose names and types say what they do: every text in a definition costs tokens.
const SAY_IT_THEMSELVES: [&str; 6] =
    ["format", "encoding", "exclude_fields", "count_only", "max_bytes", "dry_run"];

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
                    // A control has another name where the vendor has a parameter of this one.
                    let name = name.strip_prefix("result_").unwrap_or(name);
                    !said(schema) && !SAY_IT_THEMSELVES.contains(&name)
                })
                .map(|(name, _)| name)
                .collect();
            assert!(silent.is_empty(), "{}: no description of {silent:?}", tool.name);
        }
    }
}

/// Names such as `metafield[owner_id]` get another key, and are understood under both.
#[test]
fn no_two_parameters_share_a_key() {
    let key = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let plain: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
        plain.trim_matches('_').to_owned()
    };
    let mut renamed = 0;
    for operation in registry().iter().flat_map(|connector| connector.operations()) {
        let names = operation.parameters.iter().map(|parameter| parameter.name.as_ref());
        let keys: BTreeSet<String> = names.clone().map(key).collect();
        assert_eq!(keys.len(), operation.parameters.len(), "{}", operation.place());
        renamed += names.filter(|name| key(name) != **name).count();
    }
    assert!(renamed > 0);
}
