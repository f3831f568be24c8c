//! A vendor that behaves as the identifiers in a call say, and a client of the server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_core::{
    BoxFuture, CheckedCall, Client, Description, Error, ErrorKind, Layout, Redactor, Reply, Result,
    Transport,
};
use airbyte_agent_mcp::{Server, ServerBuilder};
use rmcp::model::{CallToolRequestParams, CallToolResult, ProgressNotificationParam};
use rmcp::service::{NotificationContext, RunningService};
use rmcp::{ClientHandler, RoleClient, serve_client};
use serde_json::{Value, json};

/// The connector of the tests.
pub(crate) fn acme() -> Description {
    let spec = airbyte_agent_spec::Spec::parse(include_str!("acme.yaml")).unwrap();
    Description::from(spec.lower().unwrap())
}

/// A vendor that remembers which operations were called.
#[derive(Clone, Default)]
pub(crate) struct Vendor {
    called: Arc<Mutex<Vec<String>>>,
    running: Arc<Mutex<(usize, usize)>>,
}

impl Vendor {
    pub(crate) fn client(&self) -> Client {
        Client::new(acme(), self.clone())
    }

    /// `entity.action` of every call that was made.
    pub(crate) fn called(&self) -> Vec<String> {
        self.called.lock().unwrap().clone()
    }

    /// The most calls that ran at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.running.lock().unwrap().1
    }

    /// The calls that run now.
    pub(crate) fn running(&self) -> usize {
        self.running.lock().unwrap().0
    }
}

/// Counts a call for as long as it runs, also when it is dropped.
struct Running(Arc<Mutex<(usize, usize)>>);

impl Running {
    fn new(count: &Arc<Mutex<(usize, usize)>>) -> Self {
        let mut running = count.lock().unwrap();
        running.0 += 1;
        running.1 = running.1.max(running.0);
        Self(Arc::clone(count))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().unwrap().0 -= 1;
    }
}

impl Transport for Vendor {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            self.called.lock().unwrap().push(call.name.to_owned());
            let _running = Running::new(&self.running);
            let id = call.arguments.get("id").and_then(Value::as_str).unwrap_or_default();
            match id {
                "slow" => tokio::time::sleep(Duration::from_secs(60)).await,
                "short" => tokio::time::sleep(Duration::from_millis(100)).await,
                "locked" => {
                    return Err(Error::new(ErrorKind::Authentication, "the key was refused"));
                }
                "gone" => return Err(Error::new(ErrorKind::NotFound, "there is no thing 'gone'")),
                "defect" => panic!("a defect"),
                _ => {}
            }
            let body = if call.operation.action.is_array() {
                json!({"things": [{"id": "t1", "name": "One"}, {"id": "t2", "name": "Two"}]})
            } else {
                json!({"id": id, "name": "One"})
            };
            let headers = http::HeaderMap::new();
            Ok(Reply::new(200, headers, body.to_string().into(), Layout::described()))
        })
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(90)
    }

    fn redactor(&self) -> Redactor {
        let redactor = Redactor::new();
        redactor.add(SECRET);
        redactor
    }
}

/// The credential of the account.
pub(crate) const SECRET: &str = "canary-5f1c9b7e";

/// A client that remembers the reports of progress.
#[derive(Clone, Default)]
pub(crate) struct Listener {
    told: Arc<Mutex<Vec<ProgressNotificationParam>>>,
}

impl Listener {
    pub(crate) fn told(&self) -> Vec<ProgressNotificationParam> {
        self.told.lock().unwrap().clone()
    }
}

impl ClientHandler for Listener {
    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.told.lock().unwrap().push(params);
    }
}

pub(crate) type Session = RunningService<RoleClient, Listener>;

/// A session with a server, over a pair of streams.
pub(crate) async fn connect(server: Server) -> Session {
    connect_until(server, std::future::pending()).await
}

/// A session with a server that stops when `stop` is ready.
pub(crate) async fn connect_until(
    server: Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Session {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (reader, writer) = tokio::io::split(theirs);
    tokio::spawn(server.serve(reader, writer, stop));
    serve_client(Listener::default(), ours).await.unwrap()
}

/// A server of one account of the vendor.
pub(crate) fn server(vendor: &Vendor) -> ServerBuilder {
    Server::builder().account("acme", vendor.client()).unwrap()
}

/// Calls the tool of the connector.
pub(crate) async fn call(session: &Session, entity: &str, action: &str, params: Value) -> Answer {
    tool(session, "acme", json!({"entity": entity, "action": action, "params": params})).await
}

/// Calls a tool.
pub(crate) async fn tool(session: &Session, name: &str, arguments: Value) -> Answer {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    let request = CallToolRequestParams::new(name.to_owned()).with_arguments(arguments);
    Answer(session.call_tool(request).await.unwrap())
}

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) CallToolResult);

impl Answer {
    pub(crate) fn text(&self) -> &str {
        &self.0.content[0].as_text().unwrap().text
    }

    /// The structured content of an error, or else the text as JSON.
    pub(crate) fn json(&self) -> Value {
        let structured = self.0.structured_content.clone();
        structured.unwrap_or_else(|| serde_json::from_str(self.text()).unwrap())
    }

    pub(crate) fn structured(&self) -> Option<&Value> {
        self.0.structured_content.as_ref()
    }

    pub(crate) fn is_error(&self) -> bool {
        self.0.is_error == Some(true)
    }

    /// The kind of its error.
    pub(crate) fn error(&self) -> &str {
        assert!(self.is_error(), "{self:?}");
        self.structured().unwrap()["error"].as_str().unwrap()
    }
}

/// Waits until `holds`, a few seconds at most.
pub(crate) async fn eventually(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}
