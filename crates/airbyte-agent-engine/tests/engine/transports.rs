//! Transports that somebody else wrote: what they get, and what may be made of their answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::acme::description;
use airbyte_agent_engine::cursor::NextPage;
use airbyte_agent_engine::description::JsonPath;
use airbyte_agent_engine::{
    BoxFuture, CallOptions, CheckedCall, Client, Completion, Download, Error, ErrorKind,
    HttpResponse, Layout, Page, Reply, Result, Transport,
};

type Answer = fn(&CheckedCall<'_>) -> Result<Reply>;

/// Answers as a function says, and remembers the arguments.
#[derive(Clone)]
struct Other {
    answer: Answer,
    seen: Arc<Mutex<Vec<Map<String, Value>>>>,
}

impl Other {
    fn client(answer: Answer) -> (Client, Self) {
        let other = Self { answer, seen: Arc::default() };
        (Client::new(description(), other.clone()), other)
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

impl Transport for Other {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        self.seen.lock().unwrap().push(call.arguments.clone());
        Box::pin(std::future::ready((self.answer)(&call)))
    }

    fn open<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Download>> {
        let body = futures_util::stream::iter([Ok("file".into())]);
        let response = HttpResponse::new(200, http::HeaderMap::new(), Box::pin(body));
        Box::pin(std::future::ready(Ok(response.into())))
    }

    fn pause(&self, attempt: u32, _: &Error, _: &CallOptions) -> Option<Duration> {
        (attempt < 3).then_some(Duration::from_millis(1))
    }
}

fn json(body: Value, layout: Layout) -> Reply {
    Reply::new(200, http::HeaderMap::new(), body.to_string().into(), layout)
}

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap()
}

#[tokio::test]
async fn arguments_are_checked_before_a_transport_sees_them() {
    let (client, other) = Other::client(|_| Ok(json(json!({"things": []}), Layout::described())));
    for arguments in [json!({"limit": "many"}), json!({"colour": "red"})] {
        let error = client.execute("things", "list", arguments).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().starts_with("things.list: "), "{error}");
    }
    assert_eq!(other.count(), 0);
    client.execute("things", "list", json!({"limit": 5, "cursor": null})).await.unwrap();
    assert_eq!(other.seen.lock().unwrap()[0], *json!({"limit": 5}).as_object().unwrap());
}

#[tokio::test]
async fn a_wrapped_answer_is_read_where_its_layout_says() {
    let (client, _) = Other::client(|call| {
        let layout = Layout::wrapped(path("$.answer.rows"))
            .metadata([path("$.about"), path("$.about.paging")])
            .peer("the gateway");
        if call.arguments.contains_key("limit") {
            return Ok(json(json!({"message": "nothing came"}), layout));
        }
        let about = json!({"total": 2, "paging": {"total": 9, "next": "n"}});
        let body = json!({"answer": {"rows": [{"id": "a"}, {"id": "b"}]}, "about": about});
        Ok(json(body, layout).with_next(Some(NextPage::at("the second page"))))
    });
    let outcome = client.execute("things", "list", json!({})).await.unwrap();
    assert_eq!(outcome.data, json!([{"id": "a"}, {"id": "b"}]));
    assert_eq!(outcome.meta, json!({"next": "n", "total": 2}), "the first object counts");
    assert!(outcome.next.is_some());
    let call = client.execute("things", "list", json!({})).into_call().unwrap();
    let page: Page<Value, Value> = call.page().await.unwrap();
    assert_eq!((page.data.len(), &page.meta["total"]), (2, &json!(2)));
    let error = client.execute("things", "list", json!({"limit": 1})).await.unwrap_err();
    let message = "things.list: the gateway's response has no 'answer.rows': nothing came";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, message));
}

#[tokio::test]
async fn an_element_that_is_null_is_no_record_wherever_the_records_stand() {
    let (described, _) = Other::client(|_| {
        Ok(json(json!({"things": [null, {"id": "a"}, null]}), Layout::described()))
    });
    let (wrapped, _) = Other::client(|_| {
        Ok(json(json!({"rows": [null, {"id": "a"}, null]}), Layout::wrapped(path("$.rows"))))
    });
    for client in [described, wrapped] {
        let call = || client.execute("things", "list", json!({}));
        assert_eq!(call().await.unwrap().data, json!([{"id": "a"}]));
        let page: Page<Value, Value> = call().into_call().unwrap().page().await.unwrap();
        assert_eq!(page.data, [json!({"id": "a"})]);
    }
}

#[tokio::test]
async fn an_error_of_a_transport_arrives_as_it_was_made() {
    let (client, other) = Other::client(|call| {
        Err(Error::new(ErrorKind::RateLimited, format!("{}: later", call.name))
            .with_status(429)
            .with_retry_after(Some(Duration::from_secs(7)))
            .with_request_id(Some("r-1".to_owned())))
    });
    let error = client.execute("things", "list", json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)));
    assert_eq!(
        (error.retry_after(), error.request_id()),
        (Some(Duration::from_secs(7)), Some("r-1"))
    );
    assert!(error.is_retryable());
    assert_eq!(other.count(), 1, "whether it is sent again is the transport's to decide");
}

#[tokio::test]
async fn files_come_whole_and_in_parts() {
    let (client, _) = Other::client(|_| panic!("a file was asked for"));
    let call = client.execute("contents", "download", json!({"id": "f"})).into_call().unwrap();
    assert!(call.dry_run().is_err(), "dry runs are refused by default");
    assert_eq!(call.download().await.unwrap().bytes().await.unwrap(), b"file");
    let part = json!({"id": "f", "_airbyte_response_type": "json", "range_header": "bytes=1-2"});
    let part = client.execute("contents", "download", part).await.unwrap();
    assert_eq!((&part.data["bytes_returned"], &part.data["has_more"]), (&json!(2), &json!(true)));
}

/// Can execute nothing.
struct Closed;

impl Transport for Closed {
    fn send<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { panic!("sent") })
    }

    fn completion(&self) -> Result<Completion<'_>> {
        Err(Error::authentication("no credentials"))
    }
}

#[tokio::test]
async fn a_transport_that_can_execute_nothing_says_so_first() {
    let client = Client::new(description(), Closed);
    let error = client.execute("things", "list", json!({"colour": "red"})).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Authentication, "no credentials"));
}
