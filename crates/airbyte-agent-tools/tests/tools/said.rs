//! What vendors say beside the records of a list: totals, errors, and that there is more.

use airbyte_agent_description::Connector;
use airbyte_agent_engine::{Client, Credentials, Local};
use airbyte_agent_tools::{ClientTools as _, Exposure, ResultLimits, Toolset};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Shelf, version: 1.0.0, x-airbyte-connector-name: shelf, x-airbyte-connector-definition-id: 00000000-0000-4000-8000-000000000002}
servers: [{url: '{origin}', variables: {origin: {default: 'https://shelf.test'}}}]
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
paths:
  /graphql:
    post:
      x-airbyte-entity: books
      x-airbyte-action: list
      x-airbyte-record-extractor: $.data.books.nodes
      x-agent-total: $.data.books.count
      x-agent-failures: [{place: $.data.books.cut, remark: The search ran out of time.}]
      x-agent-pagination: {cursor: {from: $.data.books.next, into: after}, more: $.data.books.more}
      requestBody:
        x-airbyte-body-type: {type: graphql, query: 'query Books($after: String) { books(after: $after) { nodes { id } count next more cut } }', variables: {after: '{{ after }}'}}
        content: {application/json: {schema: {type: object, properties: {after: {type: string}}}}}
      responses: {'200': {description: Books.}}
";

fn connector() -> Connector {
    airbyte_agent_spec::Spec::parse(SPEC)
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn tools(server: &Server) -> Toolset {
    let local =
        Local::new(Credentials::new().field("token", "t")).config("origin", server.url.as_str());
    Client::local(connector(), local).unwrap().tools().exposure(Exposure::PerOperation)
}

fn page(id: u64, next: Option<&str>, more: bool, errors: Value) -> Answer {
    let books = json!({"nodes": [{"id": id}], "count": 42, "next": next, "more": more});
    let mut body = json!({"data": {"books": books}});
    if !errors.is_null() {
        body["errors"] = errors;
    }
    Answer::json(200, body)
}

#[tokio::test]
async fn errors_of_every_page_and_totals_are_in_the_result() {
    let error = |text: &str| json!([{"type": "FORBIDDEN", "message": text}]);
    let answers = [
        page(1, Some("a"), true, Value::Null),
        page(2, Some("b"), true, error("shelf 7 is locked")),
        page(3, None, false, error("shelf 8 is locked")),
    ];
    let server = Server::script(answers).await;
    let output = tools(&server).call("shelf_books_list", json!({"max_records": 9})).await.unwrap();
    let result = &output.structured;
    assert_eq!(result["data"], json!([{"id": 1}, {"id": 2}, {"id": 3}]));
    assert_eq!(result["meta"]["total"], 42);
    assert_eq!(result["meta"]["errors"].as_array().unwrap().len(), 2);
    for text in ["shelf 7 is locked", "shelf 8 is locked"] {
        assert!(result["notes"].to_string().contains(text), "{result}");
        assert!(output.text.contains(text), "{}", output.text);
    }
}

#[tokio::test]
async fn a_flag_of_one_page_is_in_the_result() {
    let with_flag = |id: u64, next: Option<&str>, cut: bool| {
        let books =
            json!({"nodes": [{"id": id}], "next": next, "more": next.is_some(), "cut": cut});
        Answer::json(200, json!({"data": {"books": books}}))
    };
    for (flags, note) in [
        ([false, true, false], "The search ran out of time."),
        ([true, true, false], "The search ran out of time. (2 times)"),
        ([false, false, false], ""),
    ] {
        let [first, second, last] = flags;
        let answers = [
            with_flag(1, Some("a"), first),
            with_flag(2, Some("b"), second),
            with_flag(3, None, last),
        ];
        let server = Server::script(answers).await;
        let call = tools(&server).call("shelf_books_list", json!({"max_records": 9})).await;
        let output = call.unwrap();
        assert_eq!(output.structured["data"].as_array().unwrap().len(), 3);
        let notes = output.structured["notes"].to_string();
        match note {
            "" => assert!(!notes.contains("reports an error"), "{notes}"),
            note => {
                assert!(notes.contains(note) && output.text.contains(note), "{notes}");
                assert!(output.structured["meta"]["errors"][0]["cut"] == json!(true));
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_is_cut_says_so_and_offers_no_cursor() {
    let server = Server::script([page(1, None, true, Value::Null)]).await;
    let output = tools(&server).call("shelf_books_list", json!({})).await.unwrap();
    assert_eq!(output.structured["data"], json!([{"id": 1}]));
    assert!(output.next.is_none() && output.structured.get("next_cursor").is_none());
    let note = output.structured["notes"][0].as_str().unwrap();
    assert!(note.contains("not all") && note.contains("not how to get it"), "{note}");
}

#[tokio::test]
async fn a_response_that_takes_too_much_memory_is_an_error() {
    let nodes: Vec<Value> = (0..20_000).map(|id| json!({"id": id})).collect();
    let body = json!({"data": {"books": {"nodes": nodes}}});
    let server = Server::start(move |_, _| Answer::json(200, body.clone())).await;
    let tools = tools(&server).limits(ResultLimits::STANDARD.held(1 << 20));
    let error = tools.call("shelf_books_list", json!({})).await.unwrap_err();
    assert!(error.to_string().contains("1 MiB of memory"), "{error}");
}
