//! Which operation a request is for. Where operations have the same method and path, the arguments, the
//! words in them and the GraphQL document decide.

mod likeness;

use std::sync::OnceLock;

use airbyte_agent_description::{Body, Connector, Operation};

use super::address::Address;
use crate::decode::{self, Arguments, SentRequest};
use crate::graphql::DeclaredDocument;
use crate::pattern::Pattern;
use crate::request::{Request, path_segments};
use likeness::{WordCounts, likeness};

/// An operation and the form of its path.
#[derive(Debug)]
pub(super) struct Route {
    /// Index of the entity in the description.
    entity: usize,
    /// Index of the operation in its entity.
    operation: usize,
    segments: Vec<Pattern>,
    /// Number of literal characters in the path.
    literals: usize,
    document: OnceLock<Option<DeclaredDocument>>,
}

impl Route {
    /// The operation's GraphQL document, prepared once.
    fn document(&self, operation: &Operation) -> Option<&DeclaredDocument> {
        let make = || match &operation.body {
            Body::GraphQl(body) => Some(DeclaredDocument::new(body)),
            _ => None,
        };
        self.document.get_or_init(make).as_ref()
    }
}

/// A route whose path fits, its operation, and the parameters in the path.
type Fitting<'a, 'c> = (&'a Route, &'c Operation, Vec<(String, String)>);

/// A request, decoded as a request for the operation that was found.
pub(super) struct RoutedRequest<'c> {
    pub(super) operation: &'c Operation,
    pub(super) arguments: Arguments,
    /// Other operations with the same method and path.
    pub(super) siblings: Vec<&'c Operation>,
}

/// Why no operation was found.
pub(super) enum RouteError {
    /// No operation has this path.
    NoPath,
    /// Operations have this path, but none of them has this method.
    NoMethod,
}

/// The routes of a connector.
pub(super) fn routes(connector: &Connector) -> Vec<Route> {
    let mut all = Vec::new();
    for (entity, of) in connector.entities.iter().enumerate() {
        for (operation, described) in of.operations.iter().enumerate() {
            let pattern = Pattern::of(&described.path);
            let mut segments = pattern.split('/');
            if segments.first().is_some_and(Pattern::is_empty) {
                segments.remove(0);
            }
            let literals = pattern.literals();
            let document = OnceLock::new();
            all.push(Route { entity, operation, segments, literals, document });
        }
    }
    all
}

/// The operation of a route.
fn operation_of<'c>(connector: &'c Connector, route: &Route) -> Option<&'c Operation> {
    connector.entities.get(route.entity)?.operations.get(route.operation)
}

/// Whether an operation has this method and path.
pub(super) fn exists(
    connector: &Connector,
    bases: &[Address],
    all: &[Route],
    request: &Request,
) -> bool {
    let segments = path_segments(&request.path);
    let fitting = bases.iter().filter(|base| base.fits_host(request.host.as_deref()));
    let mut below = fitting.filter_map(|base| base.rest_of(&segments));
    below.any(|rest| {
        all.iter().any(|route| {
            let method = operation_of(connector, route).map(|operation| operation.method.as_str());
            method == Some(request.method.as_str()) && captures(route, rest).is_some()
        })
    })
}

/// Finds the operation of a request whose path is `path`. With `base_optional` the path may lack that
/// of the vendor's base URL. `owns` says whether the record that the arguments name belongs to the
/// operation's entity.
pub(super) fn find<'c>(
    connector: &'c Connector,
    bases: &[Address],
    all: &[Route],
    request: &Request,
    path: &str,
    base_optional: bool,
    owns: impl Fn(&Operation, &Arguments) -> Option<bool>,
) -> Result<RoutedRequest<'c>, RouteError> {
    let sent = SentRequest::new(request);
    let segments = path_segments(path);
    let mut below: Vec<&[String]> = bases
        .iter()
        .filter(|base| base.fits_host(request.host.as_deref()))
        .filter_map(|base| base.rest_of(&segments))
        .collect();
    if base_optional {
        below.push(&segments);
    }
    let mut other_method = false;
    for rest in below {
        let mut fitting: Vec<Fitting<'_, 'c>> = Vec::new();
        for route in all {
            let (Some(captures), Some(operation)) =
                (captures(route, rest), operation_of(connector, route))
            else {
                continue;
            };
            if operation.method.as_str() == request.method {
                fitting.push((route, operation, captures));
            } else {
                other_method = true;
            }
        }
        let Some(most) = fitting.iter().map(|(route, ..)| route.literals).max() else { continue };
        fitting.retain(|(route, ..)| route.literals == most);
        let candidates: Vec<(&Operation, Arguments)> = fitting
            .into_iter()
            .map(|(route, operation, captures)| {
                let document = route.document(operation);
                (operation, decode::decode(connector, operation, document, &sent, &captures))
            })
            .collect();
        return choose(candidates, owns).ok_or(RouteError::NoPath);
    }
    Err(if other_method { RouteError::NoMethod } else { RouteError::NoPath })
}

/// The parameters in a path, if it is that of the route.
fn captures(route: &Route, segments: &[String]) -> Option<Vec<(String, String)>> {
    if route.segments.len() != segments.len() {
        return None;
    }
    let mut all = Vec::new();
    for (pattern, segment) in route.segments.iter().zip(segments) {
        all.extend(pattern.captures(segment)?);
    }
    Some(all)
}

/// Chooses among operations with the same method and path.
fn choose(
    candidates: Vec<(&Operation, Arguments)>,
    owns: impl Fn(&Operation, &Arguments) -> Option<bool>,
) -> Option<RoutedRequest<'_>> {
    let operations: Vec<&Operation> = candidates.iter().map(|(operation, _)| *operation).collect();
    let words = WordCounts::of(&operations);
    let score = |operation: &Operation, arguments: &Arguments| {
        let problems = i64::try_from(arguments.problems.len()).unwrap_or(i64::MAX / 2);
        let owned = match owns(operation, arguments).filter(|_| operations.len() > 1) {
            Some(true) => 300,
            Some(false) => -300,
            None => 0,
        };
        arguments.fit - 1_000 * problems + owned + likeness(operation, arguments, &words)
    };
    let best = candidates
        .iter()
        .enumerate()
        .max_by_key(|(at, (operation, arguments))| {
            (score(operation, arguments), std::cmp::Reverse(*at))
        })
        .map(|(at, _)| at)?;
    let (operation, arguments) = candidates.into_iter().nth(best)?;
    let siblings =
        operations.into_iter().filter(|other| !std::ptr::eq(*other, operation)).collect();
    Some(RoutedRequest { operation, arguments, siblings })
}
