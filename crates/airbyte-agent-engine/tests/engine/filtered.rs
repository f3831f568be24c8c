//! Lists by offset out of whose pages the vendor leaves records.

use serde_json::{Value, json};

use crate::lists::{RECORDS, client, read_all};
use crate::server::{Answer, Server};

#[tokio::test]
async fn an_offset_counts_records_that_the_vendor_leaves_out() {
    let server = Server::start(|seen, _| {
        let query = seen.target.split_once("offset=").map_or("0", |(_, rest)| rest);
        let offset: u64 = query.split('&').next().unwrap_or_default().parse().unwrap();
        // Of every page of three the vendor shows the records with odd numbers.
        let shown = (offset..(offset + 3).min(7)).filter(|id| id % 2 == 1);
        let books: Vec<Value> = shown.map(|id| json!({"id": id})).collect();
        Answer::json(200, json!({"books": books}))
    })
    .await;
    let size = "size: {parameter: limit, default: 3, filtered: true}";
    let lines = format!("{RECORDS}x-agent-pagination: {{offset: {{into: offset}}, {size}}}");
    let (ids, error, _, _) = read_all(&client(&lines, &server.url), &json!({}), None).await;
    assert_eq!(ids, [1, 3, 5]);
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test]
async fn no_record_is_passed_over_where_pages_are_filtered_and_lowered() {
    type Shows = fn(u64) -> bool;
    let odd: Shows = |id| id % 2 == 1;
    let late: Shows = |id| !(3..6).contains(&id) && id != 0;
    let few: Shows = |id| id % 5 == 4;
    let all: Shows = |_| true;
    for (shows, arguments, lowered) in [
        // The vendor serves at most three, of which it shows a part.
        (odd, json!({"limit": 50}), 3),
        (late, json!({"limit": 50}), 4),
        (few, json!({"limit": 50}), 5),
        (all, json!({"limit": 50}), 3),
        // It serves what was requested.
        (odd, json!({"limit": 50}), 50),
        (odd, json!({"limit": 7}), 50),
        (few, json!({"limit": 10}), 50),
        (odd, json!({}), 3),
    ] {
        let server = Server::start(move |seen, _| {
            let number = |name: &str| {
                let value = seen.target.split_once(name)?.1.strip_prefix('=')?;
                value.split('&').next()?.parse::<u64>().ok()
            };
            let offset = number("offset").unwrap_or(0);
            let size = number("limit").unwrap_or(3).min(lowered);
            let ids = (offset..(offset + size).min(40)).filter(|id| shows(*id));
            let books: Vec<Value> = ids.map(|id| json!({"id": id})).collect();
            Answer::json(200, json!({"books": books}))
        })
        .await;
        let size = "size: {parameter: limit, default: 3, maximum: 50, filtered: true}";
        let lines = format!("{RECORDS}x-agent-pagination: {{offset: {{into: offset}}, {size}}}");
        let client = client(&lines, &server.url);
        let expected: Vec<i64> = (0..40).filter(|id| shows(*id)).map(u64::cast_signed).collect();
        let (ids, error, _, _) = read_all(&client, &arguments, None).await;
        assert_eq!(ids, expected, "{arguments} lowered to {lowered}");
        assert!(error.is_none(), "{arguments} lowered to {lowered}: {error:?}");
        // Whoever wants less goes on behind it.
        for most in 1..6 {
            let mut call = client.execute("books", "list", arguments.clone()).into_call().unwrap();
            let mut ids = Vec::new();
            loop {
                let mut items = call.clone().items::<Value>().max(most);
                while let Some(book) = items.try_next().await.unwrap() {
                    ids.extend(book["id"].as_i64());
                }
                let Some(cursor) = items.cursor().cloned() else { break };
                call.resume(cursor);
            }
            assert_eq!(ids, expected, "{arguments} lowered to {lowered}, {most} at once");
        }
    }
}

#[tokio::test]
async fn a_filtered_list_that_does_not_move_is_cut() {
    let server = Server::start(|_, _| Answer::json(200, json!({"books": [{"id": 1}]}))).await;
    let size = "size: {parameter: limit, default: 3, maximum: 50, filtered: true}";
    let lines = format!("{RECORDS}x-agent-pagination: {{offset: {{into: offset}}, {size}}}");
    for arguments in [json!({"limit": 50}), json!({"limit": 10}), json!({})] {
        let client = client(&lines, &server.url);
        let (ids, error, _, _) = read_all(&client, &arguments, None).await;
        assert_eq!(ids.first(), Some(&1));
        let message = error.unwrap().message().to_owned();
        assert!(message.contains("the same page twice"), "{message}");
    }
}
