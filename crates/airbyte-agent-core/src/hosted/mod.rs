//! Through Airbyte's platform: the hosted transport.
//!
//! The platform keeps the vendor's credentials; a call is one request to it. Knows the platform's
//! contract, no vendor.

mod options;
mod token;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use url::Url;

pub use self::options::Hosted;
use self::token::Tokens;
use crate::arguments::{self, Arguments, Completion};
use crate::description::{Connector, RetryPolicy};
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{
    BoxFuture, DefaultClient, HttpClient, HttpRequest, HttpResponse, origin, through,
};
use crate::reply::Refusal;
use crate::retry::{self, Budget, Ending};
use crate::secret::{MASK, Redactor};
use crate::transport::{Layout, Prepared, Reply, Transport};

/// The platform runs a call within this time.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Largest answer that is read.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Longest text the platform records as intent.
const LONGEST_INTENT: usize = 512;

/// The transport that [`Hosted`] options make.
pub(crate) struct HostedTransport {
    options: Hosted,
    base: Url,
    via: Option<Url>,
    http: Arc<dyn HttpClient>,
    tokens: Tokens,
    /// Identifier of the connector, once it is looked up.
    connector_id: Mutex<Option<String>>,
    budget: Budget,
    redactor: Redactor,
}

/// A request to the platform.
struct Ask<'a> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<Value>,
    /// Whether doing it twice is harmless.
    repeatable: bool,
    what: &'a str,
}

impl HostedTransport {
    pub(crate) fn new(options: Hosted) -> Result<Self> {
        let base = Url::parse(&options.base_url).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some()
                && url.query().is_none()
        });
        let base = base.ok_or_else(|| {
            let given = &options.base_url;
            Error::validation(format!("the platform's address is not http(s)://host: '{given}'"))
        })?;
        let via = options.via.as_deref().map(origin).transpose()?;
        let redactor = Redactor::default();
        redactor.add(options.client_secret.expose_secret());
        let http = options.http.clone().unwrap_or_else(|| Arc::new(DefaultClient::default()));
        Ok(Self {
            connector_id: Mutex::new(options.connector_id.clone()),
            tokens: Tokens::default(),
            budget: Budget::default(),
            redactor,
            http,
            base,
            via,
            options,
        })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::internal("the platform's address has no path"))?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn headers(&self, has_body: bool) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert("x-adp-agent-sdk", HeaderValue::from_static("airbyte-agent-rust"));
        if let Some(organization) = &self.options.organization {
            let value = HeaderValue::from_str(organization).map_err(|_| {
                Error::validation("the organization id cannot be written as a header")
            })?;
            headers.insert("x-organization-id", value);
        }
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(headers)
    }

    /// One request without a token, tried again where that is harmless.
    async fn exchange(&self, ask: &Ask<'_>, token: Option<&str>) -> Result<HttpResponse> {
        let mut url = self.url(ask.path, ask.query)?;
        let mut headers = self.headers(ask.body.is_some())?;
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| Error::authentication("the platform's token is unusable"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        if let Some(via) = &self.via {
            url = through(via, &url, &mut headers)?;
        }
        let body = ask.body.as_ref().map(Value::to_string).unwrap_or_default();
        let policy = RetryPolicy::STANDARD;
        let mut attempt = 1;
        loop {
            let request = HttpRequest {
                method: ask.method.clone(),
                url: url.clone(),
                headers: headers.clone(),
                body: Bytes::from(body.clone()),
                read_timeout: TIMEOUT,
                public_only: false,
            };
            let (ending, end) = match self.http.send(request).await {
                Ok(response) if response.status < 400 => {
                    self.budget.earn();
                    return Ok(response);
                }
                Ok(response) => {
                    let wait = retry::asked_wait(&policy, None, &response.headers);
                    (Ending::Status(response.status, wait), Ok(response))
                }
                Err(failure) => {
                    let message = self.redactor.clean(&failure.message);
                    let host = self.base.host_str().unwrap_or_default();
                    let error = Error::network(format!(
                        "{}: no answer from the platform at {host}: {message}",
                        ask.what
                    ));
                    let (never_sent, timeout) = (failure.never_sent, failure.timeout);
                    (Ending::Failure { never_sent, timeout }, Err(error))
                }
            };
            match retry::next_try(&policy, &self.budget, attempt, ending, ask.repeatable) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return end,
            }
            attempt += 1;
        }
    }

    /// One request with a token; a refused token is replaced once.
    async fn authorized(&self, ask: &Ask<'_>) -> Result<HttpResponse> {
        let mut token = self.token(None).await?;
        for is_last in [false, true] {
            let response = self.exchange(ask, Some(token.expose_secret())).await?;
            // A 401 is refused before anything happens, so the call may be made again.
            if response.status == 401 && !is_last {
                token = self.token(Some(&token)).await?;
                continue;
            }
            if response.status >= 400 {
                return Err(self.refusal(response, ask).await);
            }
            return Ok(response);
        }
        Err(Error::authentication("the platform refused a token it had just given"))
    }

    async fn refusal(&self, response: HttpResponse, ask: &Ask<'_>) -> Error {
        let wait = retry::asked_wait(&RetryPolicy::STANDARD, None, &response.headers);
        let (status, headers) = (response.status, response.headers.clone());
        let body = response.bytes(LARGEST_ANSWER).await.unwrap_or_default();
        let who = "the Airbyte platform";
        let (headers, body) = (&headers, &body[..]);
        let (repeatable, what) = (ask.repeatable, ask.what);
        Refusal { status, headers, body, wait, repeatable, exhausted: false, who, what }
            .error(|text| self.redactor.clean(text))
    }

    async fn token(
        &self,
        refused: Option<&secrecy::SecretString>,
    ) -> Result<secrecy::SecretString> {
        self.tokens
            .get(refused, || async {
                let ask = Ask {
                    method: Method::POST,
                    path: &["api", "v1", "account", "applications", "token"],
                    query: &[],
                    body: Some(json!({
                        "client_id": self.options.client_id,
                        "client_secret": self.options.client_secret.expose_secret(),
                    })),
                    repeatable: true,
                    what: "platform token",
                };
                let response = self.exchange(&ask, None).await?;
                if response.status >= 400 {
                    return Err(self.refusal(response, &ask).await);
                }
                let answer = json_body(response, ask.what).await?;
                let token = token::Issued::read(&answer)?;
                self.redactor.add(token.text.expose_secret());
                Ok(token)
            })
            .await
    }

    /// The connector's identifier: given, or looked up once by workspace and kind.
    async fn connector_id(&self, connector: &Connector) -> Result<String> {
        let mut known = self.connector_id.lock().await;
        if let Some(id) = &*known {
            return Ok(id.clone());
        }
        let workspace = self.options.workspace.as_str();
        let ask = Ask {
            method: Method::GET,
            path: &["api", "v1", "integrations", "connectors"],
            query: &[("workspace_name", workspace), ("definition_id", &connector.definition_id)],
            body: None,
            repeatable: true,
            what: "connector lookup",
        };
        let answer = json_body(self.authorized(&ask).await?, ask.what).await?;
        let found = answer.get("data").and_then(Value::as_array).ok_or_else(|| {
            Error::decode("connector lookup: the platform's answer has no list 'data'")
        })?;
        let id_of = |item: &Value| item.get("id").and_then(Value::as_str).map(str::to_owned);
        let ids: Vec<String> = found.iter().filter_map(id_of).collect();
        let name = &connector.name;
        match ids.as_slice() {
            [one] => {
                *known = Some(one.clone());
                Ok(one.clone())
            }
            [] => Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "workspace '{workspace}' has no {name} connector: create one in it, or name \
                     another workspace"
                ),
            )),
            several => Err(Error::usage(format!(
                "workspace '{workspace}' has {} {name} connectors: choose one by its id ({})",
                several.len(),
                several.join(", ")
            ))),
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

    async fn execute(&self, call: &Prepared<'_>) -> Result<(Arguments, HttpResponse)> {
        let (arguments, body) = Self::payload(call)?;
        let id = self.connector_id(call.connector).await?;
        let what = call.operation.place();
        let hints = call.operation.hints;
        let ask = Ask {
            method: Method::POST,
            path: &["api", "v1", "integrations", "connectors", &id, "execute"],
            query: &[],
            body: Some(body),
            repeatable: hints.read_only || hints.idempotent,
            what: &what,
        };
        Ok((arguments, self.authorized(&ask).await?))
    }
}

async fn json_body(response: HttpResponse, what: &str) -> Result<Value> {
    let body = response.bytes(LARGEST_ANSWER).await?;
    serde_json::from_slice(&body)
        .map_err(|_| Error::decode(format!("{what}: the platform's answer is not JSON")))
}

impl Transport for HostedTransport {
    fn send<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let (arguments, response) = self.execute(&call).await?;
            let (status, headers) = (response.status, response.headers.clone());
            let body = response.bytes(LARGEST_ANSWER).await?;
            Ok(Reply::new(status, headers, body, Layout::Platform).with_arguments(arguments))
        })
    }

    fn download<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            let (_, response) = self.execute(&call).await?;
            Ok(Download::new(response))
        })
    }

    fn dry_run(&self, call: Prepared<'_>) -> Result<DryRun> {
        let (_, body) = Self::payload(&call)?;
        let id = self.options.connector_id.as_deref().unwrap_or("<connector id>");
        let url = self.url(&["api", "v1", "integrations", "connectors", id, "execute"], &[])?;
        let headers = self.headers(true)?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.push(("authorization".to_owned(), MASK.to_owned()));
        Ok(DryRun::new("POST", url.to_string(), headers, &self.redactor.clean(&body.to_string())))
    }

    fn default_timeout(&self) -> Duration {
        TIMEOUT
    }

    fn redact(&self, text: &str) -> String {
        self.redactor.clean(text)
    }
}
