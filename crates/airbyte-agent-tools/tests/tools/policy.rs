//! Nothing in a call widens what the operator permits, in no exposure and under no name.

use airbyte_agent_tools::{ClientTools as _, Exposure, Policy, ToolErrorKind, Toolset};
use serde_json::{Value, json};

use crate::library::{EXPOSURES, call, client, description, library, tools};

/// Operations and whether each policy permits them.
#[test]
fn policies_permit_what_they_say() {
    let plain = Policy::default;
    for (policy, expected) in [
        (plain(), "list create search get delete update download list create list"),
        (plain().read_only(), "list search get download list list"),
        (plain().allow("books.*").unwrap(), "list create search get delete update"),
        (plain().allow("*.list").unwrap(), "list list list"),
        (
            plain().deny("*.delete").unwrap().deny("books.update").unwrap(),
            "list create search get download list create list",
        ),
        (
            plain().allow("books.*").unwrap().deny("*.create").unwrap().read_only(),
            "list search get",
        ),
        (
            plain().deny("books.api_search").unwrap().allow("books.*").unwrap().read_only(),
            "list get",
        ),
        (plain().allow("library:books.get").unwrap(), "get"),
        (plain().allow("other:books.get").unwrap(), ""),
        (plain().deny("other:*").unwrap().allow("loans.*").unwrap(), "list create"),
    ] {
        let connector = description();
        let permitted: Vec<&str> = connector
            .operations()
            .filter(|operation| policy.permits_in("library", operation))
            .map(|operation| operation.action.as_str())
            .collect();
        assert_eq!(permitted.join(" "), expected, "{policy:?}");
        // Without a connector's name a policy permits no more than with it.
        for operation in connector.operations().filter(|op| policy.permits(op)) {
            assert!(policy.permits_in("library", operation), "{policy:?} {}", operation.place());
        }
    }
}

#[test]
fn what_may_read_any_kind_of_record_has_to_be_named() {
    let plain = Policy::default;
    for (policy, expected) in [
        (plain(), true),
        (plain().read_only(), true),
        (plain().allow("*").unwrap(), true),
        (plain().allow("*.list").unwrap(), true),
        (plain().allow("library:*.*").unwrap(), true),
        (plain().allow("books.*").unwrap(), false),
        (plain().allow("book?.list").unwrap(), false),
        (plain().allow("b*.list").unwrap(), false),
        (plain().allow("library:books.*").unwrap(), false),
        (plain().allow("books.list").unwrap(), true),
        (plain().allow("books.*").unwrap().allow("library:books.list").unwrap(), true),
        (plain().allow("books.list").unwrap().deny("books.*").unwrap(), false),
        (plain().allow("loans.*").unwrap(), false),
    ] {
        let connector = description();
        let list = connector.operations().find(|operation| operation.place() == "books.list");
        let mut list = list.unwrap().clone();
        list.reads_any = true;
        assert_eq!(policy.permits_in("library", &list), expected, "{policy:?}");
    }
}

#[test]
fn patterns_that_match_nothing_are_found() {
    let policy = Policy::default().allow("books.*").unwrap().deny("bokos.*").unwrap();
    let connector = description();
    assert_eq!(policy.unmatched(&[&connector]), ["bokos.*"]);
}

/// Every way to name an operation that changes something.
fn attempts(exposure: Exposure) -> Vec<(String, Value)> {
    let mut attempts = Vec::new();
    let params = json!({"title": "x"});
    for (entity, action, params) in [
        ("books", "create", params.clone()),
        ("books", "update", json!({"id": 7, "title": "x"})),
        ("books", "delete", json!({"id": 7})),
    ] {
        let mut add = |controls: Value| {
            attempts.push(call(exposure, entity, action, params.clone(), controls));
        };
        add(json!({}));
        for name in ["read_only", "policy", "allow", "exposure", "_airbyte_policy", "hints"] {
            add(json!({name: false}));
            add(json!({name: ["*"]}));
        }
        add(json!({"policy": {"read_only": false, "allow": ["*"]}}));
        add(json!({"account": "library"}));
        add(json!({"connector": "library"}));
    }
    if exposure == Exposure::PerOperation {
        for alias in [
            "Library_Books_Create",
            "library-books-create",
            "library.books.create",
            "libraryBooksCreate",
            "library__books__create",
            "execute",
            "library",
        ] {
            attempts.push((
                alias.to_owned(),
                json!({"connector": "library", "entity": "books", "action": "create",
                           "params": params, "title": "x"}),
            ));
        }
    } else {
        for (entity, action) in [
            ("books.create", ""),
            ("", "books.create"),
            ("books", "books.create"),
            ("books.list", "books.create"),
            ("loans", "books.delete"),
        ] {
            let mut arguments = json!({
                "connector": "library", "entity": entity, "action": action,
                "params": {"title": "x", "id": 7},
            });
            let name = if exposure == Exposure::SearchExecute { "execute" } else { "library" };
            attempts.push((name.to_owned(), arguments.clone()));
            attempts.push((name.to_uppercase(), arguments.clone()));
            arguments["params"] = json!({"entity": "books", "action": "create", "title": "x"});
            attempts.push((name.to_owned(), arguments));
        }
        // Arguments inside arguments.
        let (name, mut arguments) =
            call(exposure, "books", "list", json!({"action": "create", "title": "x"}), json!({}));
        arguments["params"]["entity"] = "books".into();
        attempts.push((name, arguments));
        attempts.push(("library_books_create".to_owned(), json!({"title": "x"})));
    }
    attempts
}

async fn nothing_is_written(tools: &Toolset, exposure: Exposure) {
    for (name, arguments) in attempts(exposure) {
        // Some of the calls read by accident; none may write.
        let Ok(plan) = tools.plan(&name, arguments.clone()) else {
            assert!(tools.call(&name, arguments.clone()).await.is_err(), "{name} {arguments}");
            continue;
        };
        assert!(!plan.effect().is_change(), "{name} {arguments}");
        if let Some(target) = plan.target() {
            assert!(target.operation.hints.read_only, "{name} {arguments}");
        }
        let _ = plan.run().await;
    }
}

#[tokio::test]
async fn read_only_cannot_be_widened_in_any_exposure() {
    for exposure in EXPOSURES {
        let server = library().await;
        for restricted in [
            tools(&server, exposure).policy(Policy::default().read_only()),
            Toolset::empty()
                .add_with("library", client(&server.url), Policy::default().read_only())
                .unwrap()
                .exposure(exposure),
            // The account's own policy does not widen the common one, nor the other way round.
            Toolset::empty()
                .add_with("library", client(&server.url), Policy::default().allow("*").unwrap())
                .unwrap()
                .policy(Policy::default().read_only())
                .exposure(exposure),
            tools(&server, exposure).policy(Policy::default().allow("*.list").unwrap()),
        ] {
            nothing_is_written(&restricted, exposure).await;
        }
        for request in server.seen() {
            assert!(request.body.is_empty(), "{exposure:?}: {} {}", request.target, request.body);
            assert_ne!(request.method, "DELETE", "{exposure:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_permitted_is_not_shown_and_refused_with_a_reason() {
    let server = library().await;
    for exposure in EXPOSURES {
        let policy = Policy::default().read_only().deny("loans.*").unwrap();
        let tools = tools(&server, exposure).policy(policy);
        let shown = serde_json::to_string(&tools.definitions()).unwrap();
        assert!(!shown.contains("loans") && !shown.contains("create"), "{exposure:?} {shown}");
        assert!(tools.definitions().iter().all(|tool| tool.hints.read_only));
        for (entity, action, reason) in [
            ("books", "delete", "only reading is permitted"),
            ("loans", "list", "policy excludes it"),
        ] {
            let (name, arguments) = call(exposure, entity, action, json!({"id": 7}), json!({}));
            let error = tools.call(&name, arguments).await.unwrap_err();
            assert_eq!(error.kind(), ToolErrorKind::NotPermitted);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn search_and_help_do_not_tell_of_what_is_not_permitted() {
    let server = library().await;
    let policy = || Policy::default().read_only();
    let tools = |exposure| tools(&server, exposure).policy(policy());
    let search = tools(Exposure::SearchExecute);
    for (name, arguments) in [
        ("search", json!({"query": "delete a book"})),
        ("describe", json!({"connector": "library"})),
        ("describe", json!({"connector": "library", "entity": "books"})),
    ] {
        let told = search.call(name, arguments).await.unwrap();
        assert!(!told.text.contains("delete") && !told.text.contains("create"), "{}", told.text);
    }
    let help = json!({"entity": "books", "action": "help"});
    let told = tools(Exposure::PerConnector).call("library", help).await.unwrap();
    assert!(
        told.text.contains("books.list") && !told.text.contains("books.update"),
        "{}",
        told.text
    );
}

#[test]
fn hints_say_what_a_tool_may_do_at_worst() {
    let tools = client("http://127.0.0.1:1").tools();
    let operations = tools.clone().exposure(Exposure::PerOperation);
    for (name, read_only, destructive, idempotent) in [
        ("library_books_list", true, false, true),
        ("library_books_create", false, false, false),
        // What an update overwrites is gone.
        ("library_books_update", false, true, true),
        ("library_books_delete", false, true, true),
    ] {
        let hints = operations.definition(name).unwrap().hints;
        let found = (hints.read_only, hints.destructive, hints.idempotent);
        assert_eq!(found, (read_only, destructive, idempotent), "{name}");
    }
    let all = tools.exposure(Exposure::SearchExecute);
    let execute = |tools: &Toolset| tools.definition("execute").unwrap().hints;
    assert!(!execute(&all).read_only && execute(&all).destructive && !execute(&all).idempotent);
    let reading = execute(&all.policy(Policy::default().read_only()));
    assert!(reading.read_only && !reading.destructive && reading.idempotent);
}
