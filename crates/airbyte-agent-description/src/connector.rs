//! A connector as a whole.

use serde::Serialize;

use super::{
    Action, AuthScheme, Entity, ErrorCheck, ErrorMeaning, Hosting, JsonPath, List, Operation,
    RateLimit, RateLimitCost, RateLimitHeaders, RetryPolicy, Scoping, Server, ServerVariable, Text,
};

/// Everything that the engine needs to know about one connector.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Connector {
    /// Stable slug, for example `zendesk-support`.
    pub name: Text,
    /// Display name, for example `Zendesk Support`.
    pub title: Text,
    /// Other names that people give the service, such as abbreviations and former names.
    pub other_names: List<Text>,
    /// Version of the spec.
    pub version: Text,
    /// Identifier of the connector on the hosted platform (a UUID).
    pub definition_id: Text,
    /// What the service is and what the connector reaches, in a few sentences.
    pub description: Text,
    /// The vendor's own documentation.
    pub links: List<Link>,
    /// The base address that paths are appended to.
    pub server: Server,
    /// Ways to authenticate, in the order of the spec.
    pub auth: List<AuthScheme>,
    /// Parameters filled from configuration when the caller leaves them out.
    pub scoping: List<Scoping>,
    /// How often, and after which delays, failed requests are sent again.
    pub retry: RetryPolicy,
    /// The rate limits that the vendor publishes.
    pub rate_limits: List<RateLimit>,
    /// Headers in which the vendor reports how much of its rate limit is left.
    pub rate_limit_headers: Option<RateLimitHeaders>,
    /// Failures that the vendor reports in responses with a success status, for every operation.
    pub errors: List<ErrorCheck>,
    /// What the vendor's error codes mean, whatever the status of the response.
    pub error_kinds: List<ErrorMeaning>,
    /// Where a failed response holds its error code; the message of `errors` counts as a code too.
    pub error_codes: List<JsonPath>,
    /// Where a response says what its request costs, for vendors that limit costs instead of requests.
    pub rate_limit_cost: Option<RateLimitCost>,
    /// Entities in the order of the spec.
    pub entities: List<Entity>,
    /// How entities refer to each other.
    pub relationships: List<Relationship>,
    /// Questions that the connector can and cannot answer.
    pub questions: Questions,
    /// How the hosted platform stores settings and credentials of the connector.
    pub hosting: Hosting,
    /// How the vendor writes dates and times; empty if it is not uniform.
    pub date_format: Text,
}

impl Connector {
    /// How long a client has to wait after a refusal for too many requests that does not say it: the
    /// longest wait of the published limits, in seconds.
    pub fn published_wait(&self) -> Option<u64> {
        let waits = self.rate_limits.iter().map(|limit| limit.wait_seconds);
        waits.max().filter(|seconds| *seconds > 0)
    }

    /// The entity of this name.
    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.entities.iter().find(|entity| entity.name == name)
    }

    /// The operation of this entity and action.
    pub fn operation(&self, entity: &str, action: Action) -> Option<&Operation> {
        self.entity(entity)?.operation(action)
    }

    /// The server that requests of this scheme go to; `given` says whether a setting was given.
    pub fn server_of<'c>(
        &'c self,
        scheme: &'c AuthScheme,
        given: impl Fn(&str) -> bool,
    ) -> &'c Server {
        let own = scheme.server.as_ref();
        let own = own.filter(|own| own.when.as_ref().is_none_or(|name| given(name)));
        own.map_or(&self.server, |own| &own.server)
    }

    /// The schemes that need this server variable, unless another setting selects another server.
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
pub struct Link {
    /// Kind of the page, for example `api_reference`.
    pub kind: Text,
    /// Title, empty when the spec gives none.
    pub title: Text,
    /// The complete address of the page.
    pub url: Text,
}

/// How an entity refers to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relationship {
    /// Entity that holds the reference.
    pub source: Text,
    /// Entity that the reference leads to.
    pub target: Text,
    /// Parameter or field with the reference.
    pub foreign_key: Text,
    /// Field of the target entity that the reference holds.
    pub target_key: Text,
    /// `many_to_one` and the like, empty when not given.
    pub cardinality: Text,
}

/// Example questions for documents and tool descriptions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Questions {
    /// Questions that are answered by calling operations.
    pub direct: List<Text>,
    /// Questions that are answered from the hosted context store.
    pub search: List<Text>,
    /// Questions that the connector cannot answer.
    pub unsupported: List<Text>,
}
