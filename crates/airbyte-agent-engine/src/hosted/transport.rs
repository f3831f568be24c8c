//! The transport that executes calls through the platform.

use std::time::Duration;

use http::HeaderValue;
use serde_json::{Value, json};

use super::addition::{self, Addition};
use super::envelope::{ENVELOPE, PEER};
use super::generation::Generation;
use super::options::Hosted;
use super::prepare::PreparedCall;
use super::request::PlatformRequest;
use super::session::{Reading, Session};
use super::store;
use crate::arguments::Completion;
use crate::context_store::is_store_action;
use crate::description::Connector;
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::file_check::{Stated, checked};
use crate::http::{BoxFuture, HttpResponse};
use crate::layout::Layout;
use crate::ranged::range;
use crate::reply::fields_in_use;
use crate::secret::{MASK, Redactor};
use crate::transport::{CheckedCall, Reply, Transport};

/// Longest text that the platform records as intent, in characters.
const LONGEST_INTENT: usize = 512;

/// The transport that is made from [`Hosted`] options: a session, and a connector in it.
#[derive(Clone)]
pub(crate) struct HostedTransport {
    session: Session,
    connector_id: Option<String>,
}

impl HostedTransport {
    pub(crate) fn new(options: Hosted) -> Result<Self> {
        let connector_id = options.connector_id.clone();
        Ok(Self { session: Session::new(options)?, connector_id })
    }

    /// A transport in an existing session. Without an identifier, the connector is looked up.
    pub(crate) fn within(session: Session, connector_id: Option<String>) -> Self {
        Self { session, connector_id }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) async fn connector_id(&self, connector: &Connector) -> Result<String> {
        if let Some(id) = &self.connector_id {
            return Ok(id.clone());
        }
        let (definition, name) = (&connector.definition_id, &connector.name);
        self.session.connector_id(self.session.workspace(), definition, name).await
    }

    /// The body of an execute request.
    fn body(&self, call: &CheckedCall<'_>) -> Result<Value> {
        let runs_here = self.session.secrets().is_some();
        call.options.check_idempotency(call.operation, runs_here)?;
        self.refuse_additions(call)?;
        if call.follow.is_some() {
            return Err(Error::usage(
                "this list continues by an address of the vendor, which the platform cannot follow",
            ));
        }
        let options = call.options;
        let intent = options.why();
        if intent.is_some_and(|intent| intent.chars().count() > LONGEST_INTENT) {
            return Err(Error::validation(format!(
                "the intent must be at most {LONGEST_INTENT} characters"
            )));
        }
        let generation = self.session.generation();
        let action = generation.action(call.action);
        let mut body = json!({"entity": call.operation.entity, "action": action});
        body["params"] = json!(call.arguments);
        if generation.shapes_answers() {
            body["skip_truncation"] = json!(!options.truncates());
            if !options.selected().is_empty() {
                body["select_fields"] = json!(options.selected());
            } else if !options.excluded().is_empty() {
                body["exclude_fields"] = json!(options.excluded());
            }
            if let Some(intent) = intent {
                body["intent"] = json!(intent);
            }
            keep_fields(&fields_in_use(call.operation, &ENVELOPE), &mut body);
        }
        Ok(body)
    }

    /// Refuses a call with an operation or argument that Airbyte's own platform does not know.
    fn refuse_additions(&self, call: &CheckedCall<'_>) -> Result<()> {
        if !Generation::is_cloud(self.session.base_url()) {
            return Ok(());
        }
        let unknown = match addition::find(call.operation, call.arguments) {
            None => return Ok(()),
            Some(Addition::Operation) => "this operation".to_owned(),
            Some(Addition::Argument(name)) => format!("the argument `{name}`"),
        };
        let name = call.name;
        Err(Error::usage(format!(
            "{name}: Airbyte's platform does not know {unknown}; call the vendor directly, with \
             credentials of your own, or a server of your own that runs this library"
        )))
    }

    /// Whether the platform only prepares the call, for this machine to execute.
    fn is_prepared(&self, call: &CheckedCall<'_>) -> bool {
        self.session.secrets().is_some() && !is_store_action(call.action)
    }

    fn request(&self, call: &CheckedCall<'_>, id: &str, body: Value) -> PlatformRequest {
        let hints = call.operation.hints;
        let is_prepared = self.is_prepared(call);
        let last: &[&str] = if is_prepared { &["execute", "prepare"] } else { &["execute"] };
        let request = self.session.generation().execute(id, last).body(body).what(call.name);
        let request = request.max_attempts(call.options.attempts()).until(call.deadline);
        if is_prepared || is_store_action(call.action) {
            // Preparing and searching change nothing, and the platform itself answers them, not a
            // vendor.
            return request.repeatable(true);
        }
        request.repeatable(hints.read_only || hints.idempotent).vendor_behind()
    }

    /// Lets the platform execute a call, or prepare it for this machine.
    async fn execute(&self, call: &CheckedCall<'_>, reading: Reading) -> Result<Execution> {
        let body = self.body(call)?;
        let id = self.connector_id(call.connector).await?;
        let request = self.request(call, &id, body);
        if let Some(provider) = self.session.secrets().filter(|_| self.is_prepared(call)) {
            let prepared = self.session.prepare(call, &request, provider).await?;
            return Ok(Execution::Prepared(Box::new(prepared)));
        }
        // The call has a deadline of its own, which may be later than that of the session.
        let response = self.session.authorized(&request, reading).await.inspect_err(|error| {
            if error.is_not_found() && self.connector_id.is_none() {
                let definition_id = &call.connector.definition_id;
                self.session.doubt_connector(self.session.workspace(), definition_id, &id);
            }
        })?;
        Ok(Execution::Done(Box::new((request, response))))
    }

    /// The layout of the platform's responses.
    fn layout(&self) -> Layout {
        Layout { is_unselected: !self.session.generation().shapes_answers(), ..ENVELOPE }
    }
}

/// How far the platform has executed a call.
enum Execution {
    /// This machine has still to execute it.
    Prepared(Box<PreparedCall>),
    /// The platform has answered the request.
    Done(Box<(PlatformRequest, HttpResponse)>),
}

/// Makes sure that a response with a selection of fields contains these fields. The reader of the
/// response removes those that the caller did not select.
fn keep_fields(fields: &[String], body: &mut Value) {
    let holds = |outer: &str, field: &str| {
        field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(selected) = body.get_mut("select_fields").and_then(Value::as_array_mut) {
        for field in fields {
            let is_selected = selected.iter().filter_map(Value::as_str).any(|s| holds(s, field));
            if !is_selected {
                selected.push(field.as_str().into());
            }
        }
    }
    if let Some(excluded) = body.get_mut("exclude_fields").and_then(Value::as_array_mut) {
        excluded.retain(|outer| {
            outer.as_str().is_none_or(|outer| !fields.iter().any(|field| holds(outer, field)))
        });
    }
}

impl Transport for HostedTransport {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let (request, response) = match self.execute(&call, Reading::Whole).await? {
                Execution::Prepared(prepared) => return prepared.send(call).await,
                Execution::Done(done) => *done,
            };
            let (status, headers) = (response.status, response.headers.clone());
            let body = self.session.read(response, &request).await?;
            let layout = self.layout();
            if is_store_action(call.action) {
                let redact = |text: &str| self.session.redact(text);
                let is_unselected = layout.is_unselected;
                let mut reply = store::reply((status, headers), &body, call.name, redact)?;
                reply.layout.is_unselected = is_unselected;
                return Ok(reply);
            }
            Ok(Reply::new(status, headers, body, layout))
        })
    }

    fn open<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            range(call.arguments)?;
            match self.execute(&call, Reading::Stream).await? {
                Execution::Prepared(prepared) => prepared.open(call).await,
                Execution::Done(done) => {
                    let (request, response) = *done;
                    let file = self.session.file(response, &request).await?;
                    checked(&call, file, &Stated::default(), PEER, self.session.redactor())
                }
            }
        })
    }

    fn carries_idempotency_keys(&self) -> bool {
        // Where the platform only prepares calls, this machine sends them.
        self.session.secrets().is_some()
    }

    fn preview(&self, call: CheckedCall<'_>) -> Result<DryRun> {
        let body = self.body(&call)?;
        let id = self.connector_id.as_deref().unwrap_or("<connector id>");
        let request = self.request(&call, id, Value::Null);
        let url = self.session.url(&request)?;
        let headers = self.session.headers(true);
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.push(("authorization".to_owned(), MASK.to_owned()));
        let body = self.session.redact(&body.to_string());
        Ok(DryRun::new("POST", url.to_string(), headers, &body))
    }

    fn completion(&self) -> Result<Completion<'_>> {
        Ok(Completion::Receiver)
    }

    fn timeout(&self) -> Duration {
        self.session.timeout()
    }

    fn redact(&self, text: &str) -> String {
        self.session.redact(text)
    }

    fn redactor(&self) -> Redactor {
        self.session.redactor()
    }

    fn identity(&self) -> Vec<u8> {
        self.session.identity(self.connector_id.as_deref())
    }

    fn has_context_store(&self) -> bool {
        true
    }

    fn serves_file_parts(&self) -> bool {
        self.session.secrets().is_none()
    }
}
