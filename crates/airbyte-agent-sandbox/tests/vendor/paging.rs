//! Lists are continued in every way that a description can demand.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{builder, get};

/// The next target, by body, `Link` header, last identifier and number of records so far.
type Continue = fn(&Value, Option<&str>, &str, usize) -> Option<String>;

#[tokio::test]
async fn every_way_of_paging_ends_with_all_records_once() {
    let sandbox = builder().start().await.unwrap();
    let cases: [(&str, &str, Continue); 5] = [
        ("/api/v1/users?limit=100", "/data/users", |body, _, _, _| {
            Some(format!("/api/v1/users?limit=100&after={}", body["page"]["next"].as_str()?))
        }),
        ("/api/v1/users/u1/orders?per_page=90", "", |_, link, _, _| {
            let url = link?.split(['<', '>']).nth(1)?;
            Some(url.strip_prefix("https://east.acme.test")?.to_owned())
        }),
        ("/api/v1/teams?count=80", "/teams", |body, _, _, seen| {
            let full = body["teams"].as_array()?.len() == 80;
            full.then(|| format!("/api/v1/teams?count=80&offset={seen}"))
        }),
        ("/api/v1/places", "/items", |body, _, _, seen| {
            let more = !body["isLast"].as_bool()?;
            more.then(|| format!("/api/v1/places?page={}", seen / 100 + 1))
        }),
        ("/api/v1/events?limit=99", "/events", |_, _, last, seen| {
            (seen % 99 == 0).then(|| format!("/api/v1/events?limit=99&starting_after={last}"))
        }),
    ];
    for (first, place, next) in cases {
        let (mut target, mut ids, mut seen) = (first.to_owned(), BTreeSet::new(), 0);
        loop {
            let answer = get(&sandbox, &target).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let body = answer.json();
            let mut last = String::new();
            for record in body.pointer(place).and_then(Value::as_array).unwrap() {
                let record = record.get("place").unwrap_or(record);
                last = record["id"].to_string().trim_matches('"').to_owned();
                ids.insert(last.clone());
                seen += 1;
            }
            match next(&body, answer.header("link"), &last, seen) {
                Some(following) => target = following,
                None => break,
            }
        }
        assert!((250..=300).contains(&seen), "{first}: {seen}");
        assert_eq!(ids.len(), seen, "{first}");
    }
    let total = get(&sandbox, "/api/v1/users").await.json()["page"]["total_count"].clone();
    assert!((250..=300).contains(&total.as_u64().unwrap()));
}
