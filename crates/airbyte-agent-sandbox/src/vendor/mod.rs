//! One vendor: which requests reach it, whether they are allowed, and how it responds.

mod address;
mod conditional;
mod credential;
pub(crate) mod criteria;
mod execution;
mod failure;
mod files;
mod filter;
mod idempotency;
mod identity;
mod json_path;
mod oauth;
mod overlay;
mod page;
mod records;
mod route;
mod since;
pub(crate) mod uploads;
mod vendors;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use airbyte_agent_description::{Action, Connector, Operation, WaitFormat};
use serde_json::{Map, Value};

use crate::data::Population;
use crate::decode::{self, Arguments, SentRequest};
use crate::fault::{FaultKind, FaultQueue, Target};
use crate::request::{Request, path_segments};
use crate::response::Response;
use address::Address;
use execution::Execution;
use failure::Failure;
use idempotency::IdempotencyKeys;
use identity::Naming;
use oauth::{Endpoint, Tokens};
use records::{Records, StoreRows};
use route::{Route, RouteError, RoutedRequest};

pub(crate) use vendors::Vendors;

/// An emulated vendor.
#[derive(Debug)]
pub(crate) struct Vendor {
    description: Arc<Connector>,
    base_addresses: Vec<Address>,
    oauth_endpoints: Vec<Endpoint>,
    routes: Vec<Route>,
    tokens: Tokens,
    records: Records,
    idempotency_keys: IdempotencyKeys,
    /// Number of responses so far.
    responses: AtomicU64,
}

impl Vendor {
    fn new(description: Arc<Connector>, population: Population) -> Self {
        Self {
            base_addresses: address::base_addresses(&description),
            oauth_endpoints: oauth::endpoints(&description),
            routes: route::routes(&description),
            tokens: Tokens::default(),
            records: Records::new(Arc::clone(&description), population),
            idempotency_keys: IdempotencyKeys::default(),
            responses: AtomicU64::new(0),
            description,
        }
    }

    pub(crate) fn slug(&self) -> &str {
        &self.description.name
    }

    /// Number of records that an entity has at present.
    pub(crate) fn record_count(&self, entity: &str) -> usize {
        self.records.indexes(entity).len()
    }

    /// The records that an entity has at present, with the fields of the context store.
    pub(crate) fn store_rows(&self, entity: &str) -> StoreRows {
        self.records.store_rows(entity)
    }

    /// Writes fields over those of a record; gives whether there is such a record.
    pub(crate) fn change(&self, entity: &str, number: u64, fields: Map<String, Value>) -> bool {
        let exists = self.records.indexes(entity).contains(&number);
        if exists {
            self.records.update(entity, number, fields);
        }
        exists
    }

    /// Removes a record; gives whether there was such a record.
    pub(crate) fn remove(&self, entity: &str, number: u64) -> bool {
        let exists = self.records.indexes(entity).contains(&number);
        if exists {
            self.records.delete(entity, number);
        }
        exists
    }

    /// Refuses every token that was seen or issued so far.
    pub(crate) fn expire_tokens(&self) {
        self.tokens.expire();
    }

    /// How well the vendor's addresses fit the host and path of a request; `None` when they do not.
    /// A vendor that has an operation at the path comes before one that only has the host.
    fn host_fit(&self, request: &Request) -> Option<(bool, usize)> {
        let (host, path) = (request.host.as_deref(), request.path.as_str());
        let fits_host = |address: &&Address| address.fits_host(host);
        let of_token = oauth::addresses(&self.oauth_endpoints)
            .filter(fits_host)
            .filter(|address| address.is_path(path));
        if let Some(most) = of_token.map(Address::specificity).max() {
            return Some((true, most));
        }
        let bases = self.base_addresses.iter().filter(fits_host);
        if path.starts_with(files::FILES) {
            let entity = files::parse_path(path).map(|(entity, _)| entity);
            let has = entity.is_some_and(|entity| self.description.entity(entity).is_some());
            return Some((has, bases.map(Address::specificity).max()?));
        }
        let segments = path_segments(path);
        let fitting = bases.filter(|base| base.rest_of(&segments).is_some());
        let most = fitting.map(Address::specificity).max();
        match self.upload(request) {
            Some(_) => Some((true, most.unwrap_or_default())),
            None => Some((self.has_route(request), most?)),
        }
    }

    fn has_route(&self, request: &Request) -> bool {
        route::exists(&self.description, &self.base_addresses, &self.routes, request)
    }

    /// The operation whose address a request has, if it is no address of another operation.
    fn upload(&self, request: &Request) -> Option<RoutedRequest<'_>> {
        let (operation, address) = uploads::find(&self.description, request)?;
        if self.has_route(request) {
            return None;
        }
        let capture = uploads::argument(address, request);
        // The query belongs to the address.
        let request = Request { query: String::new(), ..request.clone() };
        let sent = SentRequest::new(&request);
        let arguments = decode::decode(&self.description, operation, None, &sent, &[capture]);
        Some(RoutedRequest { operation, arguments, siblings: Vec::new() })
    }

    /// Responds to a request for `path`. `has_slug` says that the vendor was chosen by its slug, so
    /// that the path may lack that of the vendor's base URL.
    pub(crate) fn respond(
        &self,
        request: &Request,
        path: &str,
        has_slug: bool,
        faults: &FaultQueue,
    ) -> (Response, Target) {
        let mut target = Target { connector: self.slug().to_owned(), ..Target::default() };
        let routed = if path.starts_with(files::FILES) {
            None
        } else if let Some(response) =
            oauth::respond(&self.description, &self.oauth_endpoints, &self.tokens, request, path)
        {
            "token".clone_into(&mut target.entity);
            let fault = faults.take(&target, path);
            return (self.with_fault(fault.as_ref(), || response), target);
        } else if let Some(routed) = self.upload(request) {
            Some(Ok(routed))
        } else {
            Some(route::find(
                &self.description,
                &self.base_addresses,
                &self.routes,
                request,
                path,
                has_slug,
                |operation, arguments| self.owns(operation, arguments),
            ))
        };
        if let Some(Ok(routed)) = &routed {
            target.entity = routed.operation.entity.to_string();
            target.action = routed.operation.action.to_string();
        }
        let fault = faults.take(&target, path);
        let response = self.with_fault(fault.as_ref(), || {
            let response = match routed {
                None => self.serve_file(request, path),
                Some(routed) => self.serve_operation(request, path, routed),
            };
            response.unwrap_or_else(|failure| failure.response(&self.description))
        });
        (self.with_usual_headers(response), target)
    }

    /// Whether the record that the arguments name is one of the operation's entity; `None` when
    /// they name none.
    fn owns(&self, operation: &Operation, arguments: &Arguments) -> Option<bool> {
        let name = match identity::naming(&self.description, operation) {
            Naming::Own(name) if operation.action != Action::Create => name,
            _ => return None,
        };
        let wanted = arguments.text(&name)?;
        Some(self.records.position(&operation.entity, &wanted).is_some())
    }

    fn with_fault(
        &self,
        fault: Option<&FaultKind>,
        execute: impl FnOnce() -> Response,
    ) -> Response {
        match fault {
            None => execute(),
            Some(FaultKind::ExpireTokens) => {
                self.tokens.expire();
                execute()
            }
            Some(fault) => fault.replacement().unwrap_or_else(|| fault.damage(execute())),
        }
    }

    /// The response with the headers that every response of the vendor has.
    fn with_usual_headers(&self, mut response: Response) -> Response {
        let number = self.responses.fetch_add(1, Ordering::Relaxed) + 1;
        response = response.header("x-request-id", format!("sandbox-{number}"));
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
                response = response.header(name, value);
            }
        }
        response
    }

    fn serve_operation(
        &self,
        request: &Request,
        path: &str,
        routed: Result<RoutedRequest<'_>, RouteError>,
    ) -> Result<Response, Failure> {
        match &routed {
            Ok(routed) if routed.operation.address.is_some() => {
                self.check_no_credential(request)?;
            }
            _ => self.check_credential(request)?,
        }
        let method = || request.method.clone();
        let RoutedRequest { operation, arguments, siblings } = match routed {
            Ok(routed) => routed,
            Err(RouteError::NoPath) => return Err(Failure::NoPath(path.to_owned())),
            Err(RouteError::NoMethod) => {
                return Err(Failure::NoMethod { method: method(), path: path.to_owned() });
            }
        };
        let example = self.base_addresses.first().map(|base| base.example_host(&self.description));
        let host = request.host.clone().or(example).unwrap_or_default();
        let execution = Execution {
            description: &self.description,
            records: &self.records,
            operation,
            arguments: &arguments,
            siblings: &siblings,
            request,
            host: &host,
            path,
        };
        let key = operation.idempotency_header.as_ref().and_then(|name| request.header(name));
        let Some(key) = key.filter(|_| arguments.problems.is_empty()) else {
            return Ok(conditional::answer(operation, request, execution.execute()));
        };
        let key = format!("{} {} {key}", operation.entity, operation.action);
        let sent = format!("{}?{} {:x?}", request.path, request.query, request.body);
        self.idempotency_keys.execute_once(&key, sent, || execution.execute()).ok_or_else(|| {
            let problem = "This idempotency key was used for another request";
            Failure::InvalidArguments(vec![problem.to_owned()])
        })
    }

    /// Fails when the credential of a request is missing, bad or limited.
    fn check_credential(&self, request: &Request) -> Result<(), Failure> {
        let credential = credential::find(&self.description, request)
            .map_err(|reason| Failure::Unauthenticated(format!("Not authenticated: {reason}")))?;
        let Some(credential) = credential else { return Ok(()) };
        let text = &credential.text;
        if text.contains("invalid") || credential.renewable && !self.tokens.accept(text) {
            let reason = "The credential is invalid or expired";
            return Err(Failure::Unauthenticated(reason.to_owned()));
        }
        if text.contains("limited") && self.tokens.is_first_limited(text) {
            return Err(Failure::RateLimited);
        }
        Ok(())
    }

    /// Fails when a credential was sent to an address that a response gave out.
    fn check_no_credential(&self, request: &Request) -> Result<(), Failure> {
        match credential::find(&self.description, request) {
            Ok(Some(_)) => {
                let problem = "a credential was sent to an address that needs none";
                Err(Failure::InvalidArguments(vec![problem.to_owned()]))
            }
            Ok(None) | Err(_) => Ok(()),
        }
    }

    fn serve_file(&self, request: &Request, path: &str) -> Result<Response, Failure> {
        let (entity, index) = files::parse_path(path)
            .filter(|(entity, _)| self.description.entity(entity).is_some())
            .filter(|_| request.method == "GET")
            .ok_or(Failure::NoFile)?;
        let file = self.records.file(entity, index);
        Ok(files::serve(request, &file, &format!("{entity}-{index}")))
    }
}
