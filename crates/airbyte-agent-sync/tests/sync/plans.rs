//! Which entities are planned, and in which order.

use airbyte_agent_sync::Plan;
use serde_json::{Map, json};

use crate::vendor::connector;

#[test]
fn parents_and_feeds_come_first_and_the_rest_is_explained() {
    let plan = Plan::new(&connector(), &[] as &[&str], &Map::new(), &Map::new()).unwrap();
    let order: Vec<&str> = plan.entities.iter().map(|entity| entity.entity.as_str()).collect();
    let before = |first: &str, second: &str| {
        let place = |name: &str| order.iter().position(|known| *known == name).unwrap();
        place(first) < place(second)
    };
    assert!(before("projects", "tasks") && before("tasks", "comments"), "{order:?}");
    assert!(before("deleted_notes", "notes"), "{order:?}");
    let skipped: Vec<String> =
        plan.skipped.iter().map(|left| format!("{}: {}", left.entity, left.reason)).collect();
    let expected = [
        "doors: it needs an argument: -p site=…",
        "hidden: The vendor hides them.",
        "found: it needs an argument: -p q=…",
    ];
    assert_eq!(skipped, expected);
}

#[test]
fn an_entity_brings_those_that_it_needs() {
    let plan = Plan::new(&connector(), &["comments"], &Map::new(), &Map::new()).unwrap();
    let all: Vec<(&str, bool)> =
        plan.entities.iter().map(|entity| (entity.entity.as_str(), entity.is_wanted)).collect();
    assert_eq!(all, [("projects", false), ("tasks", false), ("comments", true)]);
    let given = Map::from_iter([("task_id".to_owned(), json!("t00"))]);
    let plan = Plan::new(&connector(), &["comments"], &given, &Map::new()).unwrap();
    assert_eq!(plan.entities.len(), 1, "{plan:#?}");
}

#[test]
fn what_cannot_be_planned_is_explained() {
    for (entity, expected) in [
        ("taskz", "office has no entity 'taskz'"),
        ("hidden", "office.hidden cannot be copied: The vendor hides them."),
        ("found", "office.found cannot be copied: it needs an argument: -p q=…"),
    ] {
        let error =
            Plan::new(&connector(), &[entity], &Map::new(), &Map::new()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
