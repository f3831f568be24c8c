//! A plan tells what a call will do, and nothing is sent before it is run.

use airbyte_agent_tools::{Effect, Exposure, Policy, ToolErrorKind};
use serde_json::json;

use crate::library::{EXPOSURES, call, library, tools};

#[tokio::test]
async fn a_plan_tells_operation_effect_and_arguments_before_anything_is_sent() {
    for exposure in EXPOSURES {
        for (action, params, effect, arguments) in [
            ("get", json!({"id": "7"}), Effect::Read, json!({"id": 7})),
            ("list", json!({"tags": "a", "state": null}), Effect::Read, json!({"tags": ["a"]})),
            ("create", json!({"title": 1984}), Effect::Write, json!({"title": "1984"})),
            ("delete", json!({"id": 7}), Effect::Destroy, json!({"id": 7})),
        ] {
            let server = library().await;
            let tools = tools(&server, exposure);
            let (name, given) = call(exposure, "books", action, params, json!({}));
            let plan = tools.plan(&name, given).unwrap();
            let target = plan.target().unwrap();
            assert_eq!((target.account, target.connector.name.as_ref()), ("library", "library"));
            assert_eq!(target.operation.place(), format!("books.{action}"));
            assert_eq!(plan.effect(), effect, "{action}");
            assert_eq!(plan.effect().is_change(), effect > Effect::Read);
            assert!(!plan.needs_approval());
            assert_eq!(json!(plan.arguments().unwrap()), arguments, "{exposure:?} {action}");
            // A plan may be printed, and arguments may be secret.
            assert!(!format!("{plan:?}").contains("1984"), "{plan:?}");
            assert!(server.seen().is_empty());
            plan.run().await.unwrap();
            assert_eq!(server.seen().len(), 1, "{exposure:?} {action}");
        }
    }
}

#[tokio::test]
async fn an_answer_from_descriptions_has_no_target() {
    let server = library().await;
    for (exposure, name, arguments) in [
        (Exposure::SearchExecute, "search", json!({"query": "list books"})),
        (Exposure::SearchExecute, "describe", json!({"connector": "library"})),
        (Exposure::PerConnector, "library", json!({"entity": "books", "action": "help"})),
    ] {
        let tools = tools(&server, exposure);
        let plan = tools.plan(name, arguments).unwrap();
        assert!(plan.target().is_none() && plan.arguments().is_none());
        assert_eq!(plan.effect(), Effect::Nothing);
        assert!(plan.run().await.unwrap().text.contains("books"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn definitions_are_found_by_any_clear_spelling_and_follow_the_policy() {
    let server = library().await;
    let open = tools(&server, Exposure::PerOperation);
    let closed = open.clone().policy(Policy::default().read_only());
    for (name, in_open, in_closed) in [
        ("library_books_list", true, true),
        ("Library.Books.List", true, true),
        ("library_books_delete", true, false),
        ("library_books", false, false),
    ] {
        assert_eq!(open.definition(name).is_some(), in_open, "{name}");
        assert_eq!(closed.definition(name).is_some(), in_closed, "{name}");
    }
    // What was prepared for one policy or exposure is not used for another.
    assert_eq!(closed.clone().exposure(Exposure::SearchExecute).definitions().len(), 3);
    assert!(closed.definitions().len() < open.definitions().len());
    let error = closed.plan("library_books_delete", json!({"id": 7})).unwrap_err();
    assert_eq!(error.kind(), ToolErrorKind::NotPermitted);
}

#[tokio::test]
async fn a_prefix_begins_every_name_and_calls_need_it() {
    for exposure in EXPOSURES {
        let server = library().await;
        let plain = tools(&server, exposure);
        let tools = plain.clone().prefix("acme").unwrap();
        let names: Vec<String> = tools.definitions().into_iter().map(|tool| tool.name).collect();
        let expected: Vec<String> =
            plain.definitions().iter().map(|tool| format!("acme_{}", tool.name)).collect();
        assert_eq!(names, expected);
        let (name, given) = call(exposure, "books", "get", json!({"id": 7}), json!({}));
        tools.call(&format!("acme_{name}"), given.clone()).await.unwrap();
        let error = tools.call(&name, given).await.unwrap_err();
        assert_eq!(error.kind(), ToolErrorKind::UnknownTool);
        for wrong in ["", "1a", "a-b", "a b", &"a".repeat(17)] {
            assert!(plain.clone().prefix(wrong).is_err(), "{wrong}");
        }
    }
}
