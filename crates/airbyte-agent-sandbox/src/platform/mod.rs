//! The hosted platform: its tokens, its workspaces, their connectors, and the execution of operations.

// Endpoints are functions of one type, those that cannot fail included.
#![allow(clippy::unnecessary_wraps)]

mod behaviour;
mod caller;
mod clock;
mod connection_templates;
mod connectors;
mod context;
mod cron;
mod cursor;
mod customization;
mod definitions;
mod download;
mod error;
mod execute;
mod execute_request;
mod execution;
mod executor;
mod fields;
mod initial_state;
mod inspect;
mod legacy;
mod oauth;
mod paths;
mod prepare;
mod question;
mod route;
mod selection;
mod skills;
mod specification;
mod state;
mod store;
mod templates;
mod tenant;
mod text_pages;
mod token_endpoints;
mod tokens;
mod workflows;
mod workspaces;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airbyte_agent_description::Connector;
use serde_json::json;

use crate::fault::{FaultKind, FaultQueue, Target};
use crate::request::Request;
use crate::response::Response;
use crate::vendor::Vendors;

use clock::Clock;
use context::Context;
use error::{ApiError, ApiResult};
use route::{Handler, RouteError};
use state::{State, StoreStatus};

pub use behaviour::Behaviour;
pub use executor::{Account, ExecuteError, Executed, Execution, Executor};
pub use tenant::Tenant;

/// Id of the client that the platform knows from the start.
pub const CLIENT_ID: &str = "sandbox-client";
/// Secret that belongs to [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "sandbox-secret";

/// What the paths of the current API begin with.
const API: &str = "/api/v1/";

/// The emulated platform.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) clock: Clock,
    /// The connectors that can be created, as definitions.
    descriptions: Vec<Arc<Connector>>,
    /// Specs as YAML by slug, as far as they were given.
    specs: HashMap<String, Arc<str>>,
    executor: Option<Box<dyn Executor>>,
    /// Where the platform and the vendors are reached.
    origin: String,
    state: Mutex<State>,
}

/// What a platform is started with.
#[derive(Debug, Default)]
pub(crate) struct PlatformConfig {
    pub(crate) connectors: Vec<Arc<Connector>>,
    pub(crate) specs: HashMap<String, Arc<str>>,
    pub(crate) crowded: Option<String>,
    pub(crate) executor: Option<Box<dyn Executor>>,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) behaviour: Behaviour,
}

impl Platform {
    pub(crate) fn new(config: PlatformConfig, origin: String) -> Self {
        let clock = Clock::default();
        let crowded = config.crowded.as_deref();
        let mut state = initial_state::state(&config.connectors, crowded, clock.seconds());
        state.behaviour = config.behaviour;
        for tenant in config.tenants {
            initial_state::admit(&mut state, tenant, &clock.now());
        }
        Self {
            clock,
            descriptions: config.connectors,
            specs: config.specs,
            executor: config.executor,
            origin,
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The description of the connector with this slug.
    fn description(&self, slug: &str) -> Option<&Arc<Connector>> {
        self.descriptions.iter().find(|description| description.name == slug)
    }

    /// The same; a slug that is not known is an error.
    fn description_of(&self, slug: &str) -> Result<Arc<Connector>, ApiError> {
        self.description(slug).cloned().ok_or_else(|| ApiError::not_found("Connector", slug))
    }

    /// Number of a connector's entities that the context store contains.
    fn store_entities(&self, slug: &str) -> usize {
        let entities = self.description(slug).map(|description| description.entities.iter());
        entities.into_iter().flatten().filter(|entity| !entity.store.is_empty()).count()
    }

    fn has_store(&self, slug: &str) -> bool {
        self.store_entities(slug) > 0
    }

    /// Refuses every token that was issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.lock().tokens.expire();
    }

    /// Adds a client or gives it another secret. Gives the ids of its organizations.
    pub(crate) fn admit(&self, tenant: Tenant) -> Vec<String> {
        initial_state::admit(&mut self.lock(), tenant, &self.clock.now())
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        self.lock().behaviour.clone()
    }

    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        self.lock().behaviour = behaviour;
    }

    /// Sets the status of a connector's context store, or of all. Gives the number of connectors;
    /// `None` when the word is not a status.
    pub(crate) fn set_context_store(&self, connector: Option<&str>, word: &str) -> Option<usize> {
        let status = StoreStatus::parse(word)?;
        let mut state = self.lock();
        let is_wanted = |id: &str| connector.is_none_or(|wanted| wanted == id);
        let mut count = 0;
        for connector in state.connectors.iter_mut().filter(|one| is_wanted(&one.id)) {
            connector.store = status;
            count += 1;
        }
        Some(count)
    }

    /// Responds to a request to the platform, unless a fault applies to it.
    pub(crate) async fn respond(
        &self,
        request: &Request,
        vendors: &Vendors,
        faults: &FaultQueue,
    ) -> (Response, Target) {
        let mut target = Target { connector: "platform".to_owned(), ..Target::default() };
        if let Some(names) = execute_request::requested_names(request) {
            (target.entity, target.action) = names;
        }
        let fault = faults.take(&target, &request.path);
        if fault == Some(FaultKind::ExpireTokens) {
            self.expire_tokens();
        }
        if let Some(response) = fault.as_ref().and_then(FaultKind::replacement) {
            return (response, target);
        }
        let response = self.handle(request, vendors).await;
        let response = match fault {
            Some(fault) => fault.damage(response),
            None => response,
        };
        (response, target)
    }

    async fn handle(&self, request: &Request, vendors: &Vendors) -> Response {
        let route = match route::find(request) {
            Ok(route) => route,
            Err(RouteError::NoPath) => return Response::json(404, &json!({"detail": "Not Found"})),
            Err(RouteError::NoMethod) => {
                return Response::json(405, &json!({"detail": "Method Not Allowed"}));
            }
        };
        let now = self.clock.seconds();
        let caller = token_endpoints::authorize(&self.lock(), request, route.access, now);
        let caller = match caller {
            Ok(caller) => caller,
            Err(error) => return error.into(),
        };
        let is_call = !matches!(route.handler, Handler::Function(_));
        if request.method == "POST" && !is_call && self.lock().is_full() {
            let message = format!(
                "the sandbox keeps no more than {} objects of the platform; start it anew",
                state::MOST_OBJECTS
            );
            return Response::json(507, &json!({"detail": message}));
        }
        let context = Context { platform: self, vendors, request, caller, ids: route.ids };
        let result: ApiResult = match route.handler {
            Handler::Function(respond) => respond(&context),
            Handler::Execute => execute::execute(&context).await,
            Handler::Question => question::answer_question(&context).await,
            Handler::Prepare => prepare::prepare(&context),
            Handler::CheckDraft => connectors::check_draft(&context).await,
            Handler::CheckExisting => connectors::check_existing(&context).await,
        };
        result.unwrap_or_else(Response::from)
    }
}
