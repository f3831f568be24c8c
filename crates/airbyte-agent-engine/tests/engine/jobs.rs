//! Jobs that run at the vendor: started, watched, found again, read.

use std::time::Duration;

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{Call, Client, Credentials, ErrorKind, Job, JobState, Local, Result};
use airbyte_agent_spec::Spec;
use serde_json::json;

use crate::acme::impatient;
use crate::server::{Answer, Server};

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Press, version: '1'}
servers: [{url: 'https://press.test'}]
security: [{key: []}]
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
  schemas:
    Job:
      type: object
      properties:
        id: {type: integer}
        state: {type: string}
        why: {type: string}
        percent: {type: number}
        file: {type: string}
paths:
  /{shop}/reports:
    post:
      x-airbyte-entity: reports
      x-airbyte-action: create
      x-airbyte-record-extractor: $.job
      x-agent-job:
        id: $.id
        status: {operation: reports.get, argument: number, keep: [shop]}
        state: $.state
        done: [finished]
        failed: [broken]
        reason: $.why
        progress: $.percent
        pause_seconds: 30
        result: {operation: report_rows.list, argument: number, take: {file: $.file}, keep: [shop]}
      parameters: [{name: shop, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {kind: {type: string}}}
      responses:
        '200':
          description: The job.
          content:
            application/json:
              schema: {type: object, properties: {job: {$ref: '#/components/schemas/Job'}}}
  /{shop}/reports/{number}:
    get:
      x-airbyte-entity: reports
      x-airbyte-action: get
      parameters:
        - {name: shop, in: path, required: true, schema: {type: string}}
        - {name: number, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: The job.
          content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}
  /{shop}/reports/{number}/{file}:
    get:
      x-airbyte-entity: report_rows
      x-airbyte-action: list
      x-airbyte-no-pagination: All rows come at once.
      parameters:
        - {name: shop, in: path, required: true, schema: {type: string}}
        - {name: number, in: path, required: true, schema: {type: string}}
        - {name: file, in: path, required: true, schema: {type: string}}
      responses: {'200': {description: The rows.}}
";

fn client(server: &Server) -> Client {
    let connector = Spec::parse(SPEC).and_then(|spec| spec.lower()).unwrap();
    let credentials = Credentials::new().field("token", "secret-of-a-test");
    let local = Local::new(credentials).via(&server.url).retry(impatient());
    Client::local(connector, local).unwrap()
}

fn start(client: &Client) -> Call {
    let arguments = json!({"shop": "elm", "kind": "sales"});
    client.execute("reports", "create", arguments).into_call().unwrap()
}

/// A vendor whose job goes through these states.
async fn press(states: &'static [&'static str]) -> Server {
    let started = Answer::json(200, json!({"job": {"id": 7, "state": "queued"}}));
    let states = states.iter().map(|state| match *state {
        "busy server" => Answer::json(503, "{}"),
        state => Answer::json(
            200,
            json!({"id": 7, "state": state, "why": "out of paper", "percent": "40%", "file": "f1"}),
        ),
    });
    let rows = Answer::json(200, json!([{"row": 1}, {"row": 2}]));
    Server::script([started].into_iter().chain(states).chain([rows])).await
}

fn paths(server: &Server) -> Vec<String> {
    server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
}

/// Starts the job and waits for it without pauses.
async fn run(server: &Server) -> Result<Call> {
    let job: Job = start(&client(server)).start().await?;
    job.pause_for(Duration::ZERO).wait_at_most(Duration::from_secs(5)).wait().await
}

#[tokio::test]
async fn a_job_is_started_watched_and_read() {
    let server = press(&["queued", "running", "finished"]).await;
    let rows = run(&server).await.unwrap().outcome().await.unwrap();
    assert_eq!(rows.data, json!([{"row": 1}, {"row": 2}]));
    let expected = [
        "POST /elm/reports",
        "GET /elm/reports/7",
        "GET /elm/reports/7",
        "GET /elm/reports/7",
        "GET /elm/reports/7/f1",
    ];
    assert_eq!(paths(&server), expected);
}

#[tokio::test]
async fn the_state_says_what_the_vendor_says() {
    let server = press(&["running", "broken", "finished"]).await;
    let mut job: Job = start(&client(&server)).start().await.unwrap();
    assert_eq!((job.id(), job.record()), ("7", &json!({"id": 7, "state": "queued"})));
    assert_eq!(job.pause(), Duration::from_secs(30));
    let running = JobState::Running { state: "running".to_owned(), progress: Some(40.0) };
    assert_eq!(job.state().await.unwrap(), running);
    let reason = Some("out of paper".to_owned());
    let failed = JobState::Failed { state: "broken".to_owned(), reason };
    assert_eq!(job.state().await.unwrap(), failed);
    assert_eq!(job.state().await.unwrap(), JobState::Done);
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let server = press(&["running", "broken"]).await;
    let error = run(&server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor);
    let expected = "the job 7 of reports.create ended as `broken`: out of paper";
    assert_eq!(error.message(), expected);
}

#[tokio::test]
async fn a_job_is_found_again_by_its_identifier() {
    let server = Server::script([
        Answer::json(200, json!({"state": "finished", "file": "f1"})),
        Answer::json(200, json!([{"row": 1}])),
    ])
    .await;
    let mut call = client(&server).call("reports", Action::Create);
    call.set("shop", "elm");
    let mut job: Job = call.job("7").unwrap();
    let rows = job.wait().await.unwrap().outcome().await.unwrap();
    assert_eq!(rows.data, json!([{"row": 1}]));
    assert_eq!(paths(&server), ["GET /elm/reports/7", "GET /elm/reports/7/f1"]);
}

#[tokio::test]
async fn a_failure_that_may_pass_does_not_end_the_waiting() {
    // The client sends a request three times; four refused ones are two requests for the state.
    let busy = ["busy server"; 4];
    let states: Vec<&str> = busy.into_iter().chain(["finished"]).collect();
    let server = press(states.leak()).await;
    assert!(run(&server).await.is_ok());
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_named() {
    let server = press(&["running"]).await;
    let mut job: Job = start(&client(&server)).start().await.unwrap();
    job = job.wait_at_most(Duration::from_secs(1));
    let error = job.wait().await.unwrap_err();
    assert!(error.is_timeout());
    let expected = "the job 7 of reports.create is not done after 1 s (its state is `running`)";
    assert!(error.message().starts_with(expected), "{error}");
}

#[tokio::test]
async fn what_is_no_job_is_refused_before_anything_is_sent() {
    let server = press(&[]).await;
    let client = client(&server);
    let list = client.execute("report_rows", "list", json!({"shop": "elm"})).into_call().unwrap();
    let error = list.start::<Call>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("report_rows.list starts no job"), "{error}");
    assert_eq!(start(&client).job::<Call>("").unwrap_err().kind(), ErrorKind::Validation);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_choice_of_fields_is_for_the_result() {
    let server = press(&["finished"]).await;
    let mut call = start(&client(&server));
    *call.options() = std::mem::take(call.options()).select(["row"]);
    let mut job: Job = call.start().await.unwrap();
    let rows = job.wait().await.unwrap().outcome().await.unwrap();
    assert_eq!(rows.data, json!([{"row": 1}, {"row": 2}]));
}

#[tokio::test]
async fn the_wait_that_a_vendor_asks_for_is_kept() {
    let started = || Answer::json(200, json!({"job": {"id": 7, "state": "queued"}}));
    let limited = |wait| Answer::json(429, json!({})).header("retry-after", wait);
    let finished = Answer::json(200, json!({"id": 7, "state": "finished", "file": "f1"}));
    // It does not fit, so nobody has to try.
    let server = Server::script([started(), limited(100)]).await;
    let mut job: Job = start(&client(&server)).start().await.unwrap();
    job = job.pause_for(Duration::ZERO).wait_at_most(Duration::from_secs(8));
    let before = std::time::Instant::now();
    let error = job.wait().await.unwrap_err();
    assert!(before.elapsed() < Duration::from_secs(4), "{error}");
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(100)));
    assert!(error.message().contains("the job 7 of reports.create"), "{error}");
    assert!(error.message().contains("can be waited for again"), "{error}");
    assert_eq!(server.seen().len(), 2);
    // It fits.
    let server = Server::script([started(), limited(1), finished]).await;
    let mut call = start(&client(&server));
    *call.options() = std::mem::take(call.options()).max_attempts(1);
    let mut job: Job = call.start().await.unwrap();
    job = job.pause_for(Duration::ZERO).wait_at_most(Duration::from_secs(8));
    let before = std::time::Instant::now();
    job.wait().await.unwrap();
    assert!(before.elapsed() >= Duration::from_millis(900));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_job_that_is_done_and_lacks_what_the_result_needs_is_the_vendors_fault() {
    let started = Answer::json(200, json!({"job": {"id": 7, "state": "queued"}}));
    let done = Answer::json(200, json!({"id": 7, "state": "finished", "file": null}));
    let error = run(&Server::script([started, done]).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vendor, "{error}");
    assert!(error.message().contains("is done, and its state has no `$.file`"), "{error}");
}

#[tokio::test]
async fn an_identifier_whose_digits_are_not_kept_is_not_followed() {
    let started = Answer::json(200, r#"{"job": {"id": 1.50, "state": "queued"}}"#);
    let server = Server::script([started]).await;
    let error = run(&server).await.unwrap_err();
    assert!(error.message().contains("look for it at the vendor"), "{error}");
    assert_eq!(server.seen().len(), 1);
}
