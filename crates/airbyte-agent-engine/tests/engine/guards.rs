//! Lists that do not move, and lists of which nobody knows how they go on: never a loop and never a silent end.

use std::sync::atomic::{AtomicUsize, Ordering};

use airbyte_agent_engine::{Client, ErrorKind};
use serde_json::json;

use crate::lists::{CURSOR, LAST, LINK, PAGE, RECORDS, TOKEN, client, read_all};
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

/// Reads a list with the text of its last cursor only, as a model does: how many pages came, and how the list ends.
async fn read_by_cursors(client: &Client) -> (usize, String) {
    let mut cursor = None;
    for pages in 1..1_000 {
        let mut call = client.execute("books", "list", json!({}));
        if let Some(cursor) = cursor.take() {
            call = call.resume(cursor);
        }
        let Some(next) = call.await.unwrap().next else { return (pages, String::new()) };
        if let Some(reason) = next.dead_end() {
            return (pages, reason);
        }
        cursor = Some(next.to_string().parse().unwrap());
    }
    (1_000, "no end".to_owned())
}

#[tokio::test]
async fn circles_of_any_length_end_with_an_error_at_every_door() {
    for (line, period) in [TOKEN, CURSOR, LINK, PAGE, LAST]
        .into_iter()
        .flat_map(|line| [1, 2, 3, 50].map(|period| (line, period)))
    {
        // What is numbered or led on by records goes in circles by its records, the others by their ways on, and the
        // vendor writes the time into each record.
        let by_records = [PAGE, LAST].contains(&line);
        let requests = AtomicUsize::new(0);
        let server = Server::start(move |request, _| {
            let target = &request.target;
            let number = |name: &str| {
                let (_, rest) = target.split_once(name)?;
                rest.split('&').next()?.parse::<usize>().ok()
            };
            let at = ["cursor=", "token=", "n=", "page=", "after="].into_iter().find_map(number);
            // Each reading gets the same records.
            if at.is_none() {
                requests.store(0, Ordering::Relaxed);
            }
            let count = requests.fetch_add(1, Ordering::Relaxed);
            let at = at.map_or(0, |at| at % period);
            let next = (at + 1) % period;
            let id = if by_records { next } else { 1_000 + count };
            let next = if line == LINK { format!("/books?n={next}") } else { next.to_string() };
            Answer::json(
                200,
                json!({"books": [{"id": 100_000}, {"id": id}], "more": true, "next": next}),
            )
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
        let error = error.unwrap_or_else(|| panic!("{line}: the end is silent"));
        assert_eq!(error.kind(), ErrorKind::Vendor, "{line} {period}: {error}");
        assert!(error.message().contains("twice"), "{line} {period}: {error}");
        assert!(error.message().contains("overlay"), "{line} {period}: {error}");
        // A stream knows all ways on, and stops before anything comes again.
        let most = if line == PAGE { 4 * period + 4 } else { period + 1 };
        assert!(ids.len() <= 2 * most, "{line} {period}: {} records", ids.len());
        let (pages, reason) = read_by_cursors(&client).await;
        assert!(reason.contains("twice"), "{line} {period}: {reason}");
        assert!(pages <= 4 * period + 4, "{line} {period}: {pages} pages");
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
