//! Lists are read to their end by cursors, however short results must be; no record is missed and
//! none comes twice.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use airbyte_agent_description::{JsonPath, MetaSource};
use airbyte_agent_engine::{Client, Credentials, Local};
use airbyte_agent_tools::{ClientTools as _, Exposure, Policy, Report, ResultLimits, Toolset};
use serde_json::{Value, json};

use crate::library::{
    BOOKS, EXPOSURES, answer, call, client, client_of, description, library, tools,
};
use crate::server::{Answer, Server};

/// The identifiers of all records, by cursors.
async fn walk(
    tools: &Toolset,
    exposure: Exposure,
    entity: &str,
    action: &str,
    params: Value,
    controls: Value,
    identifier: &str,
) -> (Vec<Value>, usize) {
    let mut found = Vec::new();
    let mut cursor = None;
    for calls in 1..200 {
        let mut controls = controls.clone();
        if let Some(cursor) = &cursor {
            controls["cursor"] = json!(cursor);
        }
        let (name, arguments) = call(exposure, entity, action, params.clone(), controls);
        let output = tools.call(&name, arguments).await.unwrap();
        let records = output.structured["data"].as_array().unwrap().clone();
        assert!(!records.is_empty() || output.next.is_none());
        found.extend(records.iter().map(|record| record[identifier].clone()));
        assert_eq!(
            output.structured.get("next_cursor").and_then(Value::as_str).map(str::to_owned),
            output.next.as_ref().map(ToString::to_string)
        );
        match output.next {
            Some(next) => cursor = Some(next.to_string()),
            None => return (found, calls),
        }
    }
    panic!("a list without end");
}

#[tokio::test]
async fn every_record_comes_once_whatever_the_limits() {
    let books: Vec<Value> = (1..=BOOKS).map(Value::from).collect();
    let found: Vec<Value> = (1..=60).map(Value::from).collect();
    let loans: Vec<Value> = (0..10).map(|n| json!(format!("L{n}"))).collect();
    let plain = ResultLimits::STANDARD;
    for exposure in EXPOSURES {
        for limits in [plain, plain.tokens(700), plain.bytes(1_300)] {
            for wanted in [None, Some(3), Some(25), Some(500)] {
                // What is beneath is the same for all of them.
                if exposure != Exposure::PerConnector && wanted != Some(25) {
                    continue;
                }
                let server = library().await;
                let tools = tools(&server, exposure).limits(limits);
                let controls = wanted.map_or(json!({}), |wanted| json!({"max_records": wanted}));
                for (entity, action, params, identifier, expected) in [
                    ("books", "list", json!({}), "id", &books),
                    ("books", "search", json!({"query": "x"}), "id", &found),
                    ("loans", "list", json!({}), "loan", &loans),
                ] {
                    let (seen, _) = walk(
                        &tools,
                        exposure,
                        entity,
                        action,
                        params,
                        controls.clone(),
                        identifier,
                    )
                    .await;
                    assert_eq!(&seen, expected, "{exposure:?} {limits:?} {wanted:?} {entity}");
                }
            }
        }
    }
}

#[tokio::test]
async fn more_records_than_a_page_come_in_one_call() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerConnector);
    let arguments = json!({
        "entity": "books", "action": "list", "max_records": 25, "fields": ["id"],
    });
    let reports = Mutex::new(Vec::new());
    let listen = |report: Report| reports.lock().unwrap().push((report.pages, report.records));
    let output = tools.call_with("library", arguments, &listen).await.unwrap();
    assert_eq!(output.records, Some(25));
    assert_eq!(*reports.lock().unwrap(), [(1, 10), (2, 20), (3, 30)]);
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        ["/books?limit=10", "/books?after=tok-11&limit=10", "/books?after=tok-21&limit=10"]
            .map(str::to_owned)
    );
}

#[tokio::test]
async fn records_are_counted_without_being_returned() {
    let endless = Server::start(|request, _| {
        let page = request.target.split("tok-").nth(1);
        let page = page.and_then(|rest| rest.split('&').next());
        let page = page.map_or(1, |page| page.parse::<u64>().unwrap());
        Answer::json(200, json!({"books": [{"id": page}], "next": format!("tok-{}", page + 1)}))
    })
    .await;
    let library = library().await;
    for (server, entity, arguments, expected, requests) in [
        // By the pages, as large as they may be.
        (&library, "books_list", json!({"count_only": true}), json!({"count": 100}), 10),
        (&library, "loans_list", json!({"count_only": "true"}), json!({"count": 10}), 4),
        (&endless, "books_list", json!({"count_only": true}), json!({"at_least": 20}), 20),
    ] {
        let tools = tools(server, Exposure::PerOperation);
        let before = server.seen().len();
        let name = format!("library_{entity}");
        let output = tools.call(&name, arguments.clone()).await.unwrap();
        assert_eq!(output.structured["data"], expected, "{entity}");
        assert_eq!(output.text.contains("This is not all"), expected.get("count").is_none());
        assert_eq!(server.seen().len() - before, requests, "{entity}");
    }
    // What the vendor says needs one small page only.
    let mut description = description();
    for entity in description.entities.to_mut() {
        for operation in entity.operations.to_mut() {
            let path = JsonPath::parse("$.total").map(MetaSource::Body);
            operation.response.total = path.filter(|_| operation.action.is_array());
        }
    }
    let server = Server::start(|request, _| answer(request)).await;
    let tools = client_of(&server.url, description).tools().exposure(Exposure::PerOperation);
    let output = tools.call("library_books_list", json!({"count_only": true})).await.unwrap();
    assert_eq!(output.text, "{\"data\":{\"count\":100}}");
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/books?limit=1"]);
}

/// A list that changes between two calls: `shift` records come in before the others.
async fn changing(shift: &'static AtomicU64) -> Server {
    Server::start(move |request, _| {
        let shift = shift.load(Ordering::Relaxed);
        if !request.target.starts_with("/books/find") {
            return answer(request);
        }
        let range = if shift == 99 { 30..=60 } else { 1..=60 };
        let new = (1000..1000 + shift % 99).map(|id| json!({"id": id, "title": "new"}));
        let books: Vec<Value> =
            new.chain(range.map(|id| json!({"id": id, "title": "x".repeat(50)}))).collect();
        Answer::json(200, json!({"books": books}))
    })
    .await
}

#[tokio::test]
async fn a_cursor_inside_a_page_survives_new_records_and_says_when_it_cannot() {
    static SHIFT: AtomicU64 = AtomicU64::new(0);
    let server = changing(&SHIFT).await;
    let tools = client(&server.url)
        .tools()
        .exposure(Exposure::PerOperation)
        .limits(ResultLimits::STANDARD.bytes(1_500));
    let first = tools.call("library_books_search", json!({"query": "x"})).await.unwrap();
    let last = first.structured["data"].as_array().unwrap().last().unwrap()["id"].as_u64().unwrap();
    assert!(last < 30, "{last}");
    let cursor = first.next.unwrap().to_string();
    let arguments = json!({"query": "x", "cursor": cursor});
    for (shift, expected) in [(0, Some(last + 1)), (3, Some(last + 1)), (99, None)] {
        SHIFT.store(shift, Ordering::Relaxed);
        let output = tools.call("library_books_search", arguments.clone()).await;
        if let Some(id) = expected {
            assert_eq!(output.unwrap().structured["data"][0]["id"], id);
        } else {
            let text = output.unwrap_err().to_string();
            assert!(text.contains("the list has changed"), "{text}");
        }
    }
    // The engine itself goes on by such a cursor, too, and is as strict.
    for (shift, expected) in [(0, Some(last + 1)), (3, Some(last + 1)), (99, None)] {
        SHIFT.store(shift, Ordering::Relaxed);
        let execute = client(&server.url).execute("books", "search", json!({"query": "x"}));
        let rest = execute.resume(cursor.parse().unwrap()).await;
        let first = rest.as_ref().ok().map(|rest| rest.data[0]["id"].as_u64().unwrap());
        assert_eq!(first, expected, "{shift}: {rest:?}");
    }
}

#[tokio::test]
async fn a_foreign_cursor_is_refused() {
    let server = library().await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_list", json!({})).await.unwrap();
    let cursor = output.next.unwrap().to_string();
    for (name, arguments, said) in [
        ("library_loans_list", json!({"cursor": cursor}), "belongs to books.list"),
        ("library_loans_list", json!({"cursor": "page 2"}), "pass next_cursor unchanged"),
        ("library_books_list", json!({"cursor": [7]}), "'cursor' must be a text"),
    ] {
        let error = tools.call(name, arguments).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

/// A model, or a text that steers it, writes a cursor of its own: nothing is sent, and a policy is not
/// widened by it.
#[tokio::test]
async fn a_cursor_that_was_not_given_out_is_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let server = library().await;
    let tools = tools(&server, Exposure::PerOperation)
        .policy(Policy::default().read_only().allow("books.list").unwrap());
    let address = format!("{}/loans", server.url);
    for position in [
        json!({"o": "books.list", "u": address, "a": 0}),
        json!({"o": "books.list", "s": {"owner": "somebody"}, "a": 0}),
        json!({"o": "books.list", "b": [3, 7], "a": 0}),
    ] {
        let mut bytes = position.to_string().into_bytes();
        bytes.extend([0; 16]);
        let cursor = URL_SAFE_NO_PAD.encode(bytes);
        let arguments = json!({"cursor": cursor});
        let error = tools.call("library_books_list", arguments).await.unwrap_err();
        assert!(error.to_string().contains("cursor"), "{error}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_list_that_goes_in_circles_is_stopped() {
    let server =
        Server::start(|_, _| Answer::json(200, json!({"books": [{"id": 1}], "next": "tok-1"})))
            .await;
    let tools = tools(&server, Exposure::PerOperation);
    let output = tools.call("library_books_list", json!({"max_records": 9})).await.unwrap();
    // What was read is shown, and that it is not all.
    assert_eq!(output.structured["data"], json!([{"id": 1}, {"id": 1}]));
    assert!(output.structured["notes"][0].as_str().unwrap().contains("circles"), "{output:?}");
    assert!(output.next.is_none());
}

/// A call can be moved to another task, and dropping it ends it.
#[tokio::test]
async fn calls_can_be_moved_and_dropped() {
    fn movable<T: Send>(value: T) -> T {
        value
    }
    let options =
        Local::new(Credentials::new().field("token", "x")).config("origin", "http://127.0.0.1:1");
    let tools = Client::local(description(), options).unwrap().tools();
    let pending = movable(tools.call("library", json!({"entity": "books", "action": "list"})));
    drop(pending);
}
