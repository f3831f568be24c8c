//! Lists that do not move, and lists of which nobody knows how they go on: never a loop and never a silent end.

use airbyte_agent_engine::ErrorKind;
use serde_json::json;

use crate::lists::{CURSOR, LINK, RECORDS, TOKEN, client, read_all};
use crate::server::{Answer, Server};

#[tokio::test]
async fn a_page_that_comes_again_under_a_new_token_or_address_is_told() {
    for line in [TOKEN, CURSOR, LINK] {
        let server = Server::start(move |_, count| {
            let next = if line == LINK { format!("/books?n={count}") } else { format!("t{count}") };
            let body = json!({"books": [{"id": 7}, {"id": 8}], "more": true, "next": next});
            Answer::json(200, body)
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, cursor, _) = read_all(&client, &json!({}), None).await;
        let error = error.unwrap_or_else(|| panic!("{line}: the end is silent"));
        assert_eq!((ids.len(), error.kind()), (4, ErrorKind::Vendor), "{line}: {error}");
        assert!(error.message().contains("same page twice"), "{line}: {error}");
        // Pages, items and records of a type are read, one after the other.
        assert_eq!((cursor, server.seen().len()), (None, 6), "{line}");
    }
}

#[tokio::test]
async fn a_list_of_which_nobody_knows_how_it_continues_says_so_behind_its_page() {
    let line = "x-agent-pagination: {unknown: A second page would show it., more: $.more}";
    let without = "x-agent-pagination: {unknown: A second page would show it.}";
    for (line, body, is_cut) in [
        (without, json!({"books": [{"id": 0}]}), true),
        (without, json!({"books": []}), false),
        (line, json!({"books": [{"id": 0}], "more": true}), true),
        (line, json!({"books": [{"id": 0}], "more": false}), false),
    ] {
        let answer = body.clone();
        let server = Server::start(move |_, _| Answer::json(200, answer.clone())).await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
        assert_eq!(ids.len(), body["books"].as_array().unwrap().len());
        assert_eq!((error.is_some(), server.seen().len()), (is_cut, 3), "{body}");
        if let Some(error) = error {
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(error.message().contains("A second page would show it."), "{error}");
            assert!(error.message().contains("x-agent-pagination"), "{error}");
        }
    }
}
