//! A spec with hundreds of operations whose schemas all refer to each other is lowered, with less of each schema.

#![allow(missing_docs)]

use airbyte_agent_spec::Spec;
use serde_json::{Map, Value, json};

const KINDS: usize = 120;
const MEMBERS: usize = 40;

/// A spec with a list, a get and an update for each of so many kinds of records. Every fourth member of a record is
/// the id of another record or the record itself.
fn spec(kinds: usize) -> Value {
    let name = |kind: usize| format!("#/components/schemas/kind{}", kind % kinds);
    let member = |kind: usize, member: usize| match member % 4 {
        0 => json!({"anyOf": [
            {"type": "string", "maxLength": 5000},
            {"$ref": name(kind * 7 + member + 1)},
        ], "description": "The other record, or its id."}),
        1 => json!({"type": "array", "items": {"$ref": name(kind + member)}}),
        _ => json!({"type": "string", "description": "A text.", "enum": ["a", "b"]}),
    };
    let members = |kind: usize| -> Map<String, Value> {
        (0..MEMBERS).map(|number| (format!("m{number}"), member(kind, number))).collect()
    };
    let schema = |kind: usize| json!({"type": "object", "properties": members(kind)});
    let schemas: Map<String, Value> =
        (0..kinds).map(|kind| (format!("kind{kind}"), schema(kind))).collect();
    let response = |schema: Value| json!({"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}});
    let operation = |kind: usize, action: &str| {
        let record = json!({"$ref": name(kind)});
        let body =
            if action == "list" { json!({"type": "array", "items": record}) } else { record };
        let mut operation = json!({
            "x-airbyte-entity": format!("kind{kind}"), "x-airbyte-action": action, "responses": response(body),
        });
        if action != "list" {
            operation["parameters"] = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
        }
        if action == "update" {
            let schema = json!({"type": "object", "properties": {"change": {"$ref": name(kind)}}});
            operation["requestBody"] = json!({"content": {"application/json": {"schema": schema}}});
        }
        operation
    };
    let mut paths = Map::new();
    for kind in 0..kinds {
        paths.insert(format!("/kind{kind}"), json!({"get": operation(kind, "list")}));
        let one = json!({"get": operation(kind, "get"), "post": operation(kind, "update")});
        paths.insert(format!("/kind{kind}/{{id}}"), one);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1", "x-airbyte-connector-name": "large"},
        "servers": [{"url": "https://large.test"}],
        "components": {"schemas": schemas},
        "paths": paths,
    })
}

/// How deeply members are named in a schema of records.
fn depth(schema: &Value) -> usize {
    match schema {
        Value::Object(members) => {
            let below = members.values().map(depth).max().unwrap_or_default();
            below + usize::from(members.contains_key("properties"))
        }
        Value::Array(all) => all.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

#[test]
fn records_that_refer_to_each_other_are_cut_and_keep_their_own_members() {
    let connector = Spec::from_json(spec(KINDS)).unwrap().lower().unwrap();
    assert_eq!(connector.operations().count(), 3 * KINDS);
    let mut size = 0;
    for operation in connector.operations() {
        let schema = operation.response.schema.as_ref().unwrap();
        size += schema.0.len();
        let record = schema.value();
        let members = record["properties"].as_object().unwrap();
        assert_eq!(members.len(), MEMBERS, "{}", operation.place());
        assert_eq!(members["m2"]["enum"], json!(["a", "b"]));
        // What is cut keeps its type.
        assert_eq!(members["m0"]["anyOf"][1]["type"], "object");
        assert!((2..6).contains(&depth(&record)), "{}", operation.place());
        for change in operation.parameters.iter().filter(|one| one.name == "change") {
            assert_eq!(change.schema.properties.len(), MEMBERS);
        }
    }
    assert!(size < 32 * 1024 * 1024, "{size} bytes of schemas");
    // A small spec of the same kind is followed to its ends.
    let small = Spec::from_json(spec(2)).unwrap().lower().unwrap();
    let record = small.entities[0].schema.as_ref().unwrap().value();
    assert_eq!(depth(&record), 2);
    assert_eq!(
        record["properties"]["m0"]["anyOf"][1]["properties"]["m0"]["anyOf"][1],
        json!({"type": "object"})
    );
}

#[test]
fn problems_of_specs_made_in_memory_have_no_place_in_a_text() {
    let problems = Spec::from_json(json!({"openapi": "3.0.0"})).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "0:0: error: expected `openapi: 3.1.0`, found version `3.0.0` (at /openapi)"
    );
}

/// References multiply: eight members of each of 14 schemas stand for more objects than anybody could look at.
#[test]
fn bodies_whose_schemas_multiply_are_lowered_with_their_groups() {
    let member = |to: usize| json!({"$ref": format!("#/components/schemas/s{to}")});
    let members = |to: usize| -> Map<String, Value> {
        (0..8).map(|number| (format!("m{number}"), member(to))).collect()
    };
    for (last, lead) in [(13, "chain"), (0, "circle")] {
        let mut schemas = Map::new();
        for number in 0..=last {
            let next = if last == 0 { 0 } else { number + 1 };
            let schema = json!({
                "type": "object", "properties": members(next), "x-agent-at-least-one": ["m0", "m1"],
            });
            schemas.insert(format!("s{number}"), schema);
        }
        schemas.insert("s14".to_owned(), json!({"type": "string"}));
        let content = json!({"application/json": {"schema": member(0)}});
        let spec = json!({
            "openapi": "3.1.0",
            "info": {"title": "Many", "version": "1", "x-airbyte-connector-name": "many"},
            "servers": [{"url": "https://many.test"}],
            "components": {"schemas": schemas},
            "paths": {"/things": {"post": {
                "x-airbyte-entity": "things", "x-airbyte-action": "create",
                "requestBody": {"content": content},
                "responses": {"200": {"description": "ok"}},
            }}},
        });
        let connector = Spec::from_json(spec).unwrap().lower().unwrap();
        let operation = connector.operations().next().unwrap();
        let groups = &operation.at_least_one;
        assert!(groups.iter().any(|group| group.inside.is_empty()), "{lead}");
        assert!(groups.len() <= 10_000, "{lead}: {}", groups.len());
    }
}
