//! What a connector is, as plain data.
//!
//! A spec is lowered once into a [`Connector`]. Generated crates hold the result as a `static`
//! (every list and text is a borrowed [`Cow`]); dynamic connectors build the same value at run
//! time. The engine reads nothing else. Nothing in here performs I/O or knows of any vendor.
//!
//! The structs are exhaustive on purpose: generated code constructs them. They belong to the
//! generator's contract, not to the stable public API.

mod auth;
mod hosting;
mod operation;
mod paging;
mod path;
mod schema;
mod selection;
mod template;

use std::borrow::Cow;

use serde::Serialize;

pub use auth::{
    ApiKeyLocation, AuthKind, AuthScheme, CredentialField, Header, Mapping, OAuthEndpoints,
    Refresh, RefreshFormat, RefreshGrant, RefreshStyle, SchemeServer, Scope,
};
pub use hosting::{Constant, Hosting, Setting, StoredField, StoredVariable};
pub use operation::{
    Action, Body, ConfigInject, Download, ErrorCheck, ErrorCondition, Filter, GraphQl, Hints,
    Location, MetaField, MetaSource, Method, Operation, Parameter, Response, Style, Transform,
    UrlStep, Variable, VariableValue,
};
pub use paging::{Next, PageSize, Paging, Source};
pub use path::{JsonPath, Step};
pub use schema::{Json, Kind, Property, Schema};
pub use selection::Selection;
pub(crate) use selection::is_name;
pub use template::{Piece, Template};

/// Text of a description: borrowed in generated crates, owned in dynamic ones.
pub type Text = Cow<'static, str>;

/// A list of a description: borrowed in generated crates, owned in dynamic ones.
pub type List<T> = Cow<'static, [T]>;

/// Everything the engine needs to know of one connector.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Connector {
    /// Stable slug, for example `zendesk-support`.
    pub name: Text,
    /// Display name, for example `Zendesk Support`.
    pub title: Text,
    /// Version of the spec.
    pub version: Text,
    /// Identifier of the connector on the hosted platform (a UUID).
    pub definition_id: Text,
    /// What the service is and what the connector reaches, in a few sentences.
    pub description: Text,
    /// The vendor's own documentation.
    pub links: List<Link>,
    /// Where requests go.
    pub server: Server,
    /// Ways to authenticate, in the order of the spec.
    pub auth: List<AuthScheme>,
    /// Parameters filled from configuration when the caller leaves them out.
    pub scoping: List<Scoping>,
    /// Waits and limits of retries.
    pub retry: RetryPolicy,
    /// Limits that the vendor publishes.
    pub rate_limits: List<RateLimit>,
    /// Headers in which the vendor reports the state of its limit.
    pub rate_limit_headers: Option<RateLimitHeaders>,
    /// Failures that the vendor reports inside a successful answer, for every operation.
    pub errors: List<ErrorCheck>,
    /// What the vendor's error codes mean, whatever the status of the answer.
    pub error_kinds: List<ErrorMeaning>,
    /// Where a failure has its code; the message of `errors` counts as one too.
    pub error_codes: List<JsonPath>,
    /// What a refused request costs, for vendors that count the cost of each.
    pub rate_limit_cost: Option<RateLimitCost>,
    /// Entities in the order of the spec.
    pub entities: List<Entity>,
    /// How entities refer to each other.
    pub relationships: List<Relationship>,
    /// Questions that the connector can and cannot answer.
    pub questions: Questions,
    /// How the hosted platform keeps the connector.
    pub hosting: Hosting,
    /// How the vendor writes instants, empty when it is not uniform.
    pub date_format: Text,
}

impl Connector {
    /// The entity of this name.
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// The operation of this entity and action.
    pub fn operation(&self, entity: &str, action: Action) -> Option<&Operation> {
        self.entity(entity)?.operation(action)
    }

    /// Where requests of this scheme go; `given` says which settings there are.
    pub fn server_of<'c>(
        &'c self,
        scheme: &'c AuthScheme,
        given: impl Fn(&str) -> bool,
    ) -> &'c Server {
        let own = scheme.server.as_ref();
        let own = own.filter(|own| own.when.as_ref().is_none_or(|name| given(name)));
        own.map_or(&self.server, |own| &own.server)
    }

    /// The schemes that cannot do without this server variable, unless another setting leads
    /// elsewhere.
    pub fn schemes_with(&self, variable: &str) -> Vec<&AuthScheme> {
        let has = |scheme: &&AuthScheme| {
            let server = self.server_of(scheme, |_| false);
            server.variables.iter().any(|known| known.name == variable)
        };
        self.auth.iter().filter(has).collect()
    }

    /// The variables of all servers, each once.
    pub fn variables(&self) -> Vec<&ServerVariable> {
        let own = self.auth.iter().filter_map(|scheme| scheme.server.as_ref());
        let mut all: Vec<&ServerVariable> = Vec::new();
        for server in std::iter::once(&self.server).chain(own.map(|own| &own.server)) {
            for variable in server.variables.iter() {
                if !all.iter().any(|known| known.name == variable.name) {
                    all.push(variable);
                }
            }
        }
        all
    }

    /// All operations, in the order of the spec.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.entities.iter().flat_map(|entity| entity.operations.iter())
    }
}

/// A page of the vendor's documentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Link {
    /// Kind of the page, for example `api_reference`.
    pub kind: Text,
    /// Title, empty when the spec gives none.
    pub title: Text,
    /// Address.
    pub url: Text,
}

/// Base address of the vendor's API and the variables in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Server {
    /// Base URL, without a trailing slash; names are server variables.
    pub url: Template,
    /// The variables.
    pub variables: List<ServerVariable>,
}

/// A variable part of the base URL.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct ServerVariable {
    /// Name, as in `{name}`.
    pub name: Text,
    /// What it stands for.
    pub description: Text,
    /// Value used when the caller gives none; `None` where the spec's default is a placeholder.
    pub default: Option<Text>,
    /// The values allowed, empty for any.
    pub choices: List<Text>,
    /// An example of a value, empty when the spec gives none.
    pub example: Text,
    /// Credential field whose last part, behind the delimiter, is the value
    /// (Mailchimp's data centre behind the `-` of the API key).
    pub derived_from: Option<Derivation>,
    /// Whether the token answer supplies the value, so that nobody has to configure it.
    pub from_token: bool,
}

/// A server variable that hides in a credential.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Derivation {
    /// Credential field.
    pub field: Text,
    /// The value is what follows the last occurrence of this text.
    pub delimiter: Text,
}

/// A parameter that takes its value from configuration when the caller leaves it out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Scoping {
    /// Parameter that is filled.
    pub parameter: Text,
    /// Configuration key that holds the value.
    pub config_key: Text,
    /// Template over `value`, `config` and `param`; the value itself when absent.
    pub expression: Option<Text>,
}

/// How often and when a failed request is tried again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct RetryPolicy {
    /// Tries in all, the first included.
    pub max_attempts: u32,
    /// Wait before the second try, in milliseconds.
    pub initial_delay_ms: u64,
    /// Factor from one wait to the next.
    pub base: f64,
    /// Longest wait, in milliseconds.
    pub max_delay_ms: u64,
    /// Whether the wait is drawn between zero and the computed value.
    pub jitter: bool,
    /// Statuses that are tried again.
    pub statuses: List<u16>,
    /// Whether a timeout is tried again.
    pub on_timeout: bool,
    /// Whether a failed connection is tried again.
    pub on_network_error: bool,
    /// Header in which the vendor says how long to wait.
    pub wait_header: Text,
    /// How that header is written when it is a plain number.
    pub wait_format: WaitFormat,
}

impl RetryPolicy {
    /// The policy of a spec that declares none.
    pub const STANDARD: Self = Self {
        max_attempts: 3,
        initial_delay_ms: 1_000,
        base: 2.0,
        max_delay_ms: 60_000,
        jitter: true,
        statuses: Cow::Borrowed(&[408, 429, 500, 502, 503, 504]),
        on_timeout: true,
        on_network_error: true,
        wait_header: Cow::Borrowed("retry-after"),
        wait_format: WaitFormat::Seconds,
    };
}

/// How a number in the wait header is meant. An HTTP date is understood with any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub enum WaitFormat {
    /// Seconds from now.
    Seconds,
    /// Milliseconds from now.
    Milliseconds,
    /// Seconds since 1970.
    UnixTimestamp,
    /// An instant, in Unix milliseconds.
    UnixMilliseconds,
    /// An instant, in ISO 8601.
    Iso8601,
}

/// What an error code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct ErrorMeaning {
    /// Which codes.
    pub code: ErrorCode,
    /// What it means.
    pub kind: FailureKind,
}

/// Which codes of a vendor are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub enum ErrorCode {
    /// This one.
    Is(Text),
    /// All that begin so.
    Begins(Text),
    /// All numbers from the first to the last.
    Between(u64, u64),
}

impl ErrorCode {
    /// Whether a code is meant.
    pub fn fits(&self, code: &str) -> bool {
        match self {
            Self::Is(known) => code == known,
            Self::Begins(start) => code.starts_with(start.as_ref()),
            Self::Between(first, last) => {
                code.parse().is_ok_and(|code: u64| (*first..=*last).contains(&code))
            }
        }
    }
}

/// Where an answer says what a request costs and how fast the vendor gives the sum back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct RateLimitCost {
    /// What the request needs.
    pub needed: JsonPath,
    /// What is there.
    pub available: JsonPath,
    /// What comes back in a second.
    pub per_second: JsonPath,
}

/// Kinds of failures that a vendor can report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub enum FailureKind {
    /// The credentials do not suffice.
    Authentication,
    /// There is no such record.
    NotFound,
    /// Too many requests.
    RateLimited,
    /// The arguments are wrong.
    Validation,
    /// The vendor failed for the moment.
    Unavailable,
    /// Anything else that another try does not mend.
    Vendor,
}

/// A limit that the vendor publishes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct RateLimit {
    /// Number of requests allowed; `None` when the vendor publishes none.
    pub requests: Option<u64>,
    /// Length of the window, in seconds; 0 when requests are counted that run at the same time,
    /// or when nothing is published.
    pub per_seconds: u64,
    /// Who shares the limit: `account`, `token`, `ip` and the like.
    pub scope: Text,
    /// What else there is to know.
    pub description: Text,
    /// Where the vendor says so.
    pub source: Text,
}

/// Headers with the state of the vendor's limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct RateLimitHeaders {
    /// Requests allowed in the window, empty when not sent.
    pub limit: Text,
    /// Requests left in the window, empty when not sent.
    pub remaining: Text,
    /// Requests used and allowed in one value (`32/40`), empty when not sent.
    pub used_of: Text,
    /// When the window ends, empty when not sent.
    pub reset: Text,
    /// How the end of the window is written.
    pub reset_format: WaitFormat,
}

/// An entity: a kind of record and what can be done with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Entity {
    /// Name on the wire and in code, `snake_case`.
    pub name: Text,
    /// What one record is.
    pub description: Text,
    /// What can be done, in the order of the spec.
    pub operations: List<Operation>,
    /// JSON Schema of a record with references resolved, `None` when the spec gives none.
    pub schema: Option<Json>,
    /// Fields searchable in the hosted context store.
    pub store: List<StoreField>,
    /// When an agent should turn to this entity, empty when the spec does not say.
    pub when_to_use: Text,
    /// Other words by which people ask for it.
    pub phrases: List<Text>,
}

impl Entity {
    /// The operation of this action.
    pub fn operation(&self, action: Action) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.action == action)
    }
}

/// A field of the hosted context store.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct StoreField {
    /// Name in queries.
    pub name: Text,
    /// JSON type.
    pub kind: Text,
    /// What it holds.
    pub description: Text,
}

/// How an entity refers to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Relationship {
    /// Entity that holds the reference.
    pub source: Text,
    /// Entity referred to.
    pub target: Text,
    /// Parameter or field with the reference.
    pub foreign_key: Text,
    /// Field of the target that it names.
    pub target_key: Text,
    /// `many_to_one` and the like, empty when not given.
    pub cardinality: Text,
}

/// Example questions for documents and tool descriptions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "bake", derive(databake::Bake), databake(path = airbyte_agent_core::description))]
pub struct Questions {
    /// Answered by calling operations.
    pub direct: List<Text>,
    /// Answered from the hosted context store.
    pub search: List<Text>,
    /// Not answered.
    pub unsupported: List<Text>,
}
