//! Uploads that one call makes of several operations: whole or in parts, over connections that break.

use airbyte_agent_engine::{Client, Credentials, Error, ErrorKind, Local, Outcome, report_texts};
use airbyte_agent_spec::Spec;
use serde_json::{Value, json};

use crate::acme::impatient;
use crate::server::{Answer, Seen, Server};

const SECRET: &str = "canary-41f0";

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Depot, version: '1'}
servers: [{url: 'https://depot.test'}]
security: [{key: []}]
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
paths:
  /whole:
    post:
      x-airbyte-entity: whole_files
      x-airbyte-action: create
      x-agent-upload:
        file: {content: file, name: title, media_type: kind}
        start: {operation: tickets.create, arguments: {items: [{title: '{{ title }}', note: '{{ note }}', bytes: '{{ file.size_text }}'}]}}
        send:
          operation: forms.create
          arguments: {address: '{{ start.targets.0.url }}', handed: '{{ start.targets.0.fields }}', file: '{{ file.content }}', file_name: '{{ title }}'}
        finish: {operation: kept.create, arguments: {source: 'kept/{{ start.targets.0.id }}', size: '{{ file.size }}'}}
        result: $.files[0]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [file, title]
              properties: {file: {type: string, format: byte}, title: {type: string}, kind: {type: string}, note: {type: string}}
      responses: {'200': {description: Done.}}
  /tickets:
    post:
      x-airbyte-entity: tickets
      x-airbyte-action: create
      x-agent-failures: [{place: $.warnings, remark: true}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {items: {type: array}}}}}}
      responses: {'200': {description: Done.}}
  /forms/{address}:
    post:
      x-airbyte-entity: forms
      x-airbyte-action: create
      x-agent-address: {argument: address, hosts: [files.depot.test], fields: handed}
      parameters: [{name: address, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties: {handed: {type: array}, file: {type: string, format: binary}}
      responses: {'200': {description: Done.}}
  /kept:
    post:
      x-airbyte-entity: kept
      x-airbyte-action: create
      requestBody: {content: {application/json: {schema: {type: object, properties: {source: {type: string}, size: {type: integer}}}}}}
      responses: {'200': {description: Done.}}
  /parts:
    post:
      x-airbyte-entity: part_files
      x-airbyte-action: create
      x-agent-upload:
        file: {content: file}
        start: {operation: sessions.create, arguments: {name: '{{ name }}', X-Size: '{{ file.size }}'}}
        send:
          operation: parts.create
          arguments: {address: '{{ start.address }}', Content-Range: '{{ file.range }}', part: '{{ file.content }}'}
        part_bytes: 4
        received: $.received
      requestBody:
        content: {application/json: {schema: {type: object, required: [file], properties: {file: {type: string, format: byte}, name: {type: string}}}}}
      responses: {'200': {description: Done.}}
  /sessions:
    post:
      x-airbyte-entity: sessions
      x-airbyte-action: create
      x-agent-record-headers: {address: Location}
      parameters: [{name: X-Size, in: header, schema: {type: integer}}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {'200': {description: Done., content: {application/json: {schema: {type: object, properties: {address: {type: string}}}}}}}
  /put/{address}:
    put:
      x-airbyte-entity: parts
      x-airbyte-action: create
      x-agent-address: {argument: address, hosts: [files.depot.test], more: {status: 308, header: Range, member: received}}
      parameters:
        - {name: address, in: path, required: true, schema: {type: string}}
        - {name: Content-Range, in: header, schema: {type: string}}
      requestBody: {required: false, content: {application/octet-stream: {x-agent-argument: part, schema: {type: string, format: binary}}}}
      responses: {'200': {description: Done., content: {application/json: {schema: {type: object, properties: {received: {type: integer}, id: {type: string}}}}}}}
";

fn client(server: &Server) -> Client {
    let description = Spec::parse(SPEC).and_then(|spec| spec.lower()).unwrap();
    let credentials = Credentials::new().field("token", SECRET);
    let local = Local::new(credentials).via(&server.url).retry(impatient());
    Client::local(description, local).unwrap()
}

async fn upload(server: &Server, entity: &str, arguments: Value) -> Result<Outcome, Error> {
    client(server).execute(entity, "create", arguments).await
}

fn whole() -> Value {
    json!({"file": "aGVsbG8=", "title": "a.txt"})
}

/// A vendor that gives out an address for a form, stores the form, and keeps the file.
async fn store(warnings: Value) -> Server {
    Server::start(move |seen, _| match seen.target.as_str() {
        "/tickets" => Answer::json(
            200,
            json!({"warnings": warnings, "targets": [{
                "id": 7, "url": "https://files.depot.test/bucket",
                "fields": [{"name": "key", "value": "a/b"}, {"name": "none", "value": null}, {"name": "policy", "value": "p"}],
            }]}),
        ),
        "/bucket" => Answer { body: b"<Stored/>".to_vec(), ..Answer::json(201, "") },
        "/kept" => Answer::json(200, json!({"files": [{"id": "f1", "sent": seen.json()}]})),
        other => Answer::json(404, json!({"message": other})),
    })
    .await
}

#[tokio::test]
async fn one_call_asks_sends_and_finishes() {
    let server = store(json!([])).await;
    let outcome = upload(&server, "whole_files", whole()).await.unwrap();
    assert_eq!(outcome.data, json!({"id": "f1", "sent": {"source": "kept/7", "size": 5}}));
    assert_eq!((outcome.meta, outcome.errors), (Value::Null, vec![]));
    let seen = server.seen();
    // What nobody gave is left out.
    assert_eq!(seen[0].json(), json!({"items": [{"title": "a.txt", "bytes": "5"}]}));
    let form = &seen[1];
    assert_eq!((form.method.as_str(), form.target.as_str()), ("POST", "/bucket"));
    assert!(form.header("authorization").is_none(), "{:?}", form.headers);
    let places =
        ["name=\"key\"\r\n\r\na/b", "name=\"policy\"\r\n\r\np", "filename=\"a.txt\"", "hello"]
            .map(|text| form.body.find(text).unwrap_or_else(|| panic!("{text}: {}", form.body)));
    assert!(places.is_sorted(), "{}", form.body);
    assert!(seen[2].header("authorization").is_some());
}

#[tokio::test]
async fn what_is_said_beside_a_step_is_told() {
    let server = store(json!(["the file is large"])).await;
    let outcome = upload(&server, "whole_files", whole()).await.unwrap();
    assert_eq!(report_texts(&outcome.errors), ["the file is large"]);
    let call = client(&server).execute("whole_files", "create", whole()).into_call().unwrap();
    let typed = call.record_with_remarks::<Value>().await.unwrap();
    assert_eq!(typed.record["id"], "f1");
    assert_eq!(report_texts(&typed.remarks), ["the file is large"]);
}

#[tokio::test]
async fn a_preview_shows_the_first_request_and_names_the_others() {
    let server = store(json!([])).await;
    let call = client(&server).execute("whole_files", "create", whole()).into_call().unwrap();
    let preview = call.dry_run().unwrap();
    assert!(preview.url.ends_with("/tickets"), "{}", preview.url);
    assert_eq!(preview.body, json!({"items": [{"title": "a.txt", "bytes": "5"}]}));
    assert_eq!(preview.then, ["forms.create", "kept.create"]);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn wrong_files_and_keys_are_refused_before_anything_is_sent() {
    let server = store(json!([])).await;
    for (file, why) in [("%%%", "base64"), ("", "has no bytes")] {
        let error = upload(&server, "whole_files", json!({"file": file, "title": "a"})).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().contains(why), "{error}");
    }
    let call = client(&server).execute("whole_files", "create", whole());
    let error = call.options(|options| options.idempotency_key("k")).await.unwrap_err();
    assert!(error.message().contains("idempotency key"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_address_on_another_host_gets_nothing() {
    let server = Server::script([Answer::json(
        200,
        json!({"targets": [{"id": 1, "url": "https://evil.test/x", "fields": []}]}),
    )])
    .await;
    let error = upload(&server, "whole_files", whole()).await.unwrap_err();
    assert!(error.message().contains("evil.test, which is not allowed"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

/// Ten bytes, sent in parts of four.
const TEN: &str = "MDEyMzQ1Njc4OQ==";

fn session() -> Answer {
    Answer { body: vec![], ..Answer::json(200, "") }
        .header("location", "https://files.depot.test/up?id=1")
}

fn missing(last: Option<u32>) -> Answer {
    let answer = Answer { body: vec![], ..Answer::json(308, "") };
    match last {
        Some(last) => answer.header("range", format!("bytes=0-{last}")),
        None => answer,
    }
}

fn made() -> Answer {
    Answer::json(201, json!({"id": "f9"}))
}

/// The ranges and bodies of the parts.
fn parts(seen: &[Seen]) -> Vec<(String, String)> {
    let parts = seen.iter().filter(|seen| seen.method == "PUT");
    let range = |seen: &Seen| seen.header("content-range").unwrap_or_default().to_owned();
    parts.map(|seen| (range(seen), seen.body.clone())).collect()
}

#[tokio::test]
async fn files_are_sent_in_parts() {
    let server = Server::script([session(), missing(Some(3)), missing(Some(7)), made()]).await;
    let file = upload(&server, "part_files", json!({"file": TEN, "name": "n"})).await.unwrap();
    assert_eq!(file.data, json!({"id": "f9"}));
    let seen = server.seen();
    assert_eq!((seen[0].header("x-size"), seen[0].json()), (Some("10"), json!({"name": "n"})));
    let expected = [("bytes 0-3/10", "0123"), ("bytes 4-7/10", "4567"), ("bytes 8-9/10", "89")];
    assert_eq!(parts(&seen), expected.map(|(range, body)| (range.to_owned(), body.to_owned())));
    assert!(seen.iter().skip(1).all(|part| part.header("authorization").is_none()));
    assert!(seen.iter().skip(1).all(|part| part.target == "/up?id=1"));
}

#[tokio::test]
async fn an_upload_goes_on_where_the_connection_broke() {
    for broken in [Answer::hang_up(), Answer::json(503, "{}")] {
        // Of the second part two bytes have arrived.
        let server =
            Server::script([session(), missing(Some(3)), broken.clone(), missing(Some(5)), made()])
                .await;
        let file = upload(&server, "part_files", json!({"file": TEN})).await;
        assert_eq!(file.unwrap().data, json!({"id": "f9"}), "{broken:?}");
        let parts = parts(&server.seen());
        let last: Vec<_> = parts.iter().rev().take(2).rev().cloned().collect();
        let expected = [("bytes */10", ""), ("bytes 6-9/10", "6789")];
        assert_eq!(last, expected.map(|(range, body)| (range.to_owned(), body.to_owned())));
    }
}

#[tokio::test]
async fn a_file_that_arrived_before_the_connection_broke_is_not_sent_again() {
    let server = Server::script([session(), missing(Some(7)), Answer::hang_up(), made()]).await;
    let file = upload(&server, "part_files", json!({"file": TEN})).await.unwrap();
    assert_eq!(file.data, json!({"id": "f9"}));
    let ranges: Vec<_> = parts(&server.seen()).into_iter().map(|(range, _)| range).collect();
    assert_eq!(ranges, ["bytes 0-3/10", "bytes 8-9/10", "bytes */10"]);
}

#[tokio::test]
async fn an_upload_that_the_vendor_forgot_starts_anew() {
    for status in [404, 410] {
        let gone = Answer::json(status, json!({"message": "gone"}));
        let again = [session(), missing(Some(3)), missing(Some(7)), made()];
        let server =
            Server::script([session(), missing(Some(3)), gone].into_iter().chain(again)).await;
        let file = upload(&server, "part_files", json!({"file": TEN})).await.unwrap();
        assert_eq!(file.data, json!({"id": "f9"}));
        let starts = server.seen().iter().filter(|seen| seen.target == "/sessions").count();
        assert_eq!((starts, parts(&server.seen()).len()), (2, 5), "{status}");
    }
}

#[tokio::test]
async fn an_upload_that_does_not_go_on_fails() {
    let forgotten = || Answer::json(404, json!({"message": "gone"}));
    let refused = || Answer::json(403, json!({"message": "no"}));
    for (answers, kind, why) in [
        (vec![session(), missing(None)], ErrorKind::Vendor, "took 0 of 10 bytes"),
        (vec![session(), missing(Some(9))], ErrorKind::Vendor, "took 10 of 10 bytes"),
        (vec![session(), missing(Some(70))], ErrorKind::Decode, "more bytes than were sent"),
        (vec![session(), missing(Some(3)), refused()], ErrorKind::Permission, "no"),
        (vec![session(), Answer::json(503, "{}")], ErrorKind::Vendor, "part_files.create"),
        (
            vec![session(), forgotten(), session(), forgotten(), session(), forgotten()],
            ErrorKind::NotFound,
            "gone",
        ),
    ] {
        let server = Server::script(answers).await;
        let error = upload(&server, "part_files", json!({"file": TEN})).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(why), "{error}");
        assert!(server.seen().len() < 12, "{}", server.seen().len());
    }
}

#[tokio::test]
async fn a_part_can_be_sent_by_itself() {
    let server = Server::script([missing(None), missing(Some(3)), made()]).await;
    let part = |range: &str, part: Option<&str>| {
        let mut arguments =
            json!({"address": "https://files.depot.test/up?id=1", "Content-Range": range});
        if let Some(part) = part {
            arguments["part"] = part.into();
        }
        client(&server).execute("parts", "create", arguments)
    };
    assert_eq!(part("bytes */10", None).await.unwrap().data, json!({"received": 0}));
    let second = part("bytes 0-3/10", Some("MDEyMw==")).await.unwrap();
    assert_eq!(second.data, json!({"received": 4}));
    let last = part("bytes 4-9/10", Some("NDU2Nzg5")).await.unwrap();
    assert_eq!(last.data, json!({"id": "f9"}));
}
