//! Lists: their ends, their totals, what vendors report beside them, and parts of their pages. Every case
//! is read as plain JSON and as records of a type.

use airbyte_agent_engine::description::Connector;
use airbyte_agent_engine::{Client, Credentials, Error, ErrorKind, Items, Local, record};
use serde_json::{Value, json};

use crate::acme::impatient;
use crate::server::{Answer, Server};

record! {
    pub struct Book {
        pub id: i64,
        pub scores: Vec<i64>,
        pub size: i64,
        pub tags: std::collections::BTreeMap<String, String>,
    }
}

/// A connector with one list, `books`, whose operation has these lines, and a `get`.
pub fn connector(lines: &str) -> Connector {
    let operation: String =
        lines.trim().lines().map(|line| format!("      {}\n", line.trim())).collect();
    let query: String = ["offset", "page", "limit", "after", "before", "start", "cursor"]
        .iter()
        .map(|name| {
            let kind =
                if ["after", "before", "cursor"].contains(name) { "string" } else { "integer" };
            format!("        - {{name: {name}, in: query, schema: {{type: {kind}}}}}\n")
        })
        .collect();
    let responses = "      responses: {'200': {description: Books.}}\n";
    let responses = if lines.contains("responses:") { "" } else { responses };
    let text = format!(
        r"openapi: 3.1.0
info:
  title: Shelf
  version: 1.0.0
  x-airbyte-connector-name: shelf
  x-airbyte-connector-definition-id: 00000000-0000-4000-8000-000000000001
  x-agent-error-code: $.code
  x-agent-error-kinds: {{busy: unavailable, slow: rate_limited}}
servers:
  - url: '{{origin}}'
    variables:
      origin: {{default: 'https://shelf.test'}}
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
paths:
  /books:
    get:
      x-airbyte-entity: books
      x-airbyte-action: list
{operation}      parameters:
{query}{responses}  /books/{{id}}:
    get:
      x-airbyte-entity: books
      x-airbyte-action: get
      x-airbyte-record-extractor: $.book
      parameters:
        - {{name: id, in: path, required: true, schema: {{type: integer}}}}
      responses: {{'200': {{description: A book.}}}}
"
    );
    airbyte_agent_spec::Spec::parse(&text)
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

pub const RECORDS: &str = "x-airbyte-record-extractor: $.books\n";

pub fn client(lines: &str, url: &str) -> Client {
    let credentials = Credentials::new().field("token", "t");
    let local = Local::new(credentials).config("origin", url).retry(impatient());
    Client::local(connector(lines), local).unwrap()
}

fn books(from: u64, to: u64) -> Value {
    (from..to).map(|id| json!({"id": id})).collect()
}

/// A vendor with `total` books in pages of at most `most`, which begin behind so many as the query says.
async fn shelf(total: u64, most: u64, rest: fn(u64, u64) -> Value) -> Server {
    Server::start(move |request, _| {
        let number = |name: &str| {
            let query = request.target.split_once('?')?.1;
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(known, _)| *known == name).find_map(|(_, value)| value.parse().ok())
        };
        let size = number("limit").unwrap_or(2).min(most);
        let page = number("page").map(|page: u64| (page - 1) * size);
        let start =
            number("offset").or(page).or(number("after").map(|last: u64| last + 1)).unwrap_or(0);
        let end = (start + size).min(total);
        let mut body = rest(total, end);
        body["books"] = books(start.min(total), end);
        Answer::json(200, body)
    })
    .await
}

/// What a list gives: the numbers of its books, and how it ends.
async fn read<T>(
    mut items: Items<T>,
    id: fn(&T) -> Option<i64>,
) -> (Vec<i64>, Option<Error>, Items<T>) {
    let mut ids = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(book)) => ids.extend(id(&book)),
            Ok(None) => return (ids, None, items),
            Err(error) => return (ids, Some(error), items),
        }
    }
}

/// The list through the entry points for plain JSON and for types, which agree.
pub async fn read_all(
    client: &Client,
    arguments: &Value,
    max: Option<usize>,
) -> (Vec<i64>, Option<Error>, Option<airbyte_agent_engine::Cursor>, Vec<Value>) {
    let call = || client.execute("books", "list", arguments.clone()).into_call().unwrap();
    let most = max.unwrap_or(usize::MAX);
    let (typed, typed_error, typed_items) = read(call().items::<Book>().max(most), |b| b.id).await;
    let (plain, plain_error, plain_items) =
        read(call().items::<Value>().max(most), |b| b["id"].as_i64()).await;
    let mut pages = call().outcomes().max(most);
    let (mut ids, mut error) = (Vec::new(), None);
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                let records = page.data.as_array().unwrap();
                ids.extend(records.iter().filter_map(|record| record["id"].as_i64()));
            }
            Ok(None) => break,
            Err(failure) => {
                error = Some(failure);
                break;
            }
        }
    }
    assert_eq!((&typed, &plain), (&ids, &ids));
    let message = |error: &Option<Error>| error.as_ref().map(|error| error.message().to_owned());
    assert_eq!(message(&typed_error), message(&error));
    assert_eq!(message(&plain_error), message(&error));
    assert_eq!(typed_items.cursor(), pages.cursor());
    assert_eq!(plain_items.errors(), pages.errors());
    assert_eq!(typed_items.errors(), pages.errors());
    (ids, error, pages.cursor().cloned(), pages.errors().to_vec())
}

pub const OFFSET: &str =
    "x-agent-pagination: {offset: {into: offset}, size: {parameter: limit, default: 2}}";
const SERVED: &str = "x-agent-pagination: {offset: {into: offset}, size: {parameter: limit, default: 2, served: $.size}}";
pub const PAGE: &str =
    "x-agent-pagination: {page: {into: page}, size: {parameter: limit, default: 2}}";
const MOST: &str = "x-agent-pagination: {offset: {into: offset}, size: {parameter: limit, default: 2, maximum: 100}}";
const TOTAL: &str = "x-agent-total: $.total";

#[tokio::test]
async fn counted_lists_are_read_to_their_end() {
    let total = |total: u64, _: u64| json!({"total": total});
    let size = |_: u64, _: u64| json!({"size": 3});
    let nothing = |_: u64, _: u64| json!({});
    type Rest = fn(u64, u64) -> Value;
    let cases: [(&[&str], Rest, Value, usize); 9] = [
        (&[OFFSET, TOTAL], total, json!({"limit": 50}), 3),
        (&[PAGE, TOTAL], total, json!({"limit": 50}), 3),
        (&[SERVED], size, json!({"limit": 50}), 4),
        (&[OFFSET], nothing, json!({"limit": 50}), 4),
        (&[PAGE], nothing, json!({"limit": 50}), 4),
        (&[OFFSET], nothing, json!({"limit": 1}), 8),
        // A short page may be a filtered one: only an empty page ends the list.
        (&[OFFSET], nothing, json!({}), 5),
        (&[PAGE], nothing, json!({}), 5),
        (&[MOST], nothing, json!({"limit": 50}), 4),
    ];
    for (keys, rest, arguments, requests) in cases {
        let server = shelf(7, 3, rest).await;
        let lines = format!("{RECORDS}{}", keys.join("\n"));
        let client = client(&lines, &server.url);
        let (ids, error, _, _) = read_all(&client, &arguments, None).await;
        assert_eq!(ids, (0..7).collect::<Vec<_>>(), "{lines} {arguments}");
        assert!(error.is_none(), "{lines}: {error:?}");
        // Each of the three ways to read it sends the same requests.
        assert_eq!(server.seen().len(), 3 * requests, "{lines} {arguments}");
    }
}

#[tokio::test]
async fn of_addresses_with_relations_that_of_the_next_page_is_followed() {
    let server = Server::start(move |request, _| {
        let is_second = request.target.contains("page=2");
        let mut links = vec![json!({"rel": "self", "href": request.target})];
        if !is_second {
            links.push(json!({"rel": "next", "href": "/books?page=2"}));
        }
        Answer::json(200, json!({"books": [{"id": u8::from(is_second)}], "next": links}))
    })
    .await;
    let client = client(&format!("{RECORDS}{LINK}"), &server.url);
    let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
    assert_eq!(ids, [0, 1]);
    assert!(error.is_none(), "{error:?}");
}

pub const CURSOR: &str = "x-agent-pagination: {cursor: {from: $.next, into: cursor}, more: $.more, size: {parameter: limit}}";
pub const TOKEN: &str = "x-agent-pagination: {cursor: {from: $.next, into: cursor}}";
pub const LINK: &str = "x-agent-pagination: {link: {from: $.next}}";
const FLAG: &str = "x-agent-pagination: {offset: {into: offset}, more: $.more}";
const DONE: &str = "x-agent-pagination: {cursor: {from: $.next, into: cursor}, done: $.last}";
pub const LAST: &str = "x-agent-pagination: {last_record: {field: id, into: after}, more: $.more}";

#[tokio::test]
async fn a_list_that_is_cut_is_told() {
    for (line, pages, count, part) in [
        (
            CURSOR,
            vec![json!({"books": [{"id": 0}], "more": true, "next": null})],
            1,
            "not how to get it",
        ),
        (
            DONE,
            vec![json!({"books": [{"id": 0}], "last": false, "next": null})],
            1,
            "not how to get it",
        ),
        (
            LAST,
            vec![
                json!({"books": [{"name": "x", "id": null}, {"id": 0}], "more": true}),
                json!({"books": [], "more": true}),
            ],
            1,
            "not how to get it",
        ),
        (
            CURSOR,
            vec![
                json!({"books": [{"id": 0}], "more": true, "next": "a"}),
                json!({"books": [{"id": 1}], "more": true, "next": "a"}),
            ],
            2,
            "same cursor twice",
        ),
        (
            LAST,
            vec![
                json!({"books": [{"id": 0}], "more": true}),
                json!({"books": [{"id": 0}], "more": true}),
            ],
            2,
            "same cursor twice",
        ),
        (
            CURSOR,
            vec![json!({"books": [{"id": 0}], "next": {"id": "5"}, "more": true})],
            1,
            "not how",
        ),
        (TOKEN, vec![json!({"books": [{"id": 0}], "next": {"id": "5"}})], 1, "not how to get it"),
        (TOKEN, vec![json!({"books": [{"id": 0}], "next": ["a"]})], 1, "not how to get it"),
        (LINK, vec![json!({"books": [{"id": 0}], "next": {"url": "/2"}})], 1, "not how to get it"),
        (
            LINK,
            vec![json!({"books": [{"id": 0}], "next": "https://evil.test/2"})],
            1,
            "another host",
        ),
        (OFFSET, vec![json!({"books": [{"id": 0}]})], 2, "same page twice"),
        (PAGE, vec![json!({"books": [{"id": 0}], "time": 7})], 2, "same page twice"),
        (FLAG, vec![json!({"books": [{"id": 0}], "more": true})], 2, "same page twice"),
    ] {
        let last = pages.len() - 1;
        let server = Server::start(move |request, _| {
            let is_first =
                !request.target.contains("cursor=") && !request.target.contains("after=");
            Answer::json(200, pages[if is_first { 0 } else { last }].clone())
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, cursor, _) = read_all(&client, &json!({}), None).await;
        let error = error.unwrap_or_else(|| panic!("{line}: the end is silent"));
        let kind = if part == "another host" { ErrorKind::Decode } else { ErrorKind::Vendor };
        assert_eq!((ids.len(), error.kind()), (count, kind), "{line}: {error}");
        assert!(error.message().contains(part), "{line}: {error}");
        assert_eq!(cursor, None, "{line}");
    }
    // Who reads one page finds out when it goes on.
    let server = Server::script([Answer::json(200, json!({"books": [], "more": true}))]).await;
    let client = client(&format!("{RECORDS}{CURSOR}"), &server.url);
    let next = client.execute("books", "list", json!({})).await.unwrap().next.unwrap();
    assert!(next.dead_end().unwrap().contains("not how to get it"));
    let error = client.execute("books", "list", json!({})).resume(next).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Vendor, 1));
}

#[tokio::test]
async fn a_list_of_one_page_says_that_there_is_more() {
    let line = "x-agent-pagination: {none: Pass a token., more: $.more}";
    for (more, is_cut) in [(json!({"page": 2}), true), (json!(true), true), (Value::Null, false)] {
        let body = json!({"books": [{"id": 0}], "more": more});
        let server = Server::start(move |_, _| Answer::json(200, body.clone())).await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, _, _) = read_all(&client, &json!({}), None).await;
        assert_eq!((ids, error.is_some()), (vec![0], is_cut), "{more}");
        if let Some(error) = error {
            assert!(error.message().contains("the list is cut"), "{error}");
            assert!(error.message().contains("Pass a token."), "{error}");
        }
        let page = client.execute("books", "list", json!({})).await.unwrap();
        assert_eq!(page.next.is_some_and(|next| next.dead_end().is_some()), is_cut, "{more}");
    }
}

#[tokio::test]
async fn a_token_keeps_every_digit_of_a_number() {
    for (line, body) in [
        (LAST, r#"{"books": [{"id": 1526552662.000430}], "more": true}"#),
        (TOKEN, r#"{"books": [{"id": 1}], "next": 1526552662.000430}"#),
    ] {
        let server = Server::start(move |request, _| {
            let is_first = !request.target.contains('?');
            Answer::json(200, if is_first { body } else { r#"{"books": []}"# })
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (_, error, _, _) = read_all(&client, &json!({}), None).await;
        assert!(error.is_none(), "{error:?}");
        let sent = &server.seen()[1].target;
        assert!(sent.ends_with("=1526552662.000430"), "{sent}");
    }
}

#[tokio::test]
async fn refused_credentials_are_no_empty_list() {
    let line = "x-agent-empty: [{message: 'No * found*'}, {code: none}]\nx-agent-pagination: {none: Short.}";
    let named = "x-agent-empty: [{status: 403, code: none}]\nx-agent-pagination: {none: Short.}";
    for (line, status, is_empty) in [
        (line, 401, false),
        (line, 403, false),
        (line, 429, false),
        (line, 503, false),
        (line, 404, true),
        (line, 400, true),
        (named, 403, true),
    ] {
        let body = json!({"message": "No token found", "code": "none"});
        let server = Server::start(move |_, _| Answer::json(status, body.clone())).await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let page = client.execute("books", "list", json!({})).await;
        assert_eq!(page.is_ok(), is_empty, "{status}");
    }
}

#[tokio::test]
async fn a_list_goes_on_behind_the_last_record_that_was_wanted() {
    let token =
        |_: u64, end: u64| json!({"next": (end < 7).then(|| end.to_string()), "more": end < 7});
    let total = |total: u64, _: u64| json!({"total": total});
    type Rest = fn(u64, u64) -> Value;
    let by_number = "x-agent-pagination: {cursor: {from: $.next, into: offset}, more: $.more, size: {parameter: limit}}";
    let cases: [(&str, Rest, &str); 4] = [
        (OFFSET, total, "offset=3"),
        (LAST, token, "after=2"),
        (by_number, token, "offset=2"),
        (PAGE, total, "page=2"),
    ];
    for (line, rest, expected) in cases {
        let server = shelf(7, 2, rest).await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, cursor, _) = read_all(&client, &json!({}), Some(3)).await;
        assert_eq!((ids, error.is_none()), (vec![0, 1, 2], true), "{line}");
        let cursor = cursor.unwrap_or_else(|| panic!("{line}: no way on"));
        let call = || {
            let mut call = client.execute("books", "list", json!({})).into_call().unwrap();
            call.resume(cursor.clone());
            call
        };
        let before = server.seen().len();
        let (rest, error, _) = read(call().items::<Book>(), |book| book.id).await;
        assert_eq!((rest, error.is_none()), (vec![3, 4, 5, 6], true), "{line}");
        assert!(
            server.seen()[before].target.contains(expected),
            "{line}: {:?}",
            server.seen()[before]
        );
        let (rest, _, _) = read(call().items::<Value>(), |book| book["id"].as_i64()).await;
        assert_eq!(rest, [3, 4, 5, 6], "{line}");
        let page = call().outcome().await.unwrap();
        assert_eq!(page.data[0], json!({"id": 3}), "{line}");
    }
}

#[tokio::test]
async fn some_lists_go_backwards_and_of_some_only_one_page_can_be_read() {
    let line = "x-agent-pagination: {last_record: {field: id, into: after, backwards: before}, more: $.more}";
    let server = Server::start(|request, _| match request.target.as_str() {
        "/books?before=5" => Answer::json(200, json!({"books": books(3, 5), "more": true})),
        "/books?before=3" => Answer::json(200, json!({"books": books(1, 3), "more": false})),
        other => Answer::json(404, json!({"message": other})),
    })
    .await;
    let backwards = client(&format!("{RECORDS}{line}"), &server.url);
    let (ids, error, _, _) = read_all(&backwards, &json!({"before": "5"}), None).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(ids, [3, 4, 1, 2]);
    // A part of a page leads to the rest of the page, and then on.
    let (ids, _, cursor, _) = read_all(&backwards, &json!({"before": "5"}), Some(1)).await;
    let mut call = backwards.execute("books", "list", json!({"before": "5"})).into_call().unwrap();
    call.resume(cursor.unwrap());
    let (rest, _, _) = read(call.items::<Book>(), |book| book.id).await;
    assert_eq!((ids, rest), (vec![3], vec![4, 1, 2]));

    let line = "x-agent-pagination: {last_record: {field: id, into: after}, more: $.more, single_page: [before]}";
    let server =
        Server::start(|_, _| Answer::json(200, json!({"books": books(0, 2), "more": true}))).await;
    let single = client(&format!("{RECORDS}{line}"), &server.url);
    let (ids, error, _, _) = read_all(&single, &json!({"before": "5"}), None).await;
    let error = error.unwrap();
    assert_eq!((ids.len(), error.kind(), server.seen().len()), (0, ErrorKind::Usage, 0));
    assert!(error.message().contains("`before`"), "{error}");
    let page = single.execute("books", "list", json!({"before": "5"})).await.unwrap();
    assert_eq!(page.data, books(0, 2));
    assert!(page.next.unwrap().dead_end().unwrap().contains("only one page"));
}
