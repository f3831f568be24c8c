//! A sandbox with one service, and requests to its platform.

use airbyte_agent_core::Credentials;
use airbyte_agent_core::description::Connector;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox, SandboxBuilder};
use serde_json::{Map, Value, json};

use crate::executor::EngineExecutor;

#[path = "../support/mod.rs"]
mod support;

pub(crate) use support::Answer;

pub(crate) const DEFINITION: &str = "22222222-3333-4444-8555-666666666666";
const SPEC: &str = include_str!("../fixtures/ledger.yaml");

fn ledger() -> Connector {
    let spec = airbyte_agent_spec::Spec::parse(SPEC).unwrap();
    spec.lower().unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A platform, and the token by which it is asked.
pub(crate) struct Platform {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
}

impl Platform {
    pub(crate) fn builder() -> SandboxBuilder {
        let credentials = Credentials::new().field("token", "sandbox");
        let executor = EngineExecutor { description: ledger(), credentials };
        Sandbox::builder().connector(ledger()).executor(executor).crowded("big-ledger")
    }

    pub(crate) async fn start() -> Self {
        Self::of(Self::builder().spec("big-ledger", SPEC)).await
    }

    pub(crate) async fn of(builder: SandboxBuilder) -> Self {
        let mut platform = Self { sandbox: builder.start().await.unwrap(), token: String::new() };
        platform.token = platform.application(CLIENT_ID, CLIENT_SECRET).await;
        platform
    }

    /// An application token.
    pub(crate) async fn application(&self, id: &str, secret: &str) -> String {
        let body = json!({"client_id": id, "client_secret": secret});
        let answer = self.send("POST", "/api/v1/account/applications/token", "", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A scoped token.
    pub(crate) async fn scoped(&self, workspace: &str) -> String {
        let path = "account/applications/scoped-token";
        let answer = self.ask("POST", path, &json!({"workspace_name": workspace})).await;
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// A request with these header lines.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &Value,
    ) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        support::send(&self.sandbox, method, path, headers, body.as_bytes()).await.unwrap()
    }

    /// A request to the current API with the usual token.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask_as(&self.token, method, path, body).await
    }

    /// The same with another token.
    pub(crate) async fn ask_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let headers = format!("Authorization: Bearer {token}\r\n");
        self.send(method, &format!("/api/v1/{path}"), &headers, body).await
    }

    /// The JSON of a request that is to succeed.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The id of a new connector.
    pub(crate) async fn create(&self, workspace: &str) -> String {
        let answer = self.ask("POST", "integrations/connectors", &new(workspace)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The id of the connector that is there from the start.
    pub(crate) async fn first(&self) -> String {
        let listed = self.get("integrations/connectors?workspace_name=default").await;
        listed["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The result of an execution, or the answer if it fails.
    pub(crate) async fn execute(&self, id: &str, body: &Value) -> Result<Value, Answer> {
        let path = format!("integrations/connectors/{id}/execute");
        let answer = self.ask("POST", &path, body).await;
        if answer.status == 200 { Ok(answer.json()["result"].clone()) } else { Err(answer) }
    }
}

/// The body that creates a connector.
pub(crate) fn new(workspace: &str) -> Value {
    json!({
        "workspace_name": workspace,
        "definition_id": DEFINITION,
        "credentials": {"token": "t0ken"},
        "replication_config": {"accounts": ["acct_1"]},
        "environment": {"site": "east"},
    })
}

/// `base` with members of `change` put over it; `null` takes one away.
pub(crate) fn with(mut base: Value, change: Value) -> Value {
    let change = if let Value::Object(change) = change { change } else { Map::new() };
    for (name, value) in change {
        let members = base.as_object_mut().unwrap();
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    base
}
