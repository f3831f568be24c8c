//! A connector, ready to be called.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::call::Call;
use crate::cursor::{CursorKey, Seal};
use crate::description::expression;
use crate::description::{Action, Connector, Location, Operation};
use crate::error::{Error, Result};
use crate::hosted::{Hosted, HostedTransport, Session};
use crate::local::{IntoLocal, LocalTransport};
use crate::runtime::Runtime;
use crate::secret::Redactor;
use crate::shared_description::Description;
use crate::transport::Transport;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckStatus {
    /// The probe succeeded: the credentials work.
    Healthy,
    /// The probe failed, for example because the credentials were refused.
    Unhealthy,
    /// No operation can be called without arguments.
    Skipped,
}

/// What a check found.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckReport {
    /// How the check ended.
    pub status: CheckStatus,
    /// Entity that was called.
    pub entity: Option<String>,
    /// Action that was called.
    pub action: Option<Action>,
    /// How many records it gave, where it gives a list.
    pub records: Option<usize>,
    /// Why the check failed; `None` when it did not.
    pub error: Option<Error>,
}

/// An entity and what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntitySummary {
    /// Name of the entity, for example `issues`.
    pub name: String,
    /// What one record is.
    pub description: String,
    /// What can be done with it, in the order of the spec.
    pub actions: Vec<Action>,
}

/// A connector, ready to be called: a description, and a transport that executes calls. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    runtime: Runtime,
    /// The transport, where calls go through the platform.
    hosted: Option<HostedTransport>,
}

impl Client {
    /// Straight to the vendor, with [`Credentials`](crate::Credentials) or with
    /// [`Local`](crate::Local) made of them.
    ///
    /// # Errors
    ///
    /// `Authentication` when credentials are missing, fit no scheme or are those of another
    /// connector, `Validation` when a setting is missing or cannot be right. Nothing is sent.
    pub fn local(description: impl Into<Description>, options: impl IntoLocal) -> Result<Self> {
        let description = description.into();
        let transport = LocalTransport::new(description.clone(), options.into_local().options)?;
        Ok(Self::new(description, transport))
    }

    /// Through the hosted platform.
    ///
    /// # Errors
    ///
    /// `Validation` when the base URL cannot be right. Nothing is sent.
    pub fn hosted(description: impl Into<Description>, options: Hosted) -> Result<Self> {
        Ok(Self::through(description.into(), HostedTransport::new(options)?))
    }

    /// Through the hosted platform, in a session that exists. Without a connector id the only
    /// connector of this kind in the session's workspace is looked up at the first call.
    pub fn within(
        description: impl Into<Description>,
        session: &Session,
        connector_id: Option<&str>,
    ) -> Self {
        let connector_id = connector_id.map(str::to_owned);
        Self::through(description.into(), HostedTransport::within(session.clone(), connector_id))
    }

    /// By a transport of your own.
    pub fn new(description: impl Into<Description>, transport: impl Transport + 'static) -> Self {
        Self { runtime: Runtime::new(description.into(), Box::new(transport)), hosted: None }
    }

    fn through(description: Description, transport: HostedTransport) -> Self {
        let hosted = Some(transport.clone());
        Self { runtime: Runtime::new(description, Box::new(transport)), hosted }
    }

    /// The same client with cursors that are sealed under this key instead of one that ends with
    /// the process.
    #[must_use]
    pub fn with_cursor_key(mut self, key: CursorKey) -> Self {
        self.runtime = self.runtime.with_cursor_key(key);
        self
    }

    /// Seals and opens the cursors of calls of an operation with these arguments of the caller: for
    /// whoever hands out places inside a page, as the tools for language models do.
    ///
    /// # Errors
    ///
    /// `Internal` when there is no key to seal with.
    pub fn seal<'a>(&'a self, operation: &'a Operation, arguments: &Arguments) -> Result<Seal<'a>> {
        self.runtime.seal(operation, operation.place(), arguments)
    }

    /// The description of the connector.
    pub fn description(&self) -> &Connector {
        self.runtime.description()
    }

    /// The session with the platform, where calls go through it.
    pub fn session(&self) -> Option<&Session> {
        self.hosted.as_ref().map(HostedTransport::session)
    }

    /// The identifier of the connector on the platform, looked up unless it was given.
    ///
    /// # Errors
    ///
    /// `Usage` when calls go straight to the vendor, and as
    /// [`Session::connector_id`].
    pub async fn connector_id(&self) -> Result<String> {
        match &self.hosted {
            Some(hosted) => hosted.connector_id(self.description()).await,
            None => Err(Error::usage("this client does not go through the hosted platform")),
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The redactor that knows the secrets of this client, also the tokens that it obtains later.
    /// Records are data and handed out as they came; a program that shows them to others cleans
    /// them first.
    pub fn redactor(&self) -> Redactor {
        self.runtime.transport().redactor()
    }

    /// Why no call can be made with this client at all, such as missing credentials; `None` where calls
    /// can be tried. Nothing is sent to find out.
    pub fn obstacle(&self) -> Option<Error> {
        self.runtime.transport().completion().err()
    }

    /// Whether calls of an operation of this client take an
    /// [idempotency key](crate::CallOptions::idempotency_key) that makes their repetition harmless. Calls
    /// that are harmless anyway need none.
    pub fn takes_idempotency_key(&self, operation: &Operation) -> bool {
        let is_harmless = operation.hints.read_only || operation.hints.idempotent;
        let is_declared = operation.idempotency_header.is_some();
        is_declared && !is_harmless && self.runtime.transport().carries_idempotency_keys()
    }

    /// Settings of a client that goes straight to the vendor, such as server variables; empty for
    /// other clients.
    pub fn config(&self) -> &Map<String, Value> {
        self.runtime.transport().settings()
    }

    /// A text that tells the account of this client from others, for names of files and the like: 32 hexadecimal digits.
    /// Clients of the same account have the same as long as they have the same
    /// [cursor key](Self::with_cursor_key). Nobody without the key learns anything from it.
    ///
    /// # Errors
    ///
    /// `Internal` when there is no key.
    pub fn account_mark(&self) -> Result<String> {
        self.runtime.account_mark()
    }

    /// A call to be put together. Whether the operation exists is told when it is made.
    pub fn call(&self, entity: &str, action: Action) -> Call {
        Call::new(self.runtime.clone(), entity, action)
    }

    /// The entities and what can be done with them.
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

    /// JSON Schema of an entity's records, where the spec gives one.
    pub fn entity_schema(&self, entity: &str) -> Option<Value> {
        Some(self.description().entity(entity)?.schema.as_ref()?.value())
    }

    /// Calls one cheap read operation to see whether the credentials work. Where there is none,
    /// the platform is asked for a token.
    ///
    /// The vendor's response is looked at like that of any call: a GraphQL error or an error inside
    /// a success is unhealthy.
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

/// The operation that checks credentials: the marked one, else the first list that needs nothing.
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

/// Probe defaults, and a page of one record.
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
        // A minimum above one is a small whole number.
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
