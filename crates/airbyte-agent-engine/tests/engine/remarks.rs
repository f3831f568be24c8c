//! What vendors report beside the records of a page that has not failed: flags, errors of some records, and groups of
//! records that could not be read.

use airbyte_agent_engine::{Client, Hosted, report_texts};
use serde_json::{Value, json};

use crate::lists::{RECORDS, client, connector, read_all};
use crate::server::{Answer, Server};

const TOKEN: &str = "x-agent-pagination: {cursor: {from: $.next, into: cursor}}\n";

/// A vendor whose pages are these. The token of a page is its number.
async fn pages(pages: Vec<Value>) -> Server {
    Server::start(move |seen, _| {
        let token = seen.target.split_once("cursor=").map_or("0", |(_, token)| token);
        let token: usize = token.split('&').next().unwrap_or_default().parse().unwrap();
        Answer::json(200, &pages[token])
    })
    .await
}

/// What is reported of a list whose three pages have these members beside a book and the token.
async fn reports(lines: &str, beside: [Value; 3]) -> (Vec<i64>, Vec<String>) {
    let with = |index: usize, mut page: Value| {
        if page.get("books").is_none() {
            page["books"] = json!([{"id": index}]);
        }
        if index < 2 {
            page["next"] = (index + 1).to_string().into();
        }
        page
    };
    let all = beside.into_iter().enumerate().map(|(index, page)| with(index, page));
    let server = pages(all.collect()).await;
    let client = client(&format!("{RECORDS}{TOKEN}{lines}"), &server.url);
    let (ids, error, _, errors) = read_all(&client, &json!({}), None).await;
    assert!(error.is_none(), "{lines}: {error:?}");
    (ids, report_texts(&errors))
}

#[tokio::test]
async fn remarks_of_any_page_are_told() {
    let none = || json!({});
    let flag = "x-agent-failures: [{place: $.cut, remark: Books are missing.}]";
    let list = "x-agent-failures: [{place: $.unread, remark: true}]";
    let deep = "x-agent-failures: [{place: '$.books[*].error', remark: true}]";
    let part = "x-agent-failures: [{place: $.unread, done: $.books}]";
    let failed = json!({"books": [{"id": 1, "error": null}, {"id": 2, "error": "torn"}]});
    for (lines, beside, expected) in [
        (flag, [none(), json!({"cut": true}), json!({"cut": false})], vec!["Books are missing."]),
        (flag, [none(), json!({"cut": "x"}), none()], vec!["Books are missing."]),
        (
            flag,
            [json!({"cut": true}), json!({"cut": true}), none()],
            vec!["Books are missing. (2 times)"],
        ),
        (flag, [json!({"cut": 0}), json!({"cut": null}), json!({"cut": []})], vec![]),
        (
            list,
            [json!({"unread": [{"message": "7 is torn"}, null]}), json!({"unread": []}), none()],
            vec!["7 is torn"],
        ),
        (list, [none(), none(), json!({"unread": {"id": 7}})], vec![r#"{"id":7}"#]),
        (part, [none(), json!({"unread": ["7", "8"]}), none()], vec!["7", "8"]),
        (deep, [none(), failed, none()], vec!["torn"]),
    ] {
        let shown = format!("{lines} {beside:?}");
        let (ids, texts) = reports(lines, beside).await;
        assert_eq!(texts, expected, "{shown}");
        assert!(ids.len() >= 3, "{shown}");
    }
}

#[tokio::test]
async fn a_part_of_which_nothing_could_be_read_is_a_failure() {
    let body = json!({"books": [], "unread": [{"message": "all are torn"}]});
    for (key, is_failure) in [("done: $.books", true), ("remark: true", false)] {
        let lines = format!("{RECORDS}{TOKEN}x-agent-failures: [{{place: $.unread, {key}}}]");
        let server = pages(vec![body.clone()]).await;
        let (ids, error, _, errors) =
            read_all(&client(&lines, &server.url), &json!({}), None).await;
        assert!(ids.is_empty());
        assert_eq!(error.is_some(), is_failure, "{key}: {error:?}");
        assert_eq!(errors.len(), usize::from(!is_failure), "{key}");
    }
}

#[tokio::test]
async fn remarks_reach_callers_through_a_platform() {
    let meta = "x-airbyte-meta-extractor: {next: $.next, cut: $.cut, unread: $.unread}\n";
    let failures = "x-agent-failures: [{place: $.cut, remark: Books are missing.}, {place: $.unread, done: $.books}]";
    let server = Server::start(|request, _| match request.target.split('?').next().unwrap() {
        "/api/v1/account/applications/token" => {
            Answer::json(200, json!({"access_token": "t", "expires_in": 900}))
        }
        "/api/v1/integrations/connectors" => Answer::json(200, json!({"data": [{"id": "c"}]})),
        _ => {
            let is_later = request.body.contains("cursor");
            let meta = match is_later {
                true => json!({"cut": false, "next": null, "unread": ["8"]}),
                false => json!({"cut": true, "next": "1"}),
            };
            let result = json!([{"id": u8::from(is_later)}]);
            Answer::json(200, json!({"result": result, "connector_metadata": meta}))
        }
    })
    .await;
    let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
    let connector = connector(&format!("{RECORDS}{TOKEN}{meta}{failures}"));
    let client = Client::hosted(connector, hosted).unwrap();
    let (ids, error, _, errors) = read_all(&client, &json!({}), None).await;
    assert_eq!(ids, [0, 1]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(report_texts(&errors), ["Books are missing.", "8"]);
}

#[tokio::test]
async fn groups_that_failed_are_told_beside_the_records_of_the_others() {
    let shelf = |ids: &[i64]| -> Value {
        json!({"books": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()})
    };
    let books = |ids: &[i64]| shelf(ids)["books"].clone();
    let boom = json!({"error": "boom"});
    let closed = json!({"name": "b", "books": null, "errors": [{"message": "closed"}]});
    let keyed = "$.shelves[*].books";
    for (place, body, ids, expected) in [
        (keyed, json!({"shelves": [shelf(&[1]), boom, shelf(&[2])]}), vec![1, 2], Ok(1)),
        (keyed, json!({"shelves": [shelf(&[1]), boom, closed]}), vec![1], Ok(2)),
        (keyed, json!({"shelves": {"a": shelf(&[1]), "b": closed}}), vec![1], Ok(1)),
        (keyed, json!({"shelves": [shelf(&[1]), {"name": "empty"}]}), vec![1], Ok(0)),
        (
            keyed,
            json!({"shelves": [shelf(&[]), {"status": "failed", "title": "x"}]}),
            vec![],
            Ok(0),
        ),
        (keyed, json!({"shelves": [boom, closed]}), vec![], Err("boom")),
        (
            "$[*][*]",
            json!({"a": books(&[1]), "b": {"error": "boom", "message": "x"}}),
            vec![1],
            Ok(1),
        ),
        ("$[*][*]", json!({"a": [], "b": boom}), vec![], Err("boom")),
    ] {
        let lines =
            format!("x-airbyte-record-extractor: '{place}'\nx-agent-pagination: {{none: All.}}");
        let server = pages(vec![body.clone()]).await;
        let (seen, error, _, errors) =
            read_all(&client(&lines, &server.url), &json!({}), None).await;
        assert_eq!(seen, ids, "{place} {body}");
        match (error, expected) {
            (None, Ok(count)) => assert_eq!(errors.len(), count, "{place} {body}: {errors:?}"),
            (Some(error), Err(part)) => assert!(error.message().contains(part), "{body}: {error}"),
            (error, _) => panic!("{place} {body}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn remarks_beside_one_record_reach_typed_calls() {
    const BOOK: &str = "x-airbyte-record-extractor: $.book\n";
    let failures = "x-agent-failures: [{place: $.warnings, remark: true}]";
    for (action, warnings, expected) in [
        ("get", json!(["torn"]), vec!["torn"]),
        ("create", json!([{"message": "the title is long"}, null]), vec!["the title is long"]),
        ("update", json!([]), vec![]),
    ] {
        let body = json!({"book": {"id": 7}, "warnings": warnings});
        let server = Server::script([Answer::json(200, body)]).await;
        let client = client_of(action, &format!("{BOOK}{failures}"), &server.url);
        let call = || client.execute("books", action, json!({})).into_call().unwrap();
        let told = call().record_with_remarks::<Value>().await.unwrap();
        assert_eq!(told.record, json!({"id": 7}), "{action}");
        assert_eq!(report_texts(&told.remarks), expected, "{action}");
        // The record alone stays what it was, and so does the metadata.
        assert_eq!(call().record::<Value>().await.unwrap(), json!({"id": 7}));
        let outcome = call().outcome().await.unwrap();
        assert_eq!((outcome.meta, outcome.errors.len()), (Value::Null, expected.len()));
        let built = airbyte_agent_engine::RecordAs::<Value>::new(call());
        assert_eq!(report_texts(&built.send_with_remarks().await.unwrap().remarks), expected);
    }
}

/// A client of a connector with one operation that takes this action on one book.
fn client_of(action: &str, lines: &str, url: &str) -> Client {
    let lines = lines.lines().map(|line| format!("      {line}\n")).collect::<String>();
    let method = if action == "get" { "get" } else { "post" };
    let spec = format!(
        "openapi: 3.1.0\ninfo: {{title: Books, version: '1'}}\nservers: [{{url: 'https://books.test'}}]\n\
         security: [{{key: []}}]\ncomponents: {{securitySchemes: {{key: {{type: http, scheme: bearer}}}}}}\n\
         paths:\n  /book:\n    {method}:\n      x-airbyte-entity: books\n      x-airbyte-action: {action}\n\
         {lines}      responses: {{'200': {{description: Done.}}}}\n"
    );
    let connector = airbyte_agent_spec::Spec::parse(&spec).and_then(|spec| spec.lower()).unwrap();
    let credentials = airbyte_agent_engine::Credentials::new().field("token", "secret-of-a-test");
    Client::local(connector, airbyte_agent_engine::Local::new(credentials).via(url)).unwrap()
}
