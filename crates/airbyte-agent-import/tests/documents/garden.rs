//! One invented vendor, whose document exists in two forms: what becomes of each operation, and that all of them run.

use airbyte_agent_import::lock::Lock;
use airbyte_agent_import::{Imported, Options, import, report};
use serde_json::{Value, json};

use crate::trial::{self, Wrong};

const OPENAPI: &str = include_str!("../fixtures/garden.yaml");
const SWAGGER: &str = include_str!("../fixtures/garden.json");

fn garden() -> Imported {
    trial::imported("garden.yaml", OPENAPI).unwrap()
}

fn with(text: &str, options: &Options) -> Imported {
    let document = airbyte_agent_document::parse("garden.yaml", text).unwrap();
    import(&document, text.as_bytes(), options).unwrap()
}

#[tokio::test]
async fn every_operation_of_both_forms_runs_in_the_sandbox() {
    for (name, text) in [("garden.yaml", OPENAPI), ("garden.json", SWAGGER)] {
        let mut wrong = Wrong::new();
        let imported = trial::imported(name, text).unwrap();
        let connector = trial::lowered(&imported, &mut wrong).unwrap();
        let tried = trial::run(&connector, &mut wrong).await;
        assert_eq!((wrong, tried.operations, tried.skipped), (vec![], 15, 0), "{name}");
    }
}

#[test]
fn both_forms_of_a_document_become_the_same_operations() {
    let [openapi, swagger] = [("garden.yaml", OPENAPI), ("garden.json", SWAGGER)]
        .map(|(name, text)| trial::imported(name, text).unwrap());
    assert_eq!(openapi.spec["paths"], swagger.spec["paths"]);
    assert_eq!(openapi.spec["components"], swagger.spec["components"]);
    assert_eq!(openapi.lock.operations, swagger.lock.operations);
    assert_eq!(openapi.slug, "garden");
}

#[test]
fn names_and_paging_are_those_of_the_document() {
    let imported = garden();
    let name = |key: &str| {
        let operation = &imported.lock.operations[key];
        format!("{}.{}", operation.entity, operation.action)
    };
    let pagination = |path: &str| imported.spec["paths"][path]["get"]["x-agent-pagination"].clone();
    for (key, expected) in [
        ("GET /plants", "plants.list"),
        ("PATCH /plants/{plant_id}", "plants.update"),
        ("DELETE /plants/{plant_id}", "plants.delete"),
        ("POST /plants/{plant_id}/water", "waters.create"),
        ("GET /beds/{bed_id}/plants", "bed_plants.list"),
        ("POST /orders/{id}/cancel", "orders_cancel.create"),
    ] {
        assert_eq!(name(key), expected, "{key}");
    }
    for (path, expected) in [
        (
            "/plants",
            json!({"cursor": {"from": "$.next_page_token", "into": "page_token"}, "size": {"parameter": "page_size", "default": 50, "maximum": 100}}),
        ),
        (
            "/beds",
            json!({"page": {"into": "page", "start": 1}, "size": {"parameter": "per_page", "maximum": 50}}),
        ),
        (
            "/beds/{bed_id}/plants",
            json!({"offset": {"into": "offset"}, "size": {"parameter": "limit", "default": 20, "maximum": 100}}),
        ),
        (
            "/orders",
            json!({"last_record": {"field": "id", "into": "starting_after"}, "more": "$.has_more", "size": {"parameter": "limit", "maximum": 100}}),
        ),
    ] {
        assert_eq!(pagination(path), expected, "{path}");
    }
    assert_eq!(imported.spec["paths"]["/beds/{bed_id}/plants"]["get"]["x-agent-total"], "$.total");
    let unknown = pagination("/visits");
    assert!(unknown["unknown"].as_str().is_some_and(|reason| !reason.is_empty()), "{unknown}");
    assert_eq!(report::json_lines(&imported.decided).lines().count(), 15);
}

#[test]
fn arguments_are_what_a_caller_can_set_and_defaults_are_not_sent() {
    let imported = garden();
    let plant = &imported.spec["components"]["schemas"]["Plant_input"];
    let names: Vec<&String> = plant["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["name", "kind", "height", "parent", "bed"],
        "without what only the vendor sets"
    );
    assert_eq!(plant["required"], json!(["name"]));
    assert_eq!(plant["properties"]["kind"]["description"], "The default is herb.");
    assert_eq!(plant["properties"]["kind"].get("default"), None);
    assert_eq!(plant["properties"]["height"]["exclusiveMinimum"], 0);
    assert_eq!(plant["properties"]["parent"]["$ref"], "#/components/schemas/Plant_input");
    let order = &imported.spec["paths"]["/orders"]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    assert_eq!(order["required"], json!(["plants"]), "{order}");
    let list = &imported.spec["paths"]["/plants"]["get"];
    assert_eq!(list["description"], "Returns plants, newest first. Deleted ones are left out.");
    let parameter = |name: &str| {
        let all = list["parameters"].as_array().unwrap().iter();
        all.clone().find(|parameter| parameter["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(parameter("kind")["schema"]["enum"], json!(["tree", "herb"]));
    assert_eq!(parameter("kind")["description"], "Kind.");
    assert_eq!(parameter("X-Trace")["in"], "header", "those of the path belong to the operation");
    let bed = &imported.spec["info"]["x-airbyte-entity-relationships"][0];
    assert_eq!(
        (&bed["source_entity"], &bed["target_entity"]),
        (&json!("bed_plants"), &json!("beds"))
    );
}

#[test]
fn names_stay_and_a_newer_document_tells_its_differences() {
    let first = garden();
    let newer = OPENAPI
        .replace("  /orders/{id}/cancel:", "  /orders/{id}/archive:")
        .replace("name: kind, in: query,", "name: kind, in: query, required: true,")
        .replace("name: per_page,", "name: size,");
    let mut lock = Lock::parse(&first.lock.to_text()).unwrap();
    lock.operations.get_mut("GET /visits").unwrap().entity = "tours".to_owned();
    let second = with(&newer, &Options { lock: Some(lock), ..Options::default() });
    assert_eq!(second.spec["paths"]["/visits"]["get"]["x-airbyte-entity"], "tours");
    let changes: Vec<String> = second.changes.iter().map(ToString::to_string).collect();
    for expected in [
        "breaking, removed: POST /orders/{id}/cancel: it was orders_cancel.create",
        "breaking, changed: GET /plants: the argument `kind` is required now",
        "breaking, changed: GET /beds: the argument `per_page` is gone",
        "changed: GET /beds: the argument `size` is new (integer)",
        "added: POST /orders/{id}/archive: orders_archive.create",
    ] {
        assert!(changes.iter().any(|change| change == expected), "{expected}: {changes:#?}");
    }
    assert_eq!(
        with(OPENAPI, &Options { lock: Some(first.lock), ..Options::default() }).changes,
        []
    );
}

#[test]
fn corrections_survive_imports_and_patterns_choose_operations() {
    let overlay = "actions:\n- {target: GET /visits, update: {x-agent-pagination: {unknown: null, none: All come at once.}}}";
    let imported =
        with(OPENAPI, &Options { overlay: Some(overlay.to_owned()), ..Options::default() });
    assert_eq!(
        imported.spec["paths"]["/visits"]["get"]["x-agent-pagination"],
        json!({"none": "All come at once."})
    );
    let wrong = Options { overlay: Some(overlay.replace("visits", "visit")), ..Options::default() };
    let document = airbyte_agent_document::parse("garden.yaml", OPENAPI).unwrap();
    let error = import(&document, b"", &wrong).unwrap_err().to_string();
    assert!(error.contains("did you mean `GET /visits`?"), "{error}");
    for (pattern, count) in [("/beds*", 2), ("GET *", 8), ("orders.*", 3), ("*", 15)] {
        let imported =
            with(OPENAPI, &Options { only: Some(pattern.to_owned()), ..Options::default() });
        assert_eq!(imported.operations.len(), count, "{pattern}");
        assert_eq!(
            trial::lowered(&imported, &mut Wrong::new()).unwrap().operations().count(),
            count
        );
    }
    let none = Options { only: Some("/trees".to_owned()), ..Options::default() };
    assert!(
        import(&document, b"", &none)
            .unwrap_err()
            .to_string()
            .contains("none of the 15 operations")
    );
}

#[test]
fn the_same_document_makes_the_same_text() {
    let texts = [garden(), garden()].map(|imported| {
        airbyte_agent_yaml::write(&imported.spec, airbyte_agent_yaml::Style::Compact)
    });
    assert_eq!(texts[0], texts[1]);
    let lines: Vec<&str> = texts[0].lines().collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 130));
    assert!(lines.len() < 700, "{} lines", lines.len());
    assert!(!texts[0].contains("https://docs.garden.test"), "links are no use to a model");
    let _: Value = garden().spec;
}

#[test]
fn lists_that_cannot_be_copied_say_so_in_the_spec() {
    let list = |member: &str| {
        json!({"get": {"responses": {"200": {"description": "Records.", "content": {"application/json": {"schema": {
            "type": "array", "items": {"type": "object", "properties": {(member): {"type": "string"}}},
        }}}}}}})
    };
    let mut below = list("id");
    below["parameters"] =
        json!([{"name": "owner", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Shed", "version": "1"},
        "servers": [{"url": "https://shed.test"}],
        "paths": {"/tools": list("id"), "/sounds": list("volume"), "/of/{owner}/keys": below},
    });
    let imported = trial::imported("shed.json", &document.to_string()).unwrap();
    let cannot = |path: &str| imported.spec["paths"][path]["get"]["x-agent-sync"]["cannot"].clone();
    assert_eq!(cannot("/tools"), json!(null));
    assert_eq!(cannot("/sounds"), "Nothing says what identifies a record.");
    let mut wrong = Vec::new();
    trial::lowered(&imported, &mut wrong).unwrap();
    assert_eq!(wrong, Vec::new());
}
