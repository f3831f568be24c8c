//! One vendor: its addresses, its tokens, its records, and how a request is answered.

mod answer;
mod auth;
mod consent;
pub(crate) mod criteria;
mod export;
mod files;
mod filter;
mod find;
mod hosts;
mod identity;
mod page;
mod perform;
mod route;
mod shapes;
mod store;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use airbyte_agent_description::{Action, Body, Connector, Operation, WaitFormat};

use crate::data::{World, identifiers};
use crate::fault::{FaultKind, Faults, Target};
use crate::incoming::Incoming;
use crate::reply::Reply;
use crate::wire::Arguments;
use hosts::Address;
use identity::Naming;
use perform::Call;
use route::{Found, Lost, Route};
use shapes::Shapes;
use store::Store;
use tokens::{Endpoint, Tokens};

/// A vendor that is emulated.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) description: Arc<Connector>,
    bases: Vec<Address>,
    endpoints: Vec<Endpoint>,
    routes: Vec<Route>,
    tokens: Tokens,
    store: Store,
    shapes: Shapes,
    world: World,
    copies: export::Copies,
    answered: AtomicU64,
}

impl Vendor {
    pub(crate) fn new(description: Arc<Connector>) -> Self {
        Self {
            bases: hosts::bases(&description),
            endpoints: tokens::endpoints(&description),
            routes: route::routes(&description),
            tokens: Tokens::default(),
            store: Store::default(),
            shapes: Shapes::default(),
            world: World::new(&description),
            copies: export::Copies::default(),
            answered: AtomicU64::new(0),
            description,
        }
    }

    /// How well the vendor fits a request by its host; `None` when it does not. One that has what
    /// is asked for comes before one that only has the host.
    pub(crate) fn fits(&self, request: &Incoming) -> Option<(bool, usize)> {
        let (host, path) = (request.host.as_deref(), request.path.as_str());
        let segments = Incoming::segments(path);
        let own = |address: &&Address| address.fits_host(host);
        let token = tokens::addresses(&self.endpoints).filter(own).filter(|a| a.is_path(path));
        if let Some(most) = token.map(Address::specificity).max() {
            return Some((true, most));
        }
        let bases = self.bases.iter().filter(own);
        if path.starts_with(files::FILES) {
            let entity = files::parse(path).map(|(entity, _)| entity);
            let has = entity.is_some_and(|entity| self.description.entity(entity).is_some());
            return Some((has, bases.map(Address::specificity).max()?));
        }
        let fitting = bases.filter(|base| base.strip(&segments).is_some());
        let most = fitting.map(Address::specificity).max()?;
        Some((route::exists(&self.description, &self.bases, &self.routes, request), most))
    }

    /// Refuses every token seen or issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.tokens.expire();
    }

    /// Answers a request for `path`; `prefixed` when it came under the vendor's own path here.
    pub(crate) fn answer(
        &self,
        request: &Incoming,
        path: &str,
        prefixed: bool,
        faults: &Faults,
    ) -> (Reply, Target) {
        let mut target =
            Target { connector: self.description.name.to_string(), ..Target::default() };
        let found = if path.starts_with(files::FILES) {
            None
        } else if let Some(reply) =
            tokens::answer(&self.description, &self.endpoints, &self.tokens, request, path)
        {
            "token".clone_into(&mut target.entity);
            let fault = faults.take(&target, path);
            return (self.after(fault.as_ref(), || reply), target);
        } else {
            Some(route::find(
                &self.description,
                &self.bases,
                &self.routes,
                request,
                path,
                prefixed,
                |operation, arguments| self.owns(operation, arguments),
            ))
        };
        if let Some(Ok(found)) = &found {
            target.entity = found.operation.entity.to_string();
            target.action = found.operation.action.to_string();
        }
        let fault = faults.take(&target, path);
        let reply = self.after(fault.as_ref(), || match found {
            None => self.file(request, path),
            Some(found) => self.reply(request, path, found),
        });
        (self.label(reply), target)
    }

    /// Whether the record that the arguments name is one of the operation's entity; `None` when
    /// they name none.
    fn owns(&self, operation: &Operation, arguments: &Arguments) -> Option<bool> {
        let name = match identity::naming(&self.description, operation) {
            Naming::Own(name) if operation.action != Action::Create => name,
            _ => return None,
        };
        let wanted = arguments.text(&name)?;
        let connector = &self.description.name;
        let all = self.store.indexes(connector, &operation.entity);
        Some(all.iter().any(|i| identifiers(connector, &operation.entity, *i).contains(&wanted)))
    }

    fn after(&self, fault: Option<&FaultKind>, act: impl FnOnce() -> Reply) -> Reply {
        match fault {
            None => act(),
            Some(FaultKind::ExpireTokens) => {
                self.tokens.expire();
                act()
            }
            Some(fault) => fault.instead().unwrap_or_else(|| fault.spoil(act())),
        }
    }

    /// Headers that every answer of a vendor has.
    fn label(&self, mut reply: Reply) -> Reply {
        let number = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        reply = reply.header("x-request-id", format!("sandbox-{number}"));
        if let Some(names) = &self.description.rate_limit_headers {
            let left = 5_000_u64.saturating_sub(number % 5_000).to_string();
            let reset = match names.reset_format {
                WaitFormat::Seconds => "60",
                WaitFormat::Milliseconds => "60000",
                WaitFormat::UnixTimestamp => "4102444800",
                WaitFormat::UnixMilliseconds => "4102444800000",
                WaitFormat::Iso8601 => "2100-01-01T00:00:00Z",
            };
            let used_of = format!("{}/5000", number % 5_000);
            let all = [
                (&names.limit, "5000"),
                (&names.remaining, &left),
                (&names.used_of, &used_of),
                (&names.reset, reset),
            ];
            for (name, value) in all.into_iter().filter(|(name, _)| !name.is_empty()) {
                reply = reply.header(name, value);
            }
        }
        reply
    }

    fn reply(&self, request: &Incoming, path: &str, found: Result<Found<'_>, Lost>) -> Reply {
        let description = &*self.description;
        if let Some(refusal) = self.check_credential(request) {
            return refusal;
        }
        let Found { operation, mut arguments, siblings } = match found {
            Ok(found) => found,
            Err(Lost::NoMethod) => {
                let message = format!("{} is not allowed on {path}", request.method);
                return answer::failure(description, 405, &message);
            }
            Err(Lost::NoPath) => {
                return answer::failure(description, 404, &format!("There is nothing at {path}"));
            }
        };
        if !arguments.problems.is_empty() {
            let problems = std::mem::take(&mut arguments.problems);
            let is_graphql = matches!(operation.body, Body::GraphQl(_));
            return if is_graphql && arguments.graphql.is_some() {
                answer::graphql_failure("BAD_USER_INPUT", &problems)
            } else {
                answer::failure(description, 400, &problems.join("; "))
            };
        }
        let example = self.bases.first().map(|base| base.example_host(description));
        let host = request.host.clone().or(example).unwrap_or_default();
        let call = Call {
            connector: description,
            world: &self.world,
            store: &self.store,
            shapes: &self.shapes,
            operation,
            arguments: &arguments,
            siblings: &siblings,
            request,
            host: &host,
            path,
        };
        let key = operation.idempotency_header.as_ref().and_then(|name| request.header(name));
        let Some(key) = key.map(|key| format!("{} {} {key}", operation.entity, operation.action))
        else {
            return call.perform();
        };
        let body = format!("{}?{} {:x?}", request.path, request.query, request.body);
        match self.store.answered(&key) {
            Some((known, reply)) if known == body => reply.header("idempotent-replayed", "true"),
            Some(_) => answer::failure(
                description,
                400,
                "This idempotency key was used for another request",
            ),
            None => {
                let reply = call.perform();
                self.store.note_answer(&key, body, reply.clone());
                reply
            }
        }
    }

    /// The refusal of a request whose credential is missing, bad or limited.
    fn check_credential(&self, request: &Incoming) -> Option<Reply> {
        let description = &*self.description;
        let credential = match auth::credential(description, request) {
            Ok(credential) => credential?,
            Err(why) => {
                let reply = answer::failure(description, 401, &format!("Not authenticated: {why}"));
                return Some(reply.header("www-authenticate", "Bearer"));
            }
        };
        let text = &credential.text;
        if text.contains("invalid") || credential.renewable && !self.tokens.accept(text) {
            return Some(answer::failure(description, 401, "The credential is invalid or expired"));
        }
        if text.contains("limited") && self.tokens.first_limited(text) {
            let reply = answer::failure(description, 429, "Too many requests; wait a second");
            return Some(reply.header("retry-after", "1"));
        }
        None
    }

    fn file(&self, request: &Incoming, path: &str) -> Reply {
        let entity = files::parse(path)
            .and_then(|(entity, index)| Some((self.description.entity(entity)?, index)));
        let Some((entity, index)) = entity.filter(|_| request.method == "GET") else {
            return answer::failure(&self.description, 404, "There is no such file");
        };
        let file = self.store.file(&entity.name, index);
        let file =
            file.unwrap_or_else(|| files::made_up(&self.description.name, &entity.name, index));
        files::serve(request, &file, &format!("{}-{index}", entity.name))
    }
}
