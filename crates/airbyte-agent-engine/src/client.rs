//! A connector that is ready to be called.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::call::Call;
use crate::cursor::{CursorKey, Seal};
use crate::description::expression;
use crate::description::{Action, Connector, Location, Operation};
use crate::error::{Error, Result};
use crate::exchange::Exchange;
use crate::hosted::{Hosted, HostedTransport, Session};
use crate::local::{IntoLocal, LocalTransport};
use crate::runtime::Runtime;
use crate::secret::Redactor;
use crate::shared_description::Description;
use crate::transport::Transport;

/// The result of a check of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckStatus {
    /// The probe succeeded: the credentials work.
    Healthy,
    /// The probe failed, for example because the credentials were refused.
    Unhealthy,
    /// No operation can be called without arguments, so that nothing was checked.
    Skipped,
}

/// The result of a check, and how it was obtained.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckReport {
    /// How the check ended.
    pub status: CheckStatus,
    /// The entity that was called; `None` when no operation was called.
    pub entity: Option<String>,
    /// The action that was called; `None` when no operation was called.
    pub action: Option<Action>,
    /// The number of records in the response, if the operation returns a list.
    pub records: Option<usize>,
    /// Why the check failed; `None` when it did not.
    pub error: Option<Error>,
}

/// An entity and its actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntitySummary {
    /// Name of the entity, for example `issues`.
    pub name: String,
    /// What a record of the entity is.
    pub description: String,
    /// The actions of the entity, in the order of the spec.
    pub actions: Vec<Action>,
}

/// A connector that is ready to be called: a description, and a transport that executes calls.
/// Cloning it is cheap.
#[derive(Clone)]
pub struct Client {
    runtime: Runtime,
    /// The session and connector of the platform, where calls go through the platform.
    hosted: Option<HostedTransport>,
    /// What takes the place of the runtime, where that is possible.
    exchange: Option<Exchange>,
}

impl Client {
    /// A client that calls the vendor directly, with [`Credentials`](crate::Credentials) or with a
    /// [`Local`](crate::Local) made of them.
    ///
    /// # Errors
    ///
    /// `Authentication` when credentials are missing, fit no scheme or belong to another connector,
    /// `Validation` when a setting is missing or cannot be valid. Nothing is sent.
    pub fn local(description: impl Into<Description>, options: impl IntoLocal) -> Result<Self> {
        let description = description.into();
        let transport = LocalTransport::new(description.clone(), options.into_local().options)?;
        Ok(Self::new(description, transport))
    }

    /// A client that calls the vendor through the hosted platform.
    ///
    /// # Errors
    ///
    /// `Validation` when the base URL cannot be valid. Nothing is sent.
    pub fn hosted(description: impl Into<Description>, options: Hosted) -> Result<Self> {
        Ok(Self::through(description.into(), HostedTransport::new(options)?))
    }

    /// A client that calls through the hosted platform, in an existing session. Without a connector
    /// id, the only connector of this kind in the session's workspace is looked up at the first
    /// call.
    pub fn within(
        description: impl Into<Description>,
        session: &Session,
        connector_id: Option<&str>,
    ) -> Self {
        let connector_id = connector_id.map(str::to_owned);
        Self::through(description.into(), HostedTransport::within(session.clone(), connector_id))
    }

    /// A client with a transport of your own.
    pub fn new(description: impl Into<Description>, transport: impl Transport + 'static) -> Self {
        let runtime = Runtime::new(description.into(), Box::new(transport));
        Self { runtime, hosted: None, exchange: None }
    }

    fn through(description: Description, transport: HostedTransport) -> Self {
        let hosted = Some(transport.clone());
        let runtime = Runtime::new(description, Box::new(transport));
        Self { runtime, hosted, exchange: None }
    }

    /// This client, with cursors that are sealed under this key. By default they are sealed under a
    /// key that ends with the process.
    #[must_use]
    pub fn with_cursor_key(mut self, key: CursorKey) -> Self {
        self.runtime = self.runtime.with_cursor_key(key);
        self
    }

    /// The same client, of which all copies that are made from now on get other credentials and settings when
    /// [`replace`](Self::replace) gives some. For programs that go on after a user has signed in.
    #[must_use]
    pub fn exchangeable(mut self) -> Self {
        self.exchange = Some(Exchange::new());
        self
    }

    /// Lets `client`, its credentials, its settings and its cursor key, take the place of this client and of all
    /// its copies. Calls that are running end as they began.
    ///
    /// ```
    /// use airbyte_agent_engine::{Client, Credentials, Description, Local, Result};
    ///
    /// /// Gives `client`, which is exchangeable, and its copies another token.
    /// fn sign_in(client: &Client, description: Description, token: &str) -> Result<()> {
    ///     let credentials = Credentials::new().field("token", token);
    ///     client.replace(Client::local(description, Local::new(credentials))?)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Usage` unless the client is [exchangeable](Self::exchangeable) and `client` goes straight to the same vendor,
    /// and after a thousand replacements.
    pub fn replace(&self, client: Self) -> Result<()> {
        let Some(exchange) = &self.exchange else {
            return Err(Error::usage("the credentials of this client cannot be replaced"));
        };
        if self.hosted.is_some() || client.hosted.is_some() {
            return Err(Error::usage("the platform keeps the credentials of this client"));
        }
        exchange.add(&self.runtime, client.runtime)
    }

    /// A seal that makes and opens the cursors of calls of an operation with these arguments of the
    /// caller. It is meant for code that returns positions inside a page, as the tools for language
    /// models do.
    ///
    /// # Errors
    ///
    /// `Internal` when there is no key to seal with, because the operating system gives no random
    /// numbers.
    pub fn seal<'a>(&'a self, operation: &'a Operation, arguments: &Arguments) -> Result<Seal<'a>> {
        self.runtime().seal(operation, operation.place(), arguments)
    }

    /// The description of the connector.
    pub fn description(&self) -> &Connector {
        self.runtime.description()
    }

    /// The session with the platform; `None` when calls do not go through it.
    pub fn session(&self) -> Option<&Session> {
        self.hosted.as_ref().map(HostedTransport::session)
    }

    /// The identifier of the connector on the platform, looked up unless it was given.
    ///
    /// # Errors
    ///
    /// `Usage` when calls go directly to the vendor, and the errors of [`Session::connector_id`].
    pub async fn connector_id(&self) -> Result<String> {
        match &self.hosted {
            Some(hosted) => hosted.connector_id(self.description()).await,
            None => Err(Error::usage("this client does not go through the hosted platform")),
        }
    }

    /// What the calls that begin now have in common.
    pub(crate) fn runtime(&self) -> &Runtime {
        self.exchange.as_ref().and_then(Exchange::last).unwrap_or(&self.runtime)
    }

    /// The redactor that knows the secrets of this client, including the tokens that it obtains
    /// later. Records are data and are returned unchanged; a program that shows them to others
    /// cleans them first.
    pub fn redactor(&self) -> Redactor {
        self.runtime().transport().redactor()
    }

    /// The reason why no call can be made with this client at all, such as missing credentials;
    /// `None` where calls can be tried. Nothing is sent to find out.
    pub fn obstacle(&self) -> Option<Error> {
        self.runtime().transport().completion().err()
    }

    /// Whether calls of an operation of this client take an
    /// [idempotency key](crate::CallOptions::idempotency_key) that makes their repetition harmless. Calls
    /// that are harmless anyway need none.
    pub fn takes_idempotency_key(&self, operation: &Operation) -> bool {
        let is_harmless = operation.hints.read_only || operation.hints.idempotent;
        let is_declared = operation.idempotency_header.is_some();
        is_declared && !is_harmless && self.runtime().transport().carries_idempotency_keys()
    }

    /// The settings, such as server variables, of a client that calls the vendor directly; empty
    /// for other clients.
    pub fn config(&self) -> &Map<String, Value> {
        self.runtime().transport().settings()
    }

    /// Adds what the settings of this client say about the scope of a call to its arguments, as a call does itself:
    /// the repository, for example. Arguments that are given stay.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) if a setting does not fit the rule of the connector.
    pub fn complete_scope(&self, operation: &Operation, arguments: &mut Arguments) -> Result<()> {
        crate::arguments::scope(self.description(), operation, arguments, self.config())
    }

    /// A text that tells the account of this client from others, for names of files and the like: 32 hexadecimal digits.
    /// Clients of the same account have the same as long as they have the same
    /// [cursor key](Self::with_cursor_key). Nobody without the key learns anything from it.
    ///
    /// # Errors
    ///
    /// `Internal` when there is no key.
    pub fn account_mark(&self) -> Result<String> {
        self.runtime().account_mark()
    }

    /// Begins to build a call. A name that does not exist is reported when the call is made.
    pub fn call(&self, entity: &str, action: Action) -> Call {
        Call::new(self.runtime().clone(), entity, action)
    }

    /// The entities of the connector, with their actions.
    pub fn list_entities(&self) -> Vec<EntitySummary> {
        let entities = self.description().entities.iter();
        entities
            .map(|entity| EntitySummary {
                name: entity.name.to_string(),
                description: entity.description.to_string(),
                actions: entity.operations.iter().map(|operation| operation.action).collect(),
            })
            .collect()
    }

    /// JSON Schema of an entity's records; `None` where the spec contains none.
    pub fn entity_schema(&self, entity: &str) -> Option<Value> {
        Some(self.description().entity(entity)?.schema.as_ref()?.value())
    }

    /// Calls one cheap read operation to find out whether the credentials work. Where there is
    /// none, the platform is asked for a token.
    ///
    /// The vendor's response is read like that of any call: a GraphQL error, or an error inside a
    /// success status, means that the check failed.
    pub async fn check(&self) -> CheckReport {
        let Some(operation) = probe(self.description()) else {
            let (status, error) = match self.session() {
                None => (CheckStatus::Skipped, None),
                Some(session) => match session.token().await {
                    Ok(_) => (CheckStatus::Healthy, None),
                    Err(error) => (CheckStatus::Unhealthy, Some(error)),
                },
            };
            return CheckReport { status, entity: None, action: None, records: None, error };
        };
        let mut call = self.call(&operation.entity, operation.action);
        let outcome = match probe_arguments(operation, self.config()) {
            Ok(arguments) => {
                call.set_all(arguments);
                call.outcome().await.map(|outcome| outcome.data.as_array().map(Vec::len))
            }
            Err(error) => Err(error),
        };
        CheckReport {
            status: if outcome.is_ok() { CheckStatus::Healthy } else { CheckStatus::Unhealthy },
            entity: Some(operation.entity.to_string()),
            action: Some(operation.action),
            records: outcome.as_ref().ok().copied().flatten(),
            error: outcome.err(),
        }
    }
}

/// The operation that checks credentials: the one that the spec marks for it, else the first list
/// that needs no arguments.
fn probe(connector: &Connector) -> Option<&Operation> {
    connector.operations().find(|operation| operation.hints.preferred_for_check).or_else(|| {
        connector.operations().find(|operation| {
            operation.action == Action::List
                && operation.parameters.iter().all(|parameter| {
                    !parameter.required
                        || parameter.default.is_some()
                        || parameter.config.is_some()
                        || parameter.probe_default.is_some()
                })
        })
    })
}

/// The arguments of the check: defaults of the description, and a page of one record.
fn probe_arguments(
    operation: &Operation,
    config: &Map<String, Value>,
) -> Result<Map<String, Value>> {
    let mut arguments = Map::new();
    for parameter in operation.parameters.iter() {
        let applies = parameter.location != Location::Path;
        let Some(default) = parameter.probe_default.as_ref().filter(|_| applies) else { continue };
        let value = match default.value() {
            Value::String(text) if text.contains("{{") => {
                Value::String(expression::default(&text, config).map_err(Error::of_expression)?)
            }
            value => value,
        };
        arguments.insert(parameter.name.to_string(), value);
    }
    if let Some(size) = &operation.paging.size {
        let smallest = operation
            .argument_schema(&size.parameter)
            .and_then(|schema| schema.minimum)
            .filter(|minimum| *minimum > 1.0 && minimum.fract() == 0.0);
        // A minimum above one is small and whole, so that the conversion loses nothing.
        #[allow(clippy::cast_possible_truncation)]
        let one = smallest.map_or(1, |minimum| minimum as i64);
        if operation.argument(&arguments, &size.parameter).is_none() {
            operation.set_argument(&mut arguments, &size.parameter, one.into());
        }
    }
    Ok(arguments)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("connector", &self.description().name)
            .field("hosted", &self.hosted.is_some())
            .finish_non_exhaustive()
    }
}
