//! The local transport, which calls the vendor directly.
//!
//! It completes arguments, builds a request, sends it with credentials, renews an expired token once, and turns
//! failures into errors. It knows the description and no vendor.

mod destinations;
mod file;
mod given_address;
mod options;
mod record_headers;
mod renewing;
mod server;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use url::Url;

pub(crate) use self::options::Options;
pub use self::options::{IntoLocal, Local};
pub(crate) use self::server::{configuration, known_settings};
use crate::arguments::Completion;
use crate::auth::{self, Account, Credential, Renewal, RenewalContext, TokenRequest};
use crate::call_options::CallOptions;
use crate::conditional;
use crate::context_store::is_store_action;
use crate::description::{Connector, Server};
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{BoxFuture, HttpResponse, origin, same_origin};
use crate::layout::Layout;
use crate::local_store::{self, Source};
use crate::request::{self, Request};
use crate::retry::{self, Budget, Ending};
use crate::secret::{MASK, Redactor};
use crate::shared_description::Description;
use crate::transport::{CheckedCall, Reply, Transport};
use crate::wire::{Answer, Network, Outgoing, Recipient, Redirects, Wire, header};

/// The number of clients whose store of tokens does not name its account.
static UNNAMED: AtomicUsize = AtomicUsize::new(0);

/// The transport that is made from [`Local`] options.
#[derive(Clone)]
pub(crate) struct LocalTransport(Arc<Inner>);

pub(crate) struct Inner {
    description: Description,
    account: Account,
    renewal: Option<(Renewal, Arc<RenewalContext>)>,
    /// The name of the account in the token store.
    stored_as: Option<String>,
    /// Whether the base URL needs a field of the token response.
    needs_extracted: bool,
    /// Server variables and settings, completed by defaults.
    config: Map<String, Value>,
    /// The settings as the user gave them.
    settings: Map<String, Value>,
    wire: Wire,
    timeout: Duration,
    read_timeout: Duration,
    max_answer_bytes: usize,
    max_held_bytes: usize,
    store: Option<Source>,
}

impl std::ops::Deref for LocalTransport {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl LocalTransport {
    /// Checks credentials and settings; sends nothing.
    pub(crate) fn new(description: Description, options: Options) -> Result<Self> {
        let connector: &Connector = &description;
        let account = Account::new(connector, &options.credentials)?;
        if let Some(owner) = options.token_store.as_ref().and_then(|store| store.connector()) {
            auth::check_owner("tokens", owner, connector)?;
        }
        let redactor = options.redactor.clone();
        account.register(connector, &redactor);
        for (name, value) in options.credentials.names().zip(options.credentials.values()) {
            // Secrets in fields that the scheme does not use are removed from texts, too.
            let mut fields = connector.auth.iter().filter_map(|scheme| scheme.field(name));
            if fields.any(|field| field.secret) {
                redactor.add(value);
            } else {
                redactor.add_name(value);
            }
        }
        let scheme = account.scheme(connector);
        let config = server::configuration(connector, scheme, &options.config, |field| {
            account.secret(field).map(str::to_owned)
        })?;
        let renewal = RenewalContext::is_possible(connector, &account)
            .then(|| renewing::renewal(connector, &options, &config, &redactor))
            .transpose()?;
        let scheme_extracts = account.scheme(connector).refresh.as_ref().is_some_and(|refresh| {
            // A value that the user configured need not be taken from a token response.
            refresh.extract.iter().any(|name| !options.config.contains_key(name.as_ref()))
        });
        let needs_extracted = renewal.is_some() && scheme_extracts;
        if !needs_extracted {
            let server = connector.server_of(scheme, |name| config.contains_key(name));
            server::base_url(connector, server, &config, &BTreeMap::new())?;
        }
        let store = options.token_store.as_ref();
        let stored_as = store.map(|store| {
            let name = store.account().map(str::to_owned);
            // If a store does not identify its account, cursors of different accounts must not be exchanged.
            name.unwrap_or_else(|| format!("client {}", UNNAMED.fetch_add(1, Ordering::Relaxed)))
        });
        let via = options.via.as_deref().map(origin).transpose()?;
        let mut network = Network::new(options.http, via);
        network.private_hosts = options.private_hosts;
        let wire = Wire {
            network,
            policy: retry::policy(options.retry, options.max_attempts, &connector.retry),
            budget: Budget::default(),
            redactor,
            peer: connector.title.to_string(),
            vendor: Some(description.clone()),
            redirects: Redirects::Anywhere,
            largest_refusal: options.max_answer_bytes,
        };
        Ok(Self(Arc::new(Inner {
            needs_extracted,
            settings: options.config,
            account,
            renewal,
            stored_as,
            config,
            wire,
            timeout: options.timeout,
            read_timeout: options.read_timeout,
            max_answer_bytes: options.max_answer_bytes,
            max_held_bytes: options.max_held_bytes,
            store: options.local_store,
            description,
        })))
    }

    /// The connector whose operations are executed.
    pub(crate) fn connector(&self) -> &Connector {
        &self.description
    }

    /// The server to which the scheme in use sends requests.
    fn server(&self) -> &Server {
        let given = |name: &str| self.config.contains_key(name);
        self.connector().server_of(self.account.scheme(self.connector()), given)
    }

    /// The base URL. If a token response decides it, it gets the account's credentials, so it must be public and have
    /// TLS. A base URL that the user configured may have any address.
    fn base(&self, extracted: &BTreeMap<String, String>) -> Result<Endpoint> {
        let base = server::base_url(self.connector(), self.server(), &self.config, extracted)?;
        if !base.from_answer || self.wire.network.may_get_credentials(&base.url) {
            return Ok(base);
        }
        let host = base.url.host_str().unwrap_or_default();
        Err(Error::new(
            ErrorKind::Network,
            format!(
                "the token endpoint sends requests to {}://{host}, which is not https at a public \
                 host; nothing was sent there",
                base.url.scheme()
            ),
        ))
    }

    /// The request below the base URL.
    fn request(call: &CheckedCall<'_>) -> Result<Request> {
        call.options.check_idempotency(call.operation, true)?;
        let mut request = request::build(call.operation, call.arguments)?;
        let name = call.operation.idempotency_header.as_ref();
        let key = name.zip(call.options.idempotency());
        request.headers.extend(key.map(|(name, key)| (name.to_string(), key.to_owned())));
        request.headers.extend(call.options.known(call.operation).map(conditional::question));
        Ok(request)
    }

    /// The request with its absolute address.
    fn outgoing(&self, call: &CheckedCall<'_>, request: &Request, base: &Url) -> Result<Outgoing> {
        let what = call.name.to_owned();
        let mut url = server::absolute(base, &request.target)?;
        let mut method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| Error::internal("unknown HTTP method"))?;
        let mut body = request.body.clone().unwrap_or_default();
        if let Some(follow) = call.follow {
            if !call.operation.paging.continues_by_address() {
                return Err(Error::validation(format!("{what}: no page of it has an address")));
            }
            let next =
                url.join(follow).map_err(|_| Error::decode("the next page has no address"))?;
            if !same_origin(&next, base) {
                return Err(Error::decode(format!(
                    "{what}: the next page is on another host; not followed"
                )));
            }
            // The address of a next page is complete, so the request is a GET without a body.
            (url, method, body) = (next, Method::GET, Bytes::new());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            if call.follow.is_some() && name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let (name, value) = header(name, value, false)?;
            headers.insert(name, value);
        }
        let hints = call.operation.hints;
        let repeatable = hints.read_only
            || hints.idempotent
            || (call.operation.idempotency_header.is_some()
                && call.options.idempotency().is_some());
        Ok(Outgoing {
            method,
            url,
            headers,
            body,
            reads: hints.read_only,
            repeatable,
            what,
            read_timeout: self.read_timeout,
            max_attempts: call.options.attempts(),
            deadline: call.deadline,
            whole: None,
            asks_for_token: false,
            no_redirect: None,
        })
    }

    /// Sends with the current credentials, and renews an expired token once. A refusal is an error. `what` names the
    /// call in errors of the renewal.
    async fn authorized(
        &self,
        what: &str,
        deadline: Option<Instant>,
        make: impl Fn(&Url) -> Result<Outgoing>,
    ) -> Result<HttpResponse> {
        let mut token = None;
        let mut renewed = false;
        if let Some((renewal, context)) = &self.renewal {
            let (mut current, due) = renewal
                .current(self.needs_extracted, context)
                .await
                .map_err(|error| error.context(what))?;
            if due {
                let seen = current.generation;
                current = self.renew(renewal, context, seen, (what, deadline)).await?;
                renewed = true;
            }
            token = Some(current);
        }
        loop {
            let base = match &token {
                Some(token) => self.base(&token.extracted)?,
                None => self.base(&BTreeMap::new())?,
            };
            let outgoing = make(&base.url)?;
            let access = token.as_ref().and_then(|token| token.access_token.as_ref());
            let credential = self.credential(access.map(ExposeSecret::expose_secret))?;
            let recipient = Recipient::new(base, credential)?;
            let refused = match self.wire.send(&outgoing, &recipient).await? {
                Answer::Response(response) => return Ok(response),
                Answer::Refused(refused) => refused,
            };
            match (&self.renewal, &token) {
                (Some((renewal, context)), Some(seen)) if refused.status == 401 && !renewed => {
                    let seen = seen.generation;
                    token = Some(self.renew(renewal, context, seen, (what, deadline)).await?);
                    renewed = true;
                }
                _ => return Err(self.wire.refusal(&refused, &outgoing)),
            }
        }
    }

    /// The headers in the form in which a preview shows them.
    fn shown_headers(&self, outgoing: &Outgoing) -> Vec<(String, String)> {
        let shown = outgoing.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), self.wire.redactor.clean(&value))
        });
        shown.collect()
    }

    fn credential(&self, access_token: Option<&str>) -> Result<Credential> {
        let scheme = self.account.scheme(self.connector());
        auth::apply(scheme, self.account.secrets(), access_token)
    }

    async fn renew(
        &self,
        renewal: &Renewal,
        context: &Arc<RenewalContext>,
        seen: u64,
        (what, deadline): (&str, Option<Instant>),
    ) -> Result<crate::auth::Token> {
        let transport = self.clone();
        let send = move |request: TokenRequest| async move {
            let outgoing = Outgoing { deadline, ..request.outgoing(transport.read_timeout)? };
            let wire = &transport.wire;
            let patience = (&wire.policy, &wire.budget);
            wire.network.ask_for_token(&outgoing, patience, &wire.redactor).await
        };
        let renewed = renewal.renew(seen, Arc::clone(context), send).await;
        renewed.map_err(|error| error.context(what))
    }
}

impl Transport for LocalTransport {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            if let Some(store) = self.store.as_ref().filter(|_| is_store_action(call.action)) {
                return local_store::answer(store, &call).await;
            }
            if let Some(address) = &call.operation.address {
                return given_address::send(self, &call, address).await;
            }
            let request = Self::request(&call)?;
            let server = OnceLock::new();
            let make = |base: &Url| {
                server.get_or_init(|| base.clone());
                let outgoing = self.outgoing(&call, &request, base)?;
                Ok(Outgoing { whole: Some(self.max_answer_bytes), ..outgoing })
            };
            let place = call.operation.place();
            let response = self.authorized(&place, call.deadline, make).await?;
            let (status, headers) = (response.status, response.headers.clone());
            let body = response.bytes(self.max_answer_bytes).await?;
            let body = record_headers::with_headers(&call.operation.response, &headers, body);
            let reply = Reply::new(status, headers, body, Layout::described());
            Ok(reply.given_by(server.into_inner()))
        })
    }

    fn open<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(file::download(self, call))
    }

    fn carries_idempotency_keys(&self) -> bool {
        true
    }

    fn preview(&self, call: CheckedCall<'_>) -> Result<DryRun> {
        local_store::check_preview(&call)?;
        if let Some(address) = &call.operation.address {
            return given_address::preview(self, &call, address);
        }
        let request = Self::request(&call)?;
        // If only the token response contains the base URL, the preview shows the template of the spec.
        let base = if self.needs_extracted {
            let stand_in =
                |_: &str| Ok::<_, Error>("https://unknown-until-the-token-is-renewed".to_owned());
            let text = self.server().url.render(stand_in)?;
            Url::parse(&text).map_err(|_| Error::internal("the base URL is not a URL"))?
        } else {
            self.base(&BTreeMap::new())?.url
        };
        let outgoing = self.outgoing(&call, &request, &base)?;
        let mut headers = self.shown_headers(&outgoing);
        let mut url = outgoing.url;
        let credential = self.credential(Some(MASK))?;
        for (name, _) in credential.headers {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
            headers.push((name, MASK.to_owned()));
        }
        for (name, _) in credential.query {
            url.query_pairs_mut().append_pair(&name, MASK);
        }
        let clean = |text: &str| self.wire.redactor.clean(text);
        let body = String::from_utf8_lossy(&outgoing.body);
        Ok(DryRun::new(outgoing.method.as_str(), clean(url.as_str()), headers, &clean(&body)))
    }

    fn completion(&self) -> Result<Completion<'_>> {
        Ok(Completion::Engine(&self.config))
    }

    fn has_context_store(&self) -> bool {
        self.store.is_some()
    }

    fn stores_everything(&self) -> bool {
        true
    }

    fn settings(&self) -> &Map<String, Value> {
        &self.settings
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn max_held_bytes(&self) -> usize {
        self.max_held_bytes
    }

    fn redact(&self, text: &str) -> String {
        self.wire.redactor.clean(text)
    }

    fn redactor(&self) -> Redactor {
        self.wire.redactor.clone()
    }

    fn identity(&self) -> Vec<u8> {
        let stored_as = self.stored_as.as_deref().filter(|_| self.renewal.is_some());
        self.account.identity(self.connector(), &self.config, stored_as)
    }

    fn pause(&self, attempt: u32, error: &Error, options: &CallOptions) -> Option<Duration> {
        let status = if error.is_rate_limited() { 429 } else { 503 };
        let ending = Ending::Status(status, error.retry_after());
        let policy = self.wire.policy(options.attempts());
        self.wire.pause(&policy, attempt, ending, error.is_retryable())
    }
}
