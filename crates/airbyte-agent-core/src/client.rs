//! A connector, ready to be called.

use std::fmt;
use std::future::IntoFuture;
use std::ops::Deref;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::{Call, CallOptions};
use crate::context_store::{self, StoreMeta, StoreQuery};
use crate::cursor::{Cursor, Position};
use crate::description::{Action, Connector, Location, Operation};
use crate::error::{Error, Result};
use crate::expression;
use crate::hosted::{Hosted, HostedTransport, Session};
use crate::http::BoxFuture;
use crate::local::{Local, LocalTransport};
use crate::lookup::find_operation;
use crate::transport::Transport;

/// A connector description, borrowed from a generated crate or shared.
#[derive(Clone)]
pub struct Description(Kept);

#[derive(Clone)]
enum Kept {
    Borrowed(&'static Connector),
    Shared(Arc<Connector>),
}

impl Deref for Description {
    type Target = Connector;

    fn deref(&self) -> &Connector {
        match &self.0 {
            Kept::Borrowed(connector) => connector,
            Kept::Shared(connector) => connector,
        }
    }
}

impl From<&'static Connector> for Description {
    fn from(connector: &'static Connector) -> Self {
        Self(Kept::Borrowed(connector))
    }
}

impl From<Arc<Connector>> for Description {
    fn from(connector: Arc<Connector>) -> Self {
        Self(Kept::Shared(connector))
    }
}

impl From<Connector> for Description {
    fn from(connector: Connector) -> Self {
        Self(Kept::Shared(Arc::new(connector)))
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Description").field(&self.name).finish()
    }
}

/// What a call through the dynamic door gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// An array of records for `list` and `search`, an object for the others.
    pub data: Value,
    /// Metadata by the names in the spec, `null` where the operation extracts none.
    pub meta: Value,
    /// Where a list continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckStatus {
    /// The credentials work.
    Healthy,
    /// The probe failed.
    Unhealthy,
    /// No operation can be called without arguments.
    Skipped,
}

/// What a check found.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckReport {
    /// How it ended.
    pub status: CheckStatus,
    /// Entity that was called.
    pub entity: Option<String>,
    /// Action that was called.
    pub action: Option<Action>,
    /// Why it failed.
    pub error: Option<Error>,
}

/// An entity and what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntitySummary {
    /// Name.
    pub name: String,
    /// What one record is.
    pub description: String,
    /// Its actions.
    pub actions: Vec<Action>,
}

/// A connector, ready to be called: a description and a way to run calls. Cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    description: Description,
    transport: Box<dyn Transport>,
    config: Map<String, Value>,
    is_local: bool,
    /// The transport once more, where it leads through the platform.
    hosted: Option<HostedTransport>,
}

impl Client {
    /// Straight to the vendor.
    ///
    /// # Errors
    ///
    /// `Authentication` when credentials are missing or fit no scheme, `Validation` when a setting
    /// is missing or cannot be right. Nothing is sent.
    pub fn local(description: impl Into<Description>, options: impl Into<Local>) -> Result<Self> {
        let description = description.into();
        let options = options.into();
        let config = options.config.clone();
        let transport = LocalTransport::new(description.clone(), options)?;
        let transport = Box::new(transport);
        let (is_local, hosted) = (true, None);
        Ok(Self(Arc::new(Inner { description, transport, config, is_local, hosted })))
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

    fn through(description: Description, transport: HostedTransport) -> Self {
        let hosted = Some(transport.clone());
        let (transport, config, is_local) = (Box::new(transport), Map::new(), false);
        Self(Arc::new(Inner { description, transport, config, is_local, hosted }))
    }

    /// By a transport of your own.
    pub fn new(description: impl Into<Description>, transport: impl Transport + 'static) -> Self {
        let (description, transport) = (description.into(), Box::new(transport));
        let (config, is_local, hosted) = (Map::new(), false, None);
        Self(Arc::new(Inner { description, transport, config, is_local, hosted }))
    }

    /// The description.
    pub fn description(&self) -> &Connector {
        &self.0.description
    }

    /// The session with the platform, where calls go through it.
    pub fn session(&self) -> Option<&Session> {
        self.0.hosted.as_ref().map(HostedTransport::session)
    }

    /// The identifier of the connector on the platform, looked up unless it was given.
    ///
    /// # Errors
    ///
    /// `Usage` when calls go straight to the vendor, and as
    /// [`Session::connector_id`].
    pub async fn connector_id(&self) -> Result<String> {
        match &self.0.hosted {
            Some(hosted) => hosted.connector_id(self.description()).await,
            None => Err(Error::usage("this client does not go through the hosted platform")),
        }
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        self.0.transport.as_ref()
    }

    pub(crate) fn config(&self) -> &Map<String, Value> {
        &self.0.config
    }

    pub(crate) fn is_local(&self) -> bool {
        self.0.is_local
    }

    /// A call to be put together. Whether the operation exists is told when it is made.
    pub fn call(&self, entity: &str, action: Action) -> Call {
        Call::new(self.clone(), entity, action)
    }

    /// The dynamic door: any entity and action, arguments as a JSON object.
    ///
    /// ```no_run
    /// # async fn example(client: airbyte_agent_core::Client) -> airbyte_agent_core::Result<()> {
    /// use serde_json::json;
    ///
    /// let arguments = json!({"owner": "airbytehq", "repo": "airbyte"});
    /// let issues = client.execute("issues", "list", arguments).await?;
    /// println!("{}", issues.data);
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute(&self, entity: &str, action: &str, arguments: Value) -> Execute {
        if context_store::is_store_action(action) && !self.is_local() {
            let (entity, action) = (entity.to_owned(), action.to_owned());
            let (client, options) = (self.clone(), CallOptions::default());
            let asked = Asked { client, entity, action, arguments, cursor: None, options };
            return Execute { door: Door::Store(Box::new(asked)) };
        }
        let call = find_operation(self.description(), entity, action).and_then(|operation| {
            let mut call = self.call(entity, operation.action);
            match arguments {
                Value::Null => Ok(call),
                Value::Object(arguments) => {
                    call.set_all(arguments);
                    Ok(call)
                }
                _ => Err(Error::validation("arguments must be a JSON object")),
            }
        });
        Execute { door: Door::Call(Box::new(call)) }
    }

    /// Asks the context store, where the platform has one.
    pub(crate) async fn context_store(
        &self,
        entity: &str,
        action: &str,
        params: Map<String, Value>,
        options: &CallOptions,
    ) -> Result<(Vec<Map<String, Value>>, StoreMeta)> {
        let connector = self.description();
        context_store::check(connector, entity, action, &params)?;
        let query = StoreQuery { connector, entity, action, params: &params, options };
        let place = query.place();
        let transport = self.transport();
        let limit = options.limit().unwrap_or_else(|| transport.default_timeout());
        let answer = tokio::time::timeout(limit, transport.context_store(query)).await;
        let reply = answer.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            let message = format!("{place}: no complete answer within {seconds} s");
            Err(Error::network(message).with_retryable(true))
        })?;
        context_store::read(&reply.body, &place)
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
    /// The vendor's answer is looked at like that of any call: a GraphQL error or an error inside
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
            return CheckReport { status, entity: None, action: None, error };
        };
        let mut call = self.call(&operation.entity, operation.action);
        let outcome = match probe_arguments(operation, self.config()) {
            Ok(arguments) => {
                call.set_all(arguments);
                call.outcome().await.map(|_| ())
            }
            Err(error) => Err(error),
        };
        CheckReport {
            status: if outcome.is_ok() { CheckStatus::Healthy } else { CheckStatus::Unhealthy },
            entity: Some(operation.entity.to_string()),
            action: Some(operation.action),
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
                Value::String(expression::default(&text, config)?)
            }
            value => value,
        };
        arguments.insert(parameter.name.to_string(), value);
    }
    if let Some(size) = &operation.paging.size {
        let smallest = operation
            .parameter(&size.parameter)
            .and_then(|parameter| parameter.schema.minimum)
            .filter(|minimum| *minimum > 1.0 && minimum.fract() == 0.0);
        // A minimum above one is a small whole number.
        #[allow(clippy::cast_possible_truncation)]
        let one = smallest.map_or(1, |minimum| minimum as i64);
        arguments.entry(size.parameter.to_string()).or_insert(one.into());
    }
    Ok(arguments)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("connector", &self.description().name)
            .field("local", &self.0.is_local)
            .finish_non_exhaustive()
    }
}

/// A call through the dynamic door; awaiting it makes the call.
#[derive(Debug)]
#[must_use = "a call does nothing unless it is awaited"]
pub struct Execute {
    door: Door,
}

#[derive(Debug)]
enum Door {
    Call(Box<Result<Call>>),
    Store(Box<Asked>),
}

/// A question to the context store.
#[derive(Debug)]
struct Asked {
    client: Client,
    entity: String,
    action: String,
    arguments: Value,
    cursor: Option<Cursor>,
    options: CallOptions,
}

impl Asked {
    fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    async fn outcome(mut self) -> Result<Outcome> {
        let mut params = match std::mem::take(&mut self.arguments) {
            Value::Null => Map::new(),
            Value::Object(params) => params,
            _ => return Err(Error::validation("arguments must be a JSON object")),
        };
        let place = self.place();
        if let Some(cursor) = &self.cursor {
            params.extend(cursor.position_of(&place)?.set);
        }
        let asked =
            self.client.context_store(&self.entity, &self.action, params, &self.options).await;
        let (rows, meta) = asked?;
        let next = match meta.cursor.clone().filter(|_| meta.has_more) {
            Some(token) => {
                let set = Map::from_iter([("cursor".to_owned(), Value::String(token))]);
                Some(Cursor::new(&Position { operation: place, set, ..Position::default() })?)
            }
            None => None,
        };
        let data = rows.into_iter().map(Value::Object).collect();
        Ok(Outcome { data, meta: meta.to_json(), next })
    }
}

impl Execute {
    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        let options = match &mut self.door {
            Door::Call(call) => match call.as_mut() {
                Ok(call) => call.options(),
                Err(_) => return self,
            },
            Door::Store(asked) => &mut asked.options,
        };
        *options = change(std::mem::take(options));
        self
    }

    /// Starts where a cursor points.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        match &mut self.door {
            Door::Call(call) => {
                if let Ok(call) = call.as_mut() {
                    call.resume(cursor);
                }
            }
            Door::Store(asked) => asked.cursor = Some(cursor),
        }
        self
    }

    /// The call itself, for paging, downloads and dry runs.
    ///
    /// # Errors
    ///
    /// `Usage` when the action does not exist or is one of the context store, which is asked by
    /// awaiting; `Validation` when the arguments are no object.
    pub fn into_call(self) -> Result<Call> {
        match self.door {
            Door::Call(call) => *call,
            Door::Store(asked) => {
                Err(Error::usage(format!("{} is asked page by page", asked.place())))
            }
        }
    }
}

impl IntoFuture for Execute {
    type Output = Result<Outcome>;
    type IntoFuture = BoxFuture<'static, Result<Outcome>>;

    fn into_future(self) -> Self::IntoFuture {
        match self.door {
            Door::Call(call) => Box::pin(async move { (*call)?.outcome().await }),
            Door::Store(asked) => Box::pin(asked.outcome()),
        }
    }
}
