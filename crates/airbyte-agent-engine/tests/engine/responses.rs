//! Responses to lists and gets: absent, empty, odd and too large ones. Every case is read as plain JSON and
//! as records of a type.

use airbyte_agent_engine::{Client, Credentials, ErrorKind, Hosted, Local, Page};
use serde_json::{Value, json};

use crate::lists::{Book, RECORDS, client, connector, read_all};
use crate::platform::hosted;
use crate::server::{Answer, Server};

#[tokio::test]
async fn an_absent_list_is_no_empty_list() {
    use ErrorKind::{Decode, RateLimited, Vendor};
    let plain = "x-agent-pagination: {none: Short.}";
    let no_content = "x-agent-pagination: {none: Short.}\n\
                      responses: {'200': {description: Books.}, '204': {description: None.}}";
    let optional = "x-agent-records-optional: true\nx-agent-pagination: {none: Short.}";
    for (line, status, body, expected) in [
        (plain, 200, json!({"books": []}).to_string(), Ok(0)),
        (plain, 200, json!({"books": null}).to_string(), Ok(0)),
        (plain, 200, json!([]).to_string(), Err((Decode, "no 'books'"))),
        (plain, 200, json!({"books": [null, {"id": 1}, null]}).to_string(), Ok(1)),
        (plain, 200, json!({"status": "fine"}).to_string(), Err((Decode, "no 'books'"))),
        (
            plain,
            200,
            json!({"status": "error", "message": "internal"}).to_string(),
            Err((Vendor, "internal")),
        ),
        (
            plain,
            200,
            json!({"code": "slow", "message": "slow down"}).to_string(),
            Err((RateLimited, "slow down")),
        ),
        (plain, 200, json!({"books": "none"}).to_string(), Err((Decode, ""))),
        (plain, 200, json!({"books": 7}).to_string(), Err((Decode, ""))),
        (plain, 200, String::new(), Err((Decode, "no 'books'"))),
        (plain, 204, String::new(), Err((Decode, "no 'books'"))),
        (no_content, 204, String::new(), Ok(0)),
        (plain, 200, json!({"books": {"id": 1}}).to_string(), Err((Decode, "no list at $.books"))),
        (plain, 200, json!({"books": {}}).to_string(), Err((Decode, "no list at $.books"))),
        (
            plain,
            200,
            json!({"books": {"id": 1}, "error": "gone"}).to_string(),
            Err((Vendor, "gone")),
        ),
        (optional, 200, json!({"status": "fine"}).to_string(), Ok(0)),
    ] {
        let text = body.clone();
        let server = Server::start(move |_, _| Answer::json(status, text.clone())).await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        let found = [
            call().outcome().await.map(|outcome| outcome.data.as_array().map_or(99, Vec::len)),
            call().page::<Book, Value>().await.map(|page| page.data.len()),
            call().page::<Value, Value>().await.map(|page| page.data.len()),
        ];
        for found in found {
            match (&found, &expected) {
                (Ok(count), Ok(expected)) => assert_eq!(count, expected, "{body}"),
                (Err(error), Err((kind, part))) => {
                    assert_eq!(error.kind(), *kind, "{body}: {error}");
                    assert!(error.message().contains(part), "{body}: {error}");
                }
                _ => panic!("{line} {body}: {found:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_object_is_a_record_of_a_list_only_where_the_spec_says_so() {
    for (extractor, body, expected) in [
        ("", json!({"id": 1}), Err(ErrorKind::Decode)),
        ("", json!({"errorMessages": ["nope"]}), Err(ErrorKind::Vendor)),
        ("", json!([{"id": 1}]), Ok(1)),
        ("x-airbyte-record-extractor: $", json!({"id": 1}), Ok(1)),
        (
            "x-airbyte-record-extractor: $.books[*].book",
            json!({"books": [{"book": {"id": 1}}]}),
            Ok(1),
        ),
    ] {
        let told = body.clone();
        let server = Server::start(move |_, _| Answer::json(200, told.clone())).await;
        let client =
            client(&format!("{extractor}\nx-agent-pagination: {{none: Short.}}"), &server.url);
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        let plain = call().outcome().await;
        assert_eq!(plain.map(|_| 1).map_err(|error| error.kind()), expected, "{body}");
        let typed = call().page::<Book, Value>().await.map(|page| page.data.len());
        assert_eq!(typed.map_err(|error| error.kind()), expected, "{body}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for (body, kind) in [
        (json!({"book": null}), ErrorKind::NotFound),
        (json!({"book": {}}), ErrorKind::NotFound),
        (json!({"book": []}), ErrorKind::NotFound),
        (json!({"other": 1}), ErrorKind::Decode),
    ] {
        let told = body.clone();
        let server = Server::start(move |_, _| Answer::json(200, told.clone())).await;
        let client = client("x-agent-pagination: {none: Short.}", &server.url);
        let call = || client.execute("books", "get", json!({"id": 1})).into_call().unwrap();
        assert_eq!(call().outcome().await.unwrap_err().kind(), kind, "{body}");
        assert_eq!(call().record::<Book>().await.unwrap_err().kind(), kind, "{body}");
    }
    for (result, kind) in [(Value::Null, Some(ErrorKind::NotFound)), (json!({"id": 1}), None)] {
        let client = on_platform(json!({"status": "success", "result": result})).await;
        let call = || client.execute("books", "get", json!({"id": 1})).into_call().unwrap();
        assert_eq!(call().outcome().await.err().map(|error| error.kind()), kind);
        assert_eq!(call().record::<Book>().await.err().map(|error| error.kind()), kind);
    }
}

/// A client whose platform gives this envelope.
async fn on_platform(envelope: Value) -> Client {
    on_platform_with(200, envelope, "").await
}

async fn on_platform_with(status: u16, body: Value, line: &str) -> Client {
    let server = crate::platform::platform(1, move |_, _| Answer::json(status, body.clone())).await;
    let connector = connector(&format!("{RECORDS}{line}\nx-airbyte-no-pagination: Short."));
    let hosted: Hosted = hosted(&server.url);
    // The server goes on until the test ends.
    std::mem::forget(server);
    Client::hosted(connector, hosted).unwrap()
}

#[tokio::test]
async fn a_list_of_the_platform_is_a_list() {
    for (result, expected) in [
        (json!([{"id": 1}, null]), Ok(1)),
        (Value::Null, Ok(0)),
        (json!("none"), Err(ErrorKind::Decode)),
        (json!(7), Err(ErrorKind::Decode)),
        (json!({"id": 1}), Err(ErrorKind::Decode)),
    ] {
        let client = on_platform(json!({"status": "success", "result": result})).await;
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        let plain = call().outcome().await.map(|outcome| outcome.data.as_array().unwrap().len());
        assert_eq!(plain.map_err(|error| error.kind()), expected, "{result}");
        let typed = call().page::<Book, Value>().await.map(|page| page.data.len());
        assert_eq!(typed.map_err(|error| error.kind()), expected, "{result}");
    }
}

#[tokio::test]
async fn a_failure_may_mean_that_a_list_is_empty() {
    let line = "x-agent-empty: [{status: 404, message: 'No * found*'}, {code: none}]\n\
                x-airbyte-no-pagination: Short.";
    for (status, body, is_empty) in [
        (404, json!({"errors": ["No books found for the filters"]}), true),
        (404, json!({"message": "no such shelf"}), false),
        (400, json!({"message": "No books found"}), false),
        (400, json!({"code": "none", "message": "x"}), true),
        (200, json!({"code": "none", "message": "x"}), true),
        (404, json!({"code": "other", "message": "x"}), false),
    ] {
        let told = body.clone();
        let server = Server::start(move |_, _| Answer::json(status, told.clone())).await;
        let local = client(&format!("{RECORDS}{line}"), &server.url);
        let (ids, error, _, _) = read_all(&local, &json!({}), None).await;
        assert_eq!((ids.len(), error.is_none()), (0, is_empty), "{status} {body}: {error:?}");
        // The platform hands a refusal on, or tells of it in an envelope.
        let told = format!("HTTP {status}: {}", body["errors"][0].as_str().unwrap_or("x"));
        let envelope =
            json!({"status": "failed", "error": {"message": told, "code": body["code"]}});
        for (status, body) in [(status.max(400), body.clone()), (200, envelope)] {
            let line = line.lines().next().unwrap();
            let client = on_platform_with(status, body.clone(), line).await;
            let found = client.execute("books", "list", json!({})).await;
            assert_eq!(found.is_ok(), is_empty, "{status} {body}: {found:?}");
        }
    }
}

#[tokio::test]
async fn the_metadata_of_a_failure_that_means_an_empty_list_is_kept() {
    let line = "x-agent-empty: [{status: 412, message: 'Too old*'}]\n\
                x-airbyte-meta-extractor: {sync: $.sync}\n\
                x-airbyte-no-pagination: Short.";
    let body = json!({"errors": [{"message": "Too old: begin with the new one"}], "sync": "s2"});
    let server = Server::start(move |_, _| Answer::json(412, body.clone())).await;
    let local = client(&format!("{RECORDS}{line}"), &server.url);
    let outcome = local.execute("books", "list", json!({})).await.unwrap();
    assert_eq!((outcome.data, outcome.meta), (json!([]), json!({"sync": "s2"})));
    assert!(outcome.errors.is_empty() && outcome.next.is_none());
}

#[tokio::test]
async fn odd_values_cost_no_page() {
    let text =
        r#"{"books": [{"id": 1, "path": "C:\x\y", "size": NaN, "most": -Infinity, "say": "NaN"}]}"#;
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [text.as_bytes().to_vec(), wide] {
        let server = Server::script([Answer { body, ..Answer::json(200, "") }]).await;
        let client = client(&format!("{RECORDS}x-agent-pagination: {{none: Short.}}"), &server.url);
        let found = client.execute("books", "list", json!({})).await.unwrap().data;
        let (path, most) = (r"C:\x\y", "-Infinity");
        let book = json!({"id": 1, "path": path, "size": "NaN", "most": most, "say": "NaN"});
        assert_eq!(found, json!([book]));
    }
}

#[tokio::test]
async fn every_digit_and_every_name_is_data() {
    let body = r#"{"books": [
        {"id": 1, "$serde_json::private::RawValue": "[", "long": 123456789012345678901234567890},
        {"$serde_json::private::RawValue": "[", "id": 2, "half": "\ud83d"},
        {"id": 3, "meta": {"$serde_json::private::RawValue": "7"}, "size": 3.7, "scores": [1, 2.5, 3], "tags": []},
        {"id": 4, "size": 9223372036854775808, "scores": {}, "tags": ""}
    ]}"#;
    let server = Server::start(move |_, _| Answer::json(200, body)).await;
    let client = client(&format!("{RECORDS}x-agent-pagination: {{none: Short.}}"), &server.url);
    let call = || client.execute("books", "list", json!({})).into_call().unwrap();
    let plain = call().outcome().await.unwrap().data;
    let values: Vec<Value> = call().page::<Value, Value>().await.unwrap().data;
    assert_eq!(plain, json!(values));
    assert_eq!(plain[0]["long"], "123456789012345678901234567890");
    assert_eq!(plain[1]["$serde_json::private::RawValue"], "[");
    assert_eq!(plain[1]["half"], "\u{fffd}");
    assert_eq!(plain[2]["meta"], json!({"$serde_json::private::RawValue": "7"}));
    let books: Vec<Book> = call().page::<Book, Value>().await.unwrap().data;
    assert_eq!(books.iter().map(|book| book.id).collect::<Vec<_>>(), [1, 2, 3, 4].map(Some));
    assert_eq!(books[0].extra["long"], "123456789012345678901234567890");
    assert_eq!((books[2].size, &books[2].extra["size"]), (None, &json!(3.7)));
    assert_eq!((&books[2].scores, &books[2].extra["scores"]), (&None, &json!([1, 2.5, 3])));
    assert_eq!(books[2].tags, Some(std::collections::BTreeMap::new()));
    assert_eq!(
        (books[3].size, &books[3].extra["size"]),
        (None, &json!(9_223_372_036_854_775_808_u64))
    );
    assert_eq!(books[3].scores, Some(Vec::new()));
    // Written again, a record is what it was.
    assert_eq!(serde_json::to_value(&books[2]).unwrap()["scores"], json!([1, 2.5, 3]));
}

#[tokio::test]
async fn one_odd_value_does_not_cost_the_page() {
    let latin = "application/json; charset=ISO-8859-1";
    for (kind, body, name) in [
        ("application/json", &b"{\"books\": [{\"id\": 1, \"name\": \"a\tb\"}]}"[..], "a\tb"),
        ("application/json", b"{\"books\": [{\"id\": 1, \"name\": 1E400}]}", "1E400"),
        (latin, b"{\"books\": [{\"id\": 1, \"name\": \"Jos\xe9 \x80\"}]}", "José €"),
        (latin, "{\"books\": [{\"id\": 1, \"name\": \"José\"}]}".as_bytes(), "José"),
        ("application/json", b"{\"books\": [{\"id\": 1, \"name\": \"Jos\xe9\"}]}", "Jos\u{fffd}"),
    ] {
        let server = Server::start(move |_, _| Answer {
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.to_vec(),
            ..Answer::json(200, "")
        })
        .await;
        let client = client(&format!("{RECORDS}x-agent-pagination: {{none: Short.}}"), &server.url);
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        assert_eq!(call().outcome().await.unwrap().data[0]["name"], name);
        let books: Vec<Book> = call().page::<Book, Value>().await.unwrap().data;
        assert_eq!((books[0].id, &books[0].extra["name"]), (Some(1), &json!(name)));
    }
}

#[tokio::test]
async fn what_a_response_makes_of_memory_is_bounded() {
    let zeros = format!(r#"{{"books": [{}0]}}"#, "0,".repeat(100_000));
    let small = format!(r#"{{"books": [{}{{}}]}}"#, r#"{"a":1},"#.repeat(100_000));
    for body in [zeros, small] {
        let server = Server::start(move |_, _| Answer::json(200, body.clone())).await;
        let connector = connector(&format!("{RECORDS}x-agent-pagination: {{none: Short.}}"));
        let local = Local::new(Credentials::new().field("token", "t"))
            .config("origin", server.url.as_str());
        let client = Client::local(connector, local.max_held_bytes(4 << 20)).unwrap();
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        let error = call().outcome().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains("4 MiB of memory"), "{error}");
        let error = call().page::<Value, Value>().await.unwrap_err();
        assert!(error.message().contains("4 MiB of memory"), "{error}");
        let mut roomy = call();
        let options = std::mem::take(roomy.options());
        *roomy.options() = options.max_held_bytes(1 << 30);
        assert_eq!(roomy.outcome().await.unwrap().data.as_array().unwrap().len(), 100_001);
    }
}

#[tokio::test]
async fn a_total_is_told_by_every_entry_point() {
    for (line, body, header, expected) in [
        ("x-agent-total: $.count", json!({"books": [], "count": 42}), None, Some(42)),
        ("x-agent-total: $.count", json!({"books": [], "count": "42"}), None, Some(42)),
        ("x-agent-total: '@header.X-Total'", json!({"books": [{"id": 1}]}), Some("42"), Some(42)),
        ("x-agent-total: $.count", json!({"books": [], "count": null}), None, None),
        ("x-agent-pagination: {none: Short.}", json!({"books": [], "count": 42}), None, None),
    ] {
        let server = Server::start(move |_, _| {
            let answer = Answer::json(200, body.clone());
            header.map_or(answer.clone(), |total| answer.header("X-Total", total))
        })
        .await;
        let client = client(&format!("{RECORDS}{line}"), &server.url);
        let call = || client.execute("books", "list", json!({})).into_call().unwrap();
        assert_eq!(call().outcome().await.unwrap().total, expected, "{line}");
        let page: Page<Book, Value> = call().page().await.unwrap();
        assert_eq!(page.total, expected, "{line}");
        let outcome = serde_json::to_value(call().outcome().await.unwrap()).unwrap();
        assert_eq!(outcome.get("total"), expected.map(Value::from).as_ref(), "{line}");
    }
}
