//! The hosted platform: tokens, workspaces, connectors, their execution, and what belongs to them.

// Endpoints are functions of one type, also those that cannot fail.
#![allow(clippy::unnecessary_wraps)]

mod ask;
mod clock;
mod conduct;
mod connection_templates;
mod connectors;
mod converted;
mod cron;
mod cursor;
mod customization;
mod definitions;
mod execute;
mod executor;
mod fields;
mod inspect;
mod legacy;
mod oauth;
mod order;
mod prepare;
mod refusal;
mod route;
mod seed;
mod selection;
mod skills;
mod specification;
mod state;
mod store;
mod templates;
mod tokens;
mod window;
mod workflows;
mod workspaces;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airbyte_agent_description::Connector;
use serde_json::json;

use crate::dispatch::World;
use crate::fault::{FaultKind, Target};
use crate::incoming::Incoming;
use crate::reply::Reply;

use clock::Clock;
use fields::Fields;
use refusal::{Answer, Refusal};
use route::{Act, Lost};
use state::{State, StoreStatus};
use tokens::Caller;

pub use conduct::{Conduct, Tenant};
pub use executor::{Account, ExecuteError, Executed, Execution, Executor};

/// Client id that the platform knows from the start.
pub const CLIENT_ID: &str = "sandbox-client";
/// Secret that goes with [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "sandbox-secret";

/// What the paths of the current API begin with.
const API: &str = "/api/v1/";
/// Header that chooses an organization.
const ORGANIZATION_HEADER: &str = "x-organization-id";

/// The platform.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) clock: Clock,
    kinds: Vec<Arc<Connector>>,
    /// Specs as YAML, by slug, as far as they were given.
    specs: HashMap<String, Arc<str>>,
    executor: Option<Box<dyn Executor>>,
    origin: String,
    state: Mutex<State>,
}

/// What a platform is made of.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) kinds: Vec<Arc<Connector>>,
    pub(crate) specs: HashMap<String, Arc<str>>,
    pub(crate) crowded: Option<String>,
    pub(crate) executor: Option<Box<dyn Executor>>,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) conduct: Conduct,
}

/// A request to an endpoint, and who asks.
struct Cx<'a> {
    platform: &'a Platform,
    world: &'a World,
    request: &'a Incoming,
    caller: Caller,
    /// Segments of the path that name something.
    path: Vec<String>,
}

impl Cx<'_> {
    /// The segment of the path at this place among those that name something.
    fn id(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    fn query(&self, name: &str) -> Option<String> {
        self.request.query_value(name)
    }

    fn query_all(&self, name: &str) -> Vec<String> {
        let pairs = self.request.query_pairs().into_iter();
        pairs.filter(|(key, _)| key == name).map(|(_, value)| value).collect()
    }

    fn fields(&self) -> Result<Fields, Refusal> {
        Fields::read(self.request)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.platform.lock()
    }
}

impl Platform {
    pub(crate) fn new(parts: Parts, origin: String) -> Self {
        let clock = Clock::default();
        let crowded = parts.crowded.as_deref();
        let mut state = seed::state(&parts.kinds, crowded, clock.seconds());
        state.conduct = parts.conduct;
        for tenant in parts.tenants {
            seed::admit(&mut state, tenant, &clock.now());
        }
        Self {
            clock,
            kinds: parts.kinds,
            specs: parts.specs,
            executor: parts.executor,
            origin,
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kind(&self, slug: &str) -> Option<&Arc<Connector>> {
        self.kinds.iter().find(|kind| kind.name == slug)
    }

    fn need_kind(&self, slug: &str) -> Result<Arc<Connector>, Refusal> {
        self.kind(slug).cloned().ok_or_else(|| Refusal::missing("Connector", slug))
    }

    /// Number of the entities of a connector that the context store holds.
    fn store_entities(&self, slug: &str) -> usize {
        let entities = self.kind(slug).map(|kind| kind.entities.iter());
        entities.into_iter().flatten().filter(|entity| !entity.store.is_empty()).count()
    }

    fn has_store(&self, slug: &str) -> bool {
        self.store_entities(slug) > 0
    }

    /// Refuses every token issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.lock().tokens.expire();
    }

    /// Lets a client in; gives the ids of its organizations.
    pub(crate) fn admit(&self, tenant: Tenant) -> Vec<String> {
        seed::admit(&mut self.lock(), tenant, &self.clock.now())
    }

    /// How the platform behaves where its sources disagree.
    pub(crate) fn conduct(&self) -> Conduct {
        self.lock().conduct.clone()
    }

    /// Changes how the platform behaves.
    pub(crate) fn set_conduct(&self, conduct: Conduct) {
        self.lock().conduct = conduct;
    }

    /// Sets how far the context store of a connector, or of all, has come. Gives the number of
    /// connectors, `None` for a word that is no status.
    pub(crate) fn set_store(&self, connector: Option<&str>, word: &str) -> Option<usize> {
        let status = StoreStatus::parse(word)?;
        let mut state = self.lock();
        let fits = |id: &str| connector.is_none_or(|wanted| wanted == id);
        let mut count = 0;
        for one in state.connectors.iter_mut().filter(|one| fits(&one.id)) {
            one.store = status;
            count += 1;
        }
        Some(count)
    }

    /// Answers a request to the platform.
    pub(crate) async fn answer(&self, request: &Incoming, world: &World) -> (Reply, Target) {
        let mut target = Target { connector: "platform".to_owned(), ..Target::default() };
        if let Some(names) = execute::named(request) {
            (target.entity, target.action) = names;
        }
        let fault = world.faults.take(&target, &request.path);
        if fault == Some(FaultKind::ExpireTokens) {
            self.expire_tokens();
        }
        if let Some(reply) = fault.as_ref().and_then(FaultKind::instead) {
            return (reply, target);
        }
        let reply = self.reply(request, world).await;
        let reply = match fault {
            Some(fault) => fault.spoil(reply),
            None => reply,
        };
        (reply, target)
    }

    async fn reply(&self, request: &Incoming, world: &World) -> Reply {
        let (access, act, path) = match route::find(request) {
            Ok(found) => found,
            Err(Lost::NoPath) => return Reply::json(404, &json!({"detail": "Not Found"})),
            Err(Lost::NoMethod) => {
                return Reply::json(405, &json!({"detail": "Method Not Allowed"}));
            }
        };
        let caller = tokens::authorize(&self.lock(), request, access, self.clock.seconds());
        let caller = match caller {
            Ok(caller) => caller,
            Err(refusal) => return refusal.into(),
        };
        let cx = Cx { platform: self, world, request, caller, path };
        let answer: Answer = match act {
            Act::Now(answer) => answer(&cx),
            Act::Execute => execute::answer(&cx).await,
            Act::Ask => ask::answer(&cx).await,
            Act::Prepare => prepare::answer(&cx),
            Act::CheckDraft => connectors::check_draft(&cx).await,
            Act::CheckInstalled => connectors::check_installed(&cx).await,
        };
        answer.unwrap_or_else(Reply::from)
    }
}
