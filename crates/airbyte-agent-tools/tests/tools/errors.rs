//! Errors that a model can act on.

use std::time::Duration;

use airbyte_agent_tools::{Exposure, Retry};
use serde_json::{Value, json};

use crate::library::{CANARY, EXPOSURES, call, library, tools};
use crate::server::{Answer, Server};

#[tokio::test]
async fn wrong_calls_are_told_what_to_correct() {
    let server = library().await;
    for exposure in EXPOSURES {
        for (entity, action, params, controls, said, argument) in [
            (
                "books",
                "list",
                json!({"state": "lost"}),
                json!({}),
                vec!["'state' must be one of in, out", "got 'lost'"],
                Some(("state", json!(["in", "out"]))),
            ),
            (
                "books",
                "list",
                json!({"stat": "in"}),
                json!({}),
                vec!["unknown argument 'stat'", "did you mean 'state'"],
                None,
            ),
            (
                "books",
                "get",
                json!({}),
                json!({}),
                vec!["missing required", "'id'", "id: Number of the book."],
                Some(("id", Value::Null)),
            ),
            (
                "books",
                "get",
                json!({"id": "seven"}),
                json!({}),
                vec!["'id' must be an integer"],
                Some(("id", Value::Null)),
            ),
            (
                "books",
                "create",
                json!({"title": "x", "pages": 0}),
                json!({}),
                vec!["'pages' must be at least 1"],
                Some(("pages", Value::Null)),
            ),
            (
                "books",
                "list",
                json!({}),
                json!({"max_records": "many"}),
                vec!["'max_records' must be a whole number"],
                Some(("max_records", Value::Null)),
            ),
            (
                "books",
                "update",
                json!({"id": 7}),
                json!({"clear": ["titel"]}),
                vec!["'titel' cannot be set to null"],
                Some(("clear", json!(["note"]))),
            ),
            // Digits may be lost by now.
            (
                "books",
                "create",
                json!({"title": 1_526_552_662.000_43}),
                json!({}),
                vec!["'title' must be a string", "in quotation marks and with all its digits"],
                None,
            ),
            (
                "books",
                "update",
                json!({"id": 422, "note": "x"}),
                json!({}),
                vec!["note: A note."],
                Some(("note", Value::Null)),
            ),
        ] {
            let (name, arguments) = call(exposure, entity, action, params, controls);
            let error = tools(&server, exposure).call(&name, arguments).await.unwrap_err();
            let text = error.to_string();
            for said in said {
                assert!(text.contains(said), "{said}: {text}");
            }
            assert_eq!((error.retry(), error.is_operator_problem()), (Retry::Changed, false));
            let told = error.to_json();
            assert_eq!(told["error"], "validation");
            if let Some((name, allowed)) = argument {
                assert_eq!(told["arguments"][0]["argument"], name, "{told}");
                let known = told["arguments"][0].get("allowed").cloned().unwrap_or_default();
                assert_eq!(known, allowed, "{told}");
            }
        }
    }
}

#[tokio::test]
async fn names_that_do_not_exist_are_answered_with_close_ones() {
    let server = library().await;
    for (exposure, name, arguments, said) in [
        (
            Exposure::PerOperation,
            "library_book_list",
            json!({}),
            "did you mean 'library_books_list'",
        ),
        (Exposure::PerConnector, "libary", json!({}), "did you mean 'library'"),
        (
            Exposure::PerConnector,
            "library",
            json!({}),
            "'entity' is missing; there are: books, covers",
        ),
        (
            Exposure::PerConnector,
            "library",
            json!({"entity": "book", "action": "list"}),
            "library has no entity 'book'; did you mean 'books'",
        ),
        (
            Exposure::PerConnector,
            "library",
            json!({"entity": "books", "action": "fetch"}),
            "library.books has no action 'fetch'; there are: list, create, search, get, delete, update",
        ),
        (Exposure::PerConnector, "library", json!({"entity": "books"}), "'action' is missing"),
        (Exposure::SearchExecute, "run", json!({}), "there is no tool 'run'"),
        (
            Exposure::SearchExecute,
            "execute",
            json!({"connector": "libary", "entity": "books", "action": "list"}),
            "there is no connector 'libary'; did you mean 'library'",
        ),
        (
            Exposure::SearchExecute,
            "describe",
            json!({"connector": "library", "entity": "boks"}),
            "did you mean 'books'",
        ),
        (Exposure::SearchExecute, "search", json!({}), "'query' is missing"),
        (Exposure::PerConnector, "library", json!([1]), "must be a JSON object"),
        (
            Exposure::PerConnector,
            "library",
            json!({"entity": "books", "action": "list", "params": [1]}),
            "'params' must be an object",
        ),
    ] {
        let error = tools(&server, exposure).call(name, arguments).await.unwrap_err();
        assert!(error.to_string().contains(said), "{said}: {error}");
        assert_eq!(error.retry(), Retry::Changed);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn failures_say_whether_and_when_to_try_again() {
    let server = library().await;
    for exposure in EXPOSURES {
        for (id, kind, retry, operator, said) in [
            (404, "not_found", Retry::Changed, false, "list or search"),
            (
                401,
                "authentication",
                Retry::Never,
                true,
                "the operator has to check the credentials and settings of account 'library'",
            ),
            (403, "permission", Retry::Never, true, "does not allow this with these credentials"),
            (500, "vendor", Retry::After(Duration::from_secs(5)), false, "try once more"),
        ] {
            let (name, arguments) = call(exposure, "books", "get", json!({"id": id}), json!({}));
            let error = tools(&server, exposure).call(&name, arguments).await.unwrap_err();
            let text = error.to_string();
            assert!(text.contains(said), "{text}");
            assert!(!text.contains(CANARY) && !format!("{error:?}").contains(CANARY));
            assert_eq!(error.kind().as_str(), kind, "{text}");
            assert_eq!((error.retry(), error.is_operator_problem()), (retry, operator), "{text}");
            assert_eq!(error.status(), Some(id));
        }
    }
}

#[tokio::test]
async fn a_vendor_that_asks_to_wait_is_quoted() {
    let mut answer = Answer::json(429, json!({}));
    answer = answer.header("retry-after", 70);
    let server = Server::script([answer]).await;
    let tools = tools(&server, Exposure::PerOperation);
    let error = tools.call("library_books_get", json!({"id": 7})).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(70)), "{error}");
    assert!(error.to_string().contains("Try again in 70 s."), "{error}");
    assert_eq!(error.to_json()["retry"], json!({"after_seconds": 70}));
}

#[tokio::test]
async fn texts_of_vendors_in_errors_are_clean() {
    let message = format!("no\u{200B} {CANARY} \u{202E}way\nat all");
    let server = Server::script([Answer::json(403, json!({"message": message}))]).await;
    let tools = tools(&server, Exposure::PerOperation);
    let error = tools.call("library_books_get", json!({"id": 7})).await.unwrap_err();
    let text = error.to_string();
    assert!(!text.contains(CANARY) && !text.contains(['\u{200B}', '\u{202E}', '\n']), "{text}");
    assert!(error.is_operator_problem());
}
