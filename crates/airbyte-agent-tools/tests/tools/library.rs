//! An invented vendor with a hundred books, and tools for it.

use std::time::Duration;

use airbyte_agent_description::{Connector, RetryPolicy};
use airbyte_agent_engine::{Client, Credentials, Local};
use airbyte_agent_tools::{ClientTools as _, Exposure, Toolset};
use serde_json::{Map, Value, json};

use crate::server::{Answer, Seen, Server};

/// Appears in every credential; must appear in no message.
pub const CANARY: &str = "canary-77e1";

pub const EXPOSURES: [Exposure; 3] =
    [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute];

pub fn description() -> Connector {
    airbyte_agent_spec::Spec::parse(include_str!("library.yaml"))
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub fn client(origin: &str) -> Client {
    client_of(origin, description())
}

pub fn client_of(origin: &str, description: Connector) -> Client {
    let credentials = Credentials::new().field("token", CANARY);
    let retry = RetryPolicy { initial_delay_ms: 5, ..RetryPolicy::STANDARD };
    let options = Local::new(credentials)
        .config("origin", origin)
        .retry(retry)
        .timeout(Duration::from_secs(10));
    Client::local(description, options).unwrap()
}

pub fn tools(server: &Server, exposure: Exposure) -> Toolset {
    client(&server.url).tools().exposure(exposure)
}

/// A call of an operation, as the exposure wants it: name of the tool and its arguments.
pub fn call(
    exposure: Exposure,
    entity: &str,
    action: &str,
    params: Value,
    controls: Value,
) -> (String, Value) {
    let members = |value: Value| value.as_object().cloned().unwrap_or_default();
    let mut arguments: Map<String, Value> = members(controls);
    match exposure {
        Exposure::PerOperation => {
            arguments.extend(members(params));
            return (format!("library_{entity}_{action}"), Value::Object(arguments));
        }
        Exposure::SearchExecute => {
            arguments.insert("connector".into(), "library".into());
        }
        _ => {}
    }
    arguments.insert("entity".into(), entity.into());
    arguments.insert("action".into(), action.into());
    arguments.insert("params".into(), params);
    let name = if exposure == Exposure::SearchExecute { "execute" } else { "library" };
    (name.to_owned(), Value::Object(arguments))
}

pub fn book(id: u64) -> Value {
    json!({
        "id": id,
        "title": format!("Book {id}"),
        "state": if id.is_multiple_of(2) { "in" } else { "out" },
        "text": format!("Once upon a time {id} ").repeat(40),
        "author": {"id": id, "name": format!("Writer {id}"), "portrait_url": "https://x.test/api/1",
                   "biography": "Born and died and wrote in between. ".repeat(20)},
        "tags": [],
        "added_at": "2026-01-02T03:04:05Z",
        "cover_url": "https://x.test/covers/1",
        "isbn": null,
        "history": {"moves": {"first": {"from": "a", "to": "b", "by": {"x": {"y": 1}}}}},
    })
}

/// Number of books there are.
pub const BOOKS: u64 = 100;

/// The library: books by an opaque token, loans by offset.
pub async fn library() -> Server {
    Server::start(|request, _| answer(request)).await
}

pub fn answer(request: &Seen) -> Answer {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let argument = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    let number =
        |name: &str, none: u64| argument(name).map_or(none, |value| value.parse().unwrap());
    match path {
        "/books" if request.body.is_empty() => {
            let start = argument("after").map_or(1, |token| token[4..].parse().unwrap());
            let end = (start + number("limit", 5)).min(BOOKS + 1);
            let books: Vec<Value> = (start..end).map(book).collect();
            let next = (end <= BOOKS).then(|| format!("tok-{end}"));
            Answer::json(200, json!({"books": books, "next": next, "total": BOOKS}))
        }
        "/books" => Answer::json(200, book(7)),
        "/books/find" => {
            let books: Vec<Value> = (1..=60).map(book).collect();
            Answer::json(200, json!({"books": books}))
        }
        "/loans" => {
            let offset = number("offset", 0);
            let end = (offset + number("count", 4)).min(10);
            let loans: Vec<Value> =
                (offset..end).map(|n| json!({"loan": format!("L{n}"), "book": n})).collect();
            Answer::json(200, json!(loans))
        }
        "/shelves" => {
            let shelf =
                json!({"id": "s1", "name": "Poetry", "books": [{"title": "A"}, {"title": "B"}]});
            Answer::json(200, json!({"data": {"shelves": [shelf]}}))
        }
        "/books/404" => Answer::json(404, json!({"message": "no such book"})),
        "/books/403" => Answer::json(403, json!({"message": "not your shelf"})),
        "/books/401" => Answer::json(401, json!({"message": "bad token"})),
        "/books/422" => Answer::json(422, json!({"message": "the \"note\" is too long"})),
        "/books/429" => Answer::json(429, json!({})).header("retry-after", 70),
        "/books/500" => Answer::json(500, json!({"message": "down"})),
        _ if request.body.contains("secret") => Answer::json(400, json!({"message": "no"})),
        _ => Answer::json(200, book(7)),
    }
}
