//! Calls through the platform.

use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::options::Hosted;
use super::request::PlatformRequest;
use super::session::Session;
use crate::arguments::{self, Arguments, Completion};
use crate::description::Connector;
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::{BoxFuture, HttpResponse};
use crate::secret::MASK;
use crate::transport::{Layout, Prepared, Reply, Transport};

/// Longest text the platform records as intent, in characters.
const LONGEST_INTENT: usize = 512;

/// The transport that [`Hosted`] options make: a session, and a connector in it.
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

    async fn connector_id(&self, connector: &Connector) -> Result<String> {
        match &self.connector_id {
            Some(id) => Ok(id.clone()),
            None => {
                let workspace = self.session.workspace();
                let (definition, name) = (&connector.definition_id, &connector.name);
                self.session.connector_id(workspace, definition, name).await
            }
        }
    }

    /// The body of an execute request.
    fn payload(call: &Prepared<'_>) -> Result<(Arguments, Value)> {
        let config = Map::new();
        let arguments = arguments::complete(
            call.connector,
            call.operation,
            call.arguments.clone(),
            &config,
            Completion::Platform,
        )?;
        if call.follow.is_some() {
            return Err(Error::usage(
                "this list continues by an address of the vendor, which the platform cannot follow",
            ));
        }
        let options = call.options;
        let mut body = json!({
            "entity": call.operation.entity,
            "action": call.operation.action,
            "params": arguments,
            "skip_truncation": !options.truncates(),
        });
        if !options.selected().is_empty() {
            body["select_fields"] = json!(options.selected());
        } else if !options.excluded().is_empty() {
            body["exclude_fields"] = json!(options.excluded());
        }
        if let Some(intent) = options.why() {
            if intent.chars().count() > LONGEST_INTENT {
                return Err(Error::validation(format!(
                    "the intent must be at most {LONGEST_INTENT} characters"
                )));
            }
            body["intent"] = json!(intent);
        }
        Ok((arguments, body))
    }

    fn request(call: &Prepared<'_>, id: &str, body: Value) -> PlatformRequest {
        let hints = call.operation.hints;
        let segments = ["api", "v1", "integrations", "connectors", id, "execute"];
        PlatformRequest::to(Method::POST, &segments)
            .body(body)
            .repeatable(hints.read_only || hints.idempotent)
            .what(call.operation.place())
            .vendor_behind()
    }

    async fn execute(
        &self,
        call: &Prepared<'_>,
    ) -> Result<(Arguments, HttpResponse, PlatformRequest)> {
        let (arguments, body) = Self::payload(call)?;
        let id = self.connector_id(call.connector).await?;
        let request = Self::request(call, &id, body);
        // The call has a deadline of its own, which may be longer than the session's.
        let response = self.session.authorized(&request).await?;
        Ok((arguments, response, request))
    }
}

impl Transport for HostedTransport {
    fn send<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let (arguments, response, request) = self.execute(&call).await?;
            let (status, headers) = (response.status, response.headers.clone());
            let body = self.session.read(response, &request).await?;
            Ok(Reply::new(status, headers, body, Layout::Platform).with_arguments(arguments))
        })
    }

    fn download<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            let (_, response, _) = self.execute(&call).await?;
            Ok(Download::new(response))
        })
    }

    fn dry_run(&self, call: Prepared<'_>) -> Result<DryRun> {
        let (_, body) = Self::payload(&call)?;
        let id = self.connector_id.as_deref().unwrap_or("<connector id>");
        let request = Self::request(&call, id, Value::Null);
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
}
