//! Jobs of vendors as tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use airbyte_agent_core::tools::Policy;
use airbyte_agent_core::{Client, Credentials, Local};
use airbyte_agent_mcp::{Audit, Server};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, ClientCapabilities, ClientConfig,
    DetailedTask, ElicitRequestParams, ElicitResult, ElicitationAction, GetTaskParams,
    Implementation, TaskPayload,
};
use rmcp::service::{RequestContext, RunningService};
use rmcp::{ClientHandler, ErrorData, RoleClient, serve_client};
use serde_json::{Value, json};

use crate::audit::Log;
use crate::harness::eventually;
use crate::vendor::{Answer, Server as Vendor};

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Press, version: 1.0.0, x-airbyte-connector-name: press, x-airbyte-connector-definition-id: 00000000-0000-4000-8000-000000000009}
servers: [{url: '{origin}', variables: {origin: {default: 'https://press.test'}}}]
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
paths:
  /reports:
    post:
      x-airbyte-entity: reports
      x-airbyte-action: create
      x-agent-job:
        id: $.id
        status: {operation: reports.get, argument: id}
        state: $.state
        done: [DONE]
        failed: [FAILED]
        reason: $.why
        pause_seconds: 1
        result: {operation: rows.list, argument: report}
      requestBody: {content: {application/json: {schema: {type: object, properties: {kind: {type: string}}}}}}
      responses: {'200': {description: The report.}}
  /reports/{id}:
    get:
      x-airbyte-entity: reports
      x-airbyte-action: get
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The report.}}
  /rows/{report}:
    get:
      x-airbyte-entity: rows
      x-airbyte-action: list
      x-airbyte-record-extractor: $.rows
      parameters: [{name: report, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: Rows.}}
";

/// A client whose user approves everything.
#[derive(Clone)]
struct Patient {
    has_tasks: bool,
}

impl ClientHandler for Patient {
    fn get_info(&self) -> ClientConfig {
        let known = ClientCapabilities::builder().enable_elicitation();
        let known = if self.has_tasks { known.enable_tasks().build() } else { known.build() };
        ClientConfig::new(known, Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        _: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        Ok(ElicitResult::new(ElicitationAction::Accept).with_content(json!({"approve": true})))
    }
}

type Session = RunningService<RoleClient, Patient>;

struct Press {
    vendor: Vendor,
    log: Log,
    states: Arc<AtomicUsize>,
}

impl Press {
    /// A vendor whose jobs are done when their state was read twice; one of the kind `bad` fails.
    async fn start() -> Self {
        let states = Arc::new(AtomicUsize::new(0));
        let read = Arc::clone(&states);
        let vendor = Vendor::start(move |seen, _| match (&*seen.method, &*seen.target) {
            ("POST", _) => {
                let kind = seen.json()["kind"].as_str().unwrap_or("good").to_owned();
                Answer::json(200, json!({"id": kind, "state": "NEW"}))
            }
            (_, "/reports/bad") => {
                Answer::json(200, json!({"id": "bad", "state": "FAILED", "why": "no paper"}))
            }
            (_, "/reports/endless") => Answer::json(200, json!({"id": "endless", "state": "NEW"})),
            (_, target) if target.starts_with("/reports/") => {
                let state = if read.fetch_add(1, Ordering::SeqCst) == 0 { "NEW" } else { "DONE" };
                Answer::json(200, json!({"id": "good", "state": state}))
            }
            _ => Answer::json(200, json!({"rows": [{"n": 1}, {"n": 2}]})),
        })
        .await;
        Self { vendor, log: Log::default(), states }
    }

    async fn connect(&self, policy: Policy, has_tasks: bool) -> Session {
        let description = airbyte_agent_spec::Spec::parse(SPEC).unwrap().lower().unwrap();
        let local = Local::new(Credentials::new().field("token", "x"))
            .config("origin", self.vendor.url.clone());
        let client = Client::local(description, local).unwrap();
        let server = Server::builder().account("press", client).unwrap().policy(policy);
        let server = server.audit(Audit::to(self.log.clone())).build();
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (reader, writer) = tokio::io::split(theirs);
        tokio::spawn(server.serve(reader, writer, std::future::pending()));
        serve_client(Patient { has_tasks }, ours).await.unwrap()
    }
}

fn making(kind: &str) -> CallToolRequestParams {
    let arguments = json!({"entity": "reports", "action": "create", "params": {"kind": kind}});
    let Value::Object(arguments) = arguments else { panic!("an object") };
    CallToolRequestParams::new("press").with_arguments(arguments)
}

async fn task(session: &Session, kind: &str) -> String {
    match session.call_tool_once(making(kind)).await.unwrap() {
        CallToolResponse::Task(created) => created.task.task_id,
        other => panic!("{other:?}"),
    }
}

async fn ended(session: &Session, id: &str) -> DetailedTask {
    for _ in 0..100 {
        let task = session.get_task(GetTaskParams::new(id)).await.unwrap().task;
        if task.status().is_terminal() {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the task does not end");
}

#[tokio::test]
async fn a_job_is_a_task_with_the_result_of_the_job() {
    for policy in [Policy::default(), Policy::default().ask("writes").unwrap()] {
        let press = Press::start().await;
        let session = press.connect(policy, true).await;
        let id = task(&session, "good").await;
        let TaskPayload::Completed { result } = ended(&session, &id).await.payload else {
            panic!("it is completed")
        };
        let text = serde_json::to_string(&result).unwrap();
        assert!(text.contains("\\\"n\\\":2"), "{text}");
        assert_eq!(press.states.load(Ordering::SeqCst), 2);
        let posts = press.vendor.seen().iter().filter(|seen| seen.method == "POST").count();
        assert_eq!(posts, 1);
        let last = press.log.lines().last().cloned().unwrap();
        assert_eq!((&last["event"], &last["outcome"]), (&json!("end"), &json!("ok")));
    }
}

#[tokio::test]
async fn a_job_that_fails_or_is_given_up_says_so() {
    let press = Press::start().await;
    let session = press.connect(Policy::default(), true).await;
    let id = task(&session, "bad").await;
    let TaskPayload::Completed { result } = ended(&session, &id).await.payload else {
        panic!("a failed call is a result")
    };
    assert_eq!(result["isError"], true);
    assert!(serde_json::to_string(&result).unwrap().contains("no paper"));
    let id = task(&session, "endless").await;
    let reads = || press.vendor.seen().iter().filter(|s| s.target == "/reports/endless").count();
    eventually(|| reads() == 1).await;
    session.cancel_task(CancelTaskParams::new(&*id)).await.unwrap();
    assert!(matches!(ended(&session, &id).await.payload, TaskPayload::Cancelled));
    assert!(session.get_task(GetTaskParams::new("0")).await.is_err());
}

#[tokio::test]
async fn where_it_cannot_be_waited_for_a_job_is_only_started() {
    for (policy, has_tasks) in [
        (Policy::default(), false),
        // The result cannot be read.
        (Policy::default().deny("rows.*").unwrap(), true),
        (Policy::default().ask("rows.*").unwrap(), true),
    ] {
        let press = Press::start().await;
        let session = press.connect(policy, has_tasks).await;
        let response = session.call_tool_once(making("good")).await.unwrap();
        let CallToolResponse::Complete(result) = response else { panic!("{response:?}") };
        let text = serde_json::to_string(&result).unwrap();
        assert!(text.contains("This started a job"), "{text}");
        assert_eq!(press.vendor.seen().len(), 1);
    }
}
