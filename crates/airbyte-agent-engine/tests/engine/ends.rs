//! How lists end: where a response leaves unsaid whether there is more, where a later page fails, and where
//! the vendor serves pages of another size.

use airbyte_agent_engine::ErrorKind;
use serde_json::{Value, json};

use crate::lists::{RECORDS, client, read_all};
use crate::server::{Answer, Server};

const TOKEN: &str = "x-agent-pagination: {cursor: {from: $.meta.next, into: cursor}, more: $.meta.has_more, size: {parameter: limit, default: 2}}";

#[tokio::test]
async fn a_list_whose_end_is_left_unsaid_is_no_whole_list() {
    let last = "x-agent-pagination: {last_record: {field: id, into: after}, more: $.has_more}";
    let token_alone =
        "x-agent-pagination: {cursor: {from: $.meta.next, into: cursor}, more: $.meta.next}";
    let two = json!([{"id": 0}, {"id": 1}]);
    let one = json!([{"id": 0}]);
    let none = json!([]);
    for (line, first, second, expected) in [
        // Neither the flag nor the token.
        (TOKEN, json!({"books": two}), None, "does not say whether there is more"),
        (TOKEN, json!({"books": two, "meta": null}), None, "does not say whether there is more"),
        // Signs of the end.
        (TOKEN, json!({"books": one}), None, ""),
        (TOKEN, json!({"books": none}), None, ""),
        (TOKEN, json!({"books": two, "meta": {"has_more": null}}), None, ""),
        (TOKEN, json!({"books": two, "meta": {"next": null}}), None, ""),
        (token_alone, json!({"books": two}), None, ""),
        // The token, or the last record, leads on without the flag.
        (TOKEN, json!({"books": two, "meta": {"next": "c"}}), Some(json!({"books": none})), ""),
        (last, json!({"books": two}), Some(json!({"books": none})), ""),
        (last, json!({"books": two, "has_more": false}), None, ""),
    ] {
        let pages: Vec<Value> = std::iter::once(first.clone()).chain(second).collect();
        let requests = pages.len();
        let server = Server::start(move |seen, _| {
            let is_later = seen.target.contains("cursor=") || seen.target.contains("after=");
            Answer::json(200, &pages[usize::from(is_later)])
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (_, error, _, _) = read_all(&client, &json!({}), None).await;
        match error {
            Some(error) => assert!(
                !expected.is_empty() && error.message().contains(expected),
                "{line} {first}: {error}"
            ),
            None => assert_eq!(expected, "", "{line} {first}"),
        }
        assert_eq!(server.seen().len(), 3 * requests, "{line} {first}");
    }
}

#[tokio::test]
async fn a_next_page_without_its_token_is_no_end() {
    let body = "x-agent-pagination: {cursor: {from: $.paging.next.after, into: cursor}}";
    let link = "x-agent-pagination: {link: {from: $.next.href, query: cursor, into: cursor}}";
    let whole = "x-agent-pagination: {cursor: {from: $.next, into: cursor}}";
    let field = "x-airbyte-meta-extractor: {token: $.next_page.token}\nx-agent-pagination: {cursor: {from: token, into: cursor}}";
    let inside = "x-airbyte-meta-extractor: {next: $.paging.next}\nx-agent-pagination: {cursor: {from: next.after, into: cursor}}";
    let beside = "x-agent-pagination: {cursor: {from: $.meta.after, into: cursor}}";
    let lacks = "has no `";
    for (lines, rest, expected) in [
        (body, json!({"paging": {"next": {}}}), ""),
        (body, json!({"paging": {"next": null}}), ""),
        (body, json!({"paging": {}}), ""),
        (body, json!({"paging": {"next": {"after": null}}}), ""),
        (body, json!({"paging": {"next": {"after": "", "link": null}}}), ""),
        (body, json!({"paging": {"next": {"link": "https://x.test/2"}}}), lacks),
        (body, json!({"paging": {"next": {"after": null, "link": "https://x.test/2"}}}), lacks),
        (link, json!({"next": {}}), ""),
        (link, json!({"next": {"page": 2}}), lacks),
        (whole, json!({"next": {}}), ""),
        (whole, json!({"next": {"after": null}}), ""),
        (whole, json!({"next": {"link": "https://x.test/2"}}), "not how to get it"),
        (field, json!({"next_page": {}}), ""),
        (field, json!({"next_page": {"uri": "/x"}}), lacks),
        (inside, json!({"paging": {"next": {"after": null}}}), ""),
        (inside, json!({"paging": {"next": {"link": "/x"}}}), lacks),
        // An object that is not that of a next page may hold anything.
        (beside, json!({"meta": {"count": 3, "after": null}}), ""),
    ] {
        let mut page = rest.clone();
        page["books"] = json!([{"id": 0}]);
        let server = Server::start(move |_, _| Answer::json(200, &page)).await;
        let client = client(&format!("{RECORDS}{lines}"), &server.url);
        let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
        assert_eq!(ids, [0], "{lines} {rest}");
        let message = error.map(|error| error.message().to_owned()).unwrap_or_default();
        let fits =
            if expected.is_empty() { message.is_empty() } else { message.contains(expected) };
        assert!(fits, "{lines} {rest}: {message}");
    }
}

#[tokio::test]
async fn a_failure_on_a_later_page_is_no_end() {
    let empty = "x-agent-empty: [{status: 404, message: 'No books found*'}]\n";
    let token = "x-agent-pagination: {cursor: {from: $.next, into: cursor}}";
    let page = "x-agent-pagination: {page: {into: page}}";
    for (line, is_end) in [(token, false), (page, true)] {
        let server = Server::start(|seen, _| {
            match seen.target.contains("cursor=") || seen.target.contains("page=2") {
                true => Answer::json(404, json!({"message": "No books found for the cursor"})),
                false => Answer::json(200, json!({"books": [{"id": 0}], "next": "c"})),
            }
        })
        .await;
        let client = client(&format!("{RECORDS}{empty}{line}"), &server.url);
        let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
        assert_eq!(ids, [0], "{line}");
        assert_eq!(error.is_none(), is_end, "{line}: {error:?}");
        if let Some(error) = error {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_no_empty_list_where_any_object_fits() {
    for (records, body, expected) in [
        ("$[*][*]", json!({"error": "boom"}), "boom"),
        ("$[*][*]", json!({"error": "boom", "message": "The site is closed"}), "closed"),
        ("$[*][*]", json!({"a": [], "b": []}), ""),
        ("$[*][*]", json!({}), ""),
        ("$.groups[*].books[*]", json!({"groups": [{"books": []}]}), ""),
    ] {
        let lines =
            format!("x-airbyte-record-extractor: '{records}'\nx-agent-pagination: {{none: All.}}");
        let server = Server::start(move |_, _| Answer::json(200, &body)).await;
        let (ids, error, _, _) = read_all(&client(&lines, &server.url), &json!({}), None).await;
        assert!(ids.is_empty());
        match error {
            Some(error) => {
                assert!(!expected.is_empty() && error.message().contains(expected), "{error}");
            }
            None => assert_eq!(expected, "", "{records}"),
        }
    }
}
