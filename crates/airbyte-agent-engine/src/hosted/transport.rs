//! Calls through the platform.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Map, Value, json};

use super::envelope;
use super::options::Hosted;
use super::prepare::Here;
use super::request::PlatformRequest;
use super::session::Session;
use crate::arguments::{Arguments, Completion};
use crate::call_options::CallOptions;
use crate::context_store::StoreQuery;
use crate::description::Connector;
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::{BoxFuture, HttpResponse};
use crate::reply::fields_in_use;
use crate::secret::MASK;
use crate::transport::{Layout, Prepared, Reply, Transport};

/// Longest text the platform records as intent, in characters.
const LONGEST_INTENT: usize = 512;

/// The transport that [`Hosted`] options make: a session, and a connector in it.
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

    /// In a session that exists. Without an identifier the connector is looked up.
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

    /// The arguments as they are sent, and the body of an execute request.
    fn payload(&self, call: &Prepared<'_>) -> Result<(Arguments, Value)> {
        let runs_here = self.session.secrets().is_some();
        call.options.check_idempotency(call.operation, runs_here)?;
        let arguments = call.complete(&Map::new(), Completion::Platform)?;
        if call.follow.is_some() {
            return Err(Error::usage(
                "this list continues by an address of the vendor, which the platform cannot follow",
            ));
        }
        let generation = self.session.generation();
        let action = generation.action(call.operation.action);
        let params = json!(arguments);
        let mut body = self.body(&call.operation.entity, action, params, call.options)?;
        keep_fields(&fields_in_use(call.operation), &mut body);
        Ok((arguments, body))
    }

    /// The body of an execute request.
    fn body(
        &self,
        entity: &str,
        action: &str,
        params: Value,
        options: &CallOptions,
    ) -> Result<Value> {
        let intent = options.why();
        if intent.is_some_and(|intent| intent.chars().count() > LONGEST_INTENT) {
            return Err(Error::validation(format!(
                "the intent must be at most {LONGEST_INTENT} characters"
            )));
        }
        let mut body = json!({"entity": entity, "action": action});
        body["params"] = params;
        if self.session.generation().shapes_answers() {
            body["skip_truncation"] = json!(!options.truncates());
            if !options.selected().is_empty() {
                body["select_fields"] = json!(options.selected());
            } else if !options.excluded().is_empty() {
                body["exclude_fields"] = json!(options.excluded());
            }
            if let Some(intent) = intent {
                body["intent"] = json!(intent);
            }
        }
        Ok(body)
    }

    fn request(&self, call: &Prepared<'_>, id: &str, body: Value) -> PlatformRequest {
        let hints = call.operation.hints;
        let is_prepared = self.session.secrets().is_some();
        let last: &[&str] = if is_prepared { &["execute", "prepare"] } else { &["execute"] };
        let request = self.session.generation().execute(id, last).body(body);
        let attempts = call.options.attempts();
        let request = request.what(call.operation.place()).max_attempts(attempts);
        if is_prepared {
            // Preparing changes nothing, and only the platform answers.
            return request.repeatable(true);
        }
        request.repeatable(hints.read_only || hints.idempotent).vendor_behind()
    }

    /// Runs a call here or there.
    async fn run(&self, call: &Prepared<'_>) -> Result<Ran> {
        let (arguments, body) = self.payload(call)?;
        let id = self.connector_id(call.connector).await?;
        let request = self.request(call, &id, body);
        if let Some(provider) = self.session.secrets() {
            let here = self.session.prepare(call, arguments, &request, provider).await?;
            return Ok(Ran::Here(Box::new(here)));
        }
        // The call has a deadline of its own, which may be longer than the session's.
        let response = self.session.authorized(&request).await.inspect_err(|error| {
            if error.is_not_found() && self.connector_id.is_none() {
                let definition_id = &call.connector.definition_id;
                self.session.doubt_connector(self.session.workspace(), definition_id, &id);
            }
        })?;
        Ok(Ran::There(Box::new(There { arguments, response, request })))
    }

    /// The answer of a server that does not shape it.
    fn shaped(&self, body: Bytes, call: &Prepared<'_>) -> Bytes {
        let options = call.options;
        let wishes =
            !options.selected().is_empty() || !options.excluded().is_empty() || options.truncates();
        if self.session.generation().shapes_answers() || !wishes {
            return body;
        }
        // What cannot be read is reported by those who read it anyway.
        let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else { return body };
        let Some(result) = answer.get_mut("result") else { return body };
        *result = envelope::finish(result.take(), call.operation.action, options);
        answer.to_string().into()
    }
}

/// Where a call is run.
enum Ran {
    /// On this machine, still to be run.
    Here(Box<Here>),
    /// By the platform, which has answered.
    There(Box<There>),
}

/// An answer of the platform and what it answers.
struct There {
    arguments: Arguments,
    response: HttpResponse,
    request: PlatformRequest,
}

/// Leaves fields in an answer whose fields are chosen; whoever reads it takes them out again.
fn keep_fields(fields: &[String], body: &mut Value) {
    let holds = |outer: &str, field: &str| {
        field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(selected) = body.get_mut("select_fields").and_then(Value::as_array_mut) {
        for field in fields {
            let is_there = selected.iter().filter_map(Value::as_str).any(|s| holds(s, field));
            if !is_there {
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
    fn send<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            match self.run(&call).await? {
                Ran::Here(here) => here.reply().await,
                Ran::There(there) => {
                    let There { arguments, response, request } = *there;
                    let (status, headers) = (response.status, response.headers.clone());
                    let body = self.session.read(response, &request).await?;
                    let body = self.shaped(body, &call);
                    let reply = Reply::new(status, headers, body, Layout::Platform);
                    Ok(reply.with_arguments(arguments))
                }
            }
        })
    }

    fn download<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            match self.run(&call).await? {
                Ran::Here(here) => here.file().await,
                Ran::There(there) => self.session.file(there.response, &there.request).await,
            }
        })
    }

    fn context_store<'a>(&'a self, query: StoreQuery<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let generation = self.session.generation();
            let action = generation.store_action(query.action);
            let params = json!(query.params);
            let body = self.body(query.entity, action, params, query.options)?;
            let id = self.connector_id(query.connector).await?;
            let request = generation.execute(&id, &["execute"]).body(body);
            let attempts = query.options.attempts();
            let request = request.what(query.place()).repeatable(true).max_attempts(attempts);
            let response = self.session.authorized(&request).await?;
            let (status, headers) = (response.status, response.headers.clone());
            let body = self.session.read(response, &request).await?;
            Ok(Reply::new(status, headers, body, Layout::Platform))
        })
    }

    fn dry_run(&self, call: Prepared<'_>) -> Result<DryRun> {
        let (_, body) = self.payload(&call)?;
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

    fn default_timeout(&self) -> Duration {
        self.session.timeout()
    }

    fn redact(&self, text: &str) -> String {
        self.session.redact(text)
    }

    fn account_identity(&self) -> Vec<u8> {
        self.session.identity(self.connector_id.as_deref())
    }
}
