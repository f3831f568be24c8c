//! Arguments as models write them, and what is sent for them.

use airbyte_agent_description::build::{STRING, header};
use airbyte_agent_tools::{ClientTools as _, Exposure};
use serde_json::{Value, json};

use crate::library::{EXPOSURES, call, client_of, description, library, tools};

#[tokio::test]
async fn what_is_meant_is_sent() {
    for exposure in EXPOSURES {
        for (entity, action, params, controls, target, body) in [
            ("books", "list", json!({"state": "in"}), json!({}), "/books?state=in", ""),
            ("books", "list", json!({"tags": "a"}), json!({}), "/books?tags=a", ""),
            ("books", "list", json!({"state": null}), json!({"cursor": null}), "/books", ""),
            ("books", "list", json!({}), json!({"max_records": 3}), "/books?limit=3", ""),
            ("books", "list", json!({}), json!({"max_records": "3"}), "/books?limit=3", ""),
            ("books", "list", json!({"limit": 2}), json!({}), "/books?limit=2", ""),
            ("books", "list", json!({}), json!({"cursor": "tok-50"}), "/books?after=tok-50", ""),
            ("books", "get", json!({"id": "7"}), json!({}), "/books/7", ""),
            ("books", "create", json!({"title": 1984}), json!({}), "/books", r#"{"title":"1984"}"#),
            (
                "books",
                "create",
                json!({"title": "x", "author": "{\"name\": \"Ann\", \"born\": null}", "pages": 3.0}),
                json!({}),
                "/books",
                r#"{"title":"x","author":{"name":"Ann"},"pages":3}"#,
            ),
            (
                "books",
                "update",
                json!({"id": 7, "note": null, "title": "t"}),
                json!({}),
                "/books/7",
                r#"{"title":"t"}"#,
            ),
            (
                "books",
                "update",
                json!({"id": 7}),
                json!({"clear": ["note"]}),
                "/books/7",
                r#"{"note":null}"#,
            ),
            (
                "books",
                "create",
                json!({"title": "x"}),
                json!({"clear": "author.born"}),
                "/books",
                r#"{"title":"x","author":{"born":null}}"#,
            ),
            ("loans", "list", json!({"fields": "a,b"}), json!({}), "/loans?fields=a%2Cb", ""),
        ] {
            let server = library().await;
            let (name, arguments) = call(exposure, entity, action, params, controls);
            let said = arguments.to_string();
            tools(&server, exposure).call(&name, arguments).await.unwrap();
            let seen = server.seen();
            assert_eq!(seen[0].target.replace("%2C", ","), target.replace("%2C", ","), "{said}");
            let sent: Value = serde_json::from_str(&seen[0].body).unwrap_or_default();
            assert_eq!(sent, serde_json::from_str::<Value>(body).unwrap_or_default(), "{said}");
        }
    }
}

#[tokio::test]
async fn arguments_are_understood_in_every_form() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerConnector);
    for arguments in [
        json!({"entity": "books", "action": "get", "params": {"id": 7}}),
        json!({"entity": "books", "action": "get", "params": "{\"id\": 7}"}),
        json!({"entity": "books", "action": "get", "id": 7}),
        json!({"entity": "books.get", "params": {"id": 7}}),
        json!({"action": "books.get", "params": {"id": 7}}),
        json!("{\"entity\": \"books\", \"action\": \"get\", \"params\": {\"id\": 7}}"),
        json!({"entity": "books", "action": "get", "params": {"id": 7, "fields": ["id"]}}),
    ] {
        let output = tools.call("Library", arguments.clone()).await.unwrap();
        assert_eq!(output.structured["data"]["id"], 7, "{arguments}");
    }
    assert!(server.seen().iter().all(|request| request.target == "/books/7"));
}

#[tokio::test]
async fn a_control_gives_way_to_a_parameter_of_its_name() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerOperation);
    let arguments = json!({"format": "hardcover", "result_format": "tsv"});
    let output = tools.call("library_books_list", arguments).await.unwrap();
    assert_eq!(server.seen()[0].target, "/books?format=hardcover");
    assert!(output.text.starts_with("id\ttitle"), "{}", output.text);
    let shown = tools.definitions();
    let list = shown.iter().find(|tool| tool.name == "library_books_list").unwrap();
    let names: Vec<&String> = list.input_schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "state",
            "format",
            "tags",
            "fields",
            "exclude_fields",
            "result_format",
            "cursor",
            "max_records",
            "count_only"
        ]
    );
    assert_eq!(
        list.description,
        "Library: List books. Returns books, newest first. Use it to browse."
    );
}

#[tokio::test]
async fn a_vendor_is_asked_for_fields_that_it_does_not_send_by_itself() {
    for (fields, sent) in [
        (json!(["id", "books.title"]), "id name books { title }"),
        (json!(["*"]), "id name books { title }"),
        (json!(["id", "color"]), "id color"),
    ] {
        let server = library().await;
        let (name, arguments) =
            call(Exposure::PerOperation, "shelves", "list", json!({}), json!({"fields": fields}));
        tools(&server, Exposure::PerOperation).call(&name, arguments).await.unwrap();
        let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
        let query =
            body["query"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(query, format!("query {{ shelves {{ {sent} }} }}"));
    }
}

#[tokio::test]
async fn search_finds_describe_tells_and_execute_runs() {
    let server = library().await;
    let tools = tools(&server, Exposure::SearchExecute);
    let found = tools.call("search", json!({"query": "search books"})).await.unwrap();
    assert!(found.text.contains("library books.search(query): Search books"), "{}", found.text);
    let told = tools
        .call("describe", json!({"connector": "Library", "entity": "books", "action": "list"}))
        .await
        .unwrap();
    for line in [
        "books: A book of the library.",
        "books.list: List books. Returns books, newest first. Use it to browse.",
        "  state (in|out): Only these.",
        "  tags (array of string): Only with these.",
    ] {
        assert!(told.text.contains(line), "{line}\n{}", told.text);
    }
    assert!(!told.text.contains("after"), "{}", told.text);
    let nothing = tools.call("search", json!({"query": "qqqq"})).await.unwrap();
    assert!(nothing.text.contains("Nothing found"), "{}", nothing.text);
    assert!(server.seen().is_empty());
}

/// Headers are the matter of programs, and texts point only to what is there.
#[tokio::test]
async fn what_a_model_cannot_use_is_not_told() {
    let mut description = description();
    let books = description.entities.to_mut().iter_mut().find(|entity| entity.name == "books");
    for operation in books.unwrap().operations.to_mut() {
        operation.parameters.to_mut().push(header("x-trace", STRING));
        operation.description =
            "First. See `gone.list` for more. See `loans.list` for loans. Last.".into();
    }
    let tools = client_of("http://127.0.0.1:1", description).tools();
    let list = tools.clone().exposure(Exposure::PerOperation);
    let definition = list.definition("library_books_list").unwrap();
    assert!(definition.input_schema["properties"].get("x-trace").is_none());
    let said = &definition.description;
    assert!(said.ends_with("First. See `loans.list` for loans. Last."), "{said}");
    let help = json!({"entity": "books", "action": "help"});
    let help = tools.exposure(Exposure::PerConnector).call("library", help).await.unwrap().text;
    assert!(!help.contains("gone.list") && !help.contains("x-trace"), "{help}");
    // Members of any depth are described.
    assert!(help.contains("    .name (string)") && help.contains("    .born (integer)"), "{help}");
}
