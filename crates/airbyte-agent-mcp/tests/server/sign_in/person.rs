//! A client whose user signs in or does not, a page that is none, and an account without credentials.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_core::{
    BoxFuture, CheckedCall, Client, Completion, Error, ErrorKind, Reply, Result, Transport,
};
use airbyte_agent_mcp::{Server, ServerBuilder, SignInPage, SignIns};
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, CustomNotification,
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationCapability, Implementation,
    ProtocolVersion, UrlElicitationCapability,
};
use rmcp::service::{
    ClientLifecycleMode, NotificationContext, RequestContext, RunningService,
    serve_client_with_lifecycle,
};
use rmcp::{ClientHandler, ErrorData, RoleClient};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::harness::{Answer, Vendor, acme};

/// The address of the page, which nobody but the user may see.
pub(crate) const PAGE: &str = "http://127.0.0.1:9/sign-in/canary-address";

pub(crate) const COMMAND: &str = "airbyte-agent login acme";

/// An account that has no credentials, or whose credentials are refused.
struct Locked {
    is_missing: bool,
}

impl Locked {
    fn error() -> Error {
        Error::new(ErrorKind::Authentication, "the credentials for acme do not work")
    }
}

impl Transport for Locked {
    fn send<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(std::future::ready(Err(Self::error())))
    }

    fn completion(&self) -> Result<Completion<'_>> {
        if self.is_missing { Err(Self::error()) } else { Ok(Completion::Engine(self.settings())) }
    }
}

/// What becomes of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Works,
    Fails,
    NeverDone,
    CannotOpen,
}

/// A page that is done when the user opens it.
#[derive(Clone)]
pub(crate) struct Door {
    client: Client,
    vendor: Vendor,
    page: Page,
    opened: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
    entered: Arc<Notify>,
}

/// Counts a page that is closed.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

impl Door {
    pub(crate) fn new(vendor: &Vendor, is_missing: bool, page: Page) -> Self {
        Self {
            client: Client::new(acme(), Locked { is_missing }).exchangeable(),
            vendor: vendor.clone(),
            page,
            opened: Arc::default(),
            closed: Arc::default(),
            entered: Arc::default(),
        }
    }

    /// A server of the account.
    pub(crate) fn server(&self) -> ServerBuilder {
        let server = Server::builder().account("acme", self.client.clone()).unwrap();
        server.sign_ins(Arc::new(self.clone()))
    }

    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    pub(crate) fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn enter(&self) {
        self.entered.notify_one();
    }
}

impl SignIns for Door {
    fn offers(&self, account: &str) -> bool {
        account == "acme"
    }

    fn command(&self, _: &str) -> Option<String> {
        Some(COMMAND.to_owned())
    }

    fn open<'a>(&'a self, _: &'a str, _: Duration) -> BoxFuture<'a, Result<SignInPage>> {
        Box::pin(async move {
            if self.page == Page::CannotOpen {
                return Err(Error::new(ErrorKind::Storage, "nothing can be stored here"));
            }
            self.opened.fetch_add(1, Ordering::SeqCst);
            let (door, open) = (self.clone(), Open(Arc::clone(&self.closed)));
            let (mut sender, ended) = oneshot::channel();
            tokio::spawn(async move {
                let _open = open;
                let work = async {
                    door.entered.notified().await;
                    match door.page {
                        Page::Works => door.client.replace(door.vendor.client()),
                        Page::Fails => Err(Error::new(ErrorKind::Authentication, "wrong password")),
                        _ => std::future::pending().await,
                    }
                };
                let ended = tokio::select! {
                    () = sender.closed() => return,
                    ended = work => ended,
                };
                let _ = sender.send(ended);
            });
            Ok(SignInPage::new(PAGE, async move { ended.await.unwrap() }))
        })
    }
}

/// What the user does with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    Accept,
    Decline,
    Close,
    Nothing,
}

/// A client whose user remembers what was asked.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) does: Does,
    /// Whether the client opens addresses, or has forms only.
    pub(crate) opens: bool,
    pub(crate) door: Door,
    pub(crate) requests: Arc<Mutex<Vec<ElicitRequestParams>>>,
    pub(crate) told: Arc<Mutex<Vec<CustomNotification>>>,
}

impl Person {
    pub(crate) fn who(does: Does, door: &Door) -> Self {
        let door = door.clone();
        Self { does, opens: true, door, requests: Arc::default(), told: Arc::default() }
    }

    pub(crate) fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::builder().enable_elicitation().build();
        if self.opens {
            let url = UrlElicitationCapability::new();
            capabilities.elicitation = Some(ElicitationCapability::new().with_url(url));
        }
        ClientConfig::new(capabilities, Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> std::result::Result<ElicitResult, ErrorData> {
        self.requests.lock().unwrap().push(request);
        let action = match self.does {
            Does::Accept => {
                let door = self.door.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    door.enter();
                });
                ElicitationAction::Accept
            }
            Does::Decline => ElicitationAction::Decline,
            Does::Close => ElicitationAction::Cancel,
            Does::Nothing => std::future::pending().await,
        };
        Ok(ElicitResult::new(action))
    }

    async fn on_custom_notification(
        &self,
        notification: CustomNotification,
        _: NotificationContext<RoleClient>,
    ) {
        self.told.lock().unwrap().push(notification);
    }
}

pub(crate) type Session = RunningService<RoleClient, Person>;

pub(crate) async fn connect(server: Server, person: Person, by_result: bool) -> Session {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (reader, writer) = tokio::io::split(theirs);
    tokio::spawn(server.serve(reader, writer, std::future::pending()));
    let lifecycle = if by_result {
        ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
    } else {
        ClientLifecycleMode::Initialize
    };
    serve_client_with_lifecycle(person, ours, lifecycle).await.unwrap()
}

pub(crate) fn request(action: &str) -> CallToolRequestParams {
    let arguments = json!({"entity": "things", "action": action, "params": {"id": "t1"}});
    let Value::Object(arguments) = arguments else { panic!("an object") };
    CallToolRequestParams::new("acme").with_arguments(arguments)
}

pub(crate) async fn call(session: &Session, action: &str) -> Answer {
    Answer(session.call_tool(request(action)).await.unwrap())
}
