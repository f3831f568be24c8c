//! The platform's endpoints: which request goes where, and which token it needs.

use super::caller::Access;
use super::context::Context;
use super::error::ApiResult;
use super::{
    connection_templates, connectors, definitions, inspect, legacy, oauth, skills, templates,
    token_endpoints, workflows, workspaces,
};
use crate::request::{Request, path_segments};

use Access::{Application, Either, Open, Scoped};
use Handler::{CheckDraft, CheckExisting, Execute, Function, Prepare, Question};

/// What responds to a request.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// This function.
    Function(fn(&Context<'_>) -> ApiResult),
    /// The execution of a connector's operation.
    Execute,
    /// The preparation of an operation that the client executes.
    Prepare,
    /// The answer to a question in plain language.
    Question,
    /// The check of a connector that is not created.
    CheckDraft,
    /// The check of an existing connector.
    CheckExisting,
}

/// An endpoint: its method, its path with `{}` for an id, the tokens that it accepts, and what responds.
type Endpoint = (&'static str, &'static str, Access, Handler);

const ENDPOINTS: &[Endpoint] = &[
    ("POST", "/api/v1/account/applications/token", Open, Function(token_endpoints::application)),
    (
        "POST",
        "/api/v1/account/applications/scoped-token",
        Application,
        Function(token_endpoints::scoped),
    ),
    (
        "GET",
        "/api/v1/account/applications/scoped-token/info",
        Scoped,
        Function(token_endpoints::info),
    ),
    (
        "POST",
        "/api/v1/account/applications/widget-token",
        Application,
        Function(token_endpoints::widget),
    ),
    // These come before `{}`, which would take their words for ids.
    ("POST", "/api/v1/integrations/connectors/check", Either, CheckDraft),
    ("POST", "/api/v1/integrations/connectors/oauth/initiate", Either, Function(oauth::initiate)),
    ("GET", "/api/v1/integrations/connectors", Either, Function(connectors::list)),
    ("POST", "/api/v1/integrations/connectors", Either, Function(connectors::create)),
    ("GET", "/api/v1/integrations/connectors/{}", Either, Function(connectors::get)),
    ("PUT", "/api/v1/integrations/connectors/{}", Either, Function(connectors::update)),
    ("DELETE", "/api/v1/integrations/connectors/{}", Either, Function(connectors::delete)),
    ("POST", "/api/v1/integrations/connectors/{}/check", Either, CheckExisting),
    ("POST", "/api/v1/integrations/connectors/{}/execute", Either, Execute),
    ("POST", "/api/v1/integrations/connectors/{}/execute/prepare", Application, Prepare),
    (
        "GET",
        "/api/v1/integrations/connectors/{}/inspect",
        Either,
        Function(inspect::inspect_connector),
    ),
    ("GET", "/api/v1/integrations/definitions/sources", Open, Function(definitions::sources)),
    (
        "GET",
        "/api/v1/integrations/definitions/sources/{}",
        Application,
        Function(definitions::source),
    ),
    (
        "GET",
        "/api/v1/integrations/definitions/destinations",
        Application,
        Function(definitions::destinations),
    ),
    (
        "GET",
        "/api/v1/integrations/definitions/destinations/{}",
        Application,
        Function(definitions::destination),
    ),
    ("GET", "/api/v1/integrations/templates/sources", Either, Function(templates::list)),
    ("POST", "/api/v1/integrations/templates/sources", Application, Function(templates::create)),
    (
        "GET",
        "/api/v1/integrations/templates/sources/global",
        Application,
        Function(templates::global),
    ),
    ("GET", "/api/v1/integrations/templates/sources/{}", Application, Function(templates::get)),
    (
        "PATCH",
        "/api/v1/integrations/templates/sources/{}",
        Application,
        Function(templates::update),
    ),
    (
        "DELETE",
        "/api/v1/integrations/templates/sources/{}",
        Application,
        Function(templates::delete),
    ),
    (
        "POST",
        "/api/v1/integrations/templates/connections/cron/describe",
        Application,
        Function(connection_templates::describe_cron),
    ),
    (
        "GET",
        "/api/v1/integrations/templates/connections",
        Application,
        Function(connection_templates::list),
    ),
    (
        "POST",
        "/api/v1/integrations/templates/connections",
        Application,
        Function(connection_templates::create),
    ),
    (
        "GET",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Function(connection_templates::get),
    ),
    (
        "PATCH",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Function(connection_templates::update),
    ),
    (
        "DELETE",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Function(connection_templates::delete),
    ),
    ("PUT", "/api/v1/oauth/credentials", Application, Function(oauth::set_app)),
    (
        "DELETE",
        "/api/v1/oauth/credentials/connector_type/{}",
        Application,
        Function(oauth::remove_app),
    ),
    ("GET", oauth::CONSENT, Open, Function(oauth::consent)),
    ("GET", "/api/v1/skills", Application, Function(skills::list)),
    ("GET", "/api/v1/skills/search", Application, Function(skills::search)),
    ("GET", "/api/v1/skills/docs", Application, Function(skills::read_section)),
    ("GET", "/api/v1/workspaces", Application, Function(workspaces::list)),
    ("POST", "/api/v1/workspaces", Application, Function(workspaces::create)),
    ("GET", "/api/v1/workspaces/stats", Application, Function(workspaces::stats)),
    ("POST", "/api/v1/workspaces/query/structured", Application, Question),
    ("GET", "/api/v1/workspaces/{}", Application, Function(workspaces::get)),
    ("PUT", "/api/v1/workspaces/{}", Application, Function(workspaces::update)),
    ("DELETE", "/api/v1/workspaces/{}", Application, Function(workspaces::delete)),
    ("GET", "/api/v1/internal/workflows", Application, Function(workflows::list)),
    ("POST", "/api/v1/internal/workflows", Application, Function(workflows::create)),
    ("GET", "/api/v1/internal/workflows/{}", Application, Function(workflows::get)),
    ("PATCH", "/api/v1/internal/workflows/{}", Application, Function(workflows::update)),
    ("DELETE", "/api/v1/internal/workflows/{}", Application, Function(workflows::delete)),
    (
        "GET",
        "/api/v1/internal/workflows/{}/automations",
        Application,
        Function(workflows::list_automations),
    ),
    (
        "POST",
        "/api/v1/internal/workflows/{}/automations",
        Application,
        Function(workflows::create_automation),
    ),
    (
        "GET",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Function(workflows::get_automation),
    ),
    (
        "PATCH",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Function(workflows::update_automation),
    ),
    (
        "DELETE",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Function(workflows::delete_automation),
    ),
    (
        "GET",
        "/api/v1/organizations/{}/credentials",
        Application,
        Function(inspect::of_organization),
    ),
    // The endpoints of older generations.
    ("POST", "/v1/integrations/sources", Either, Function(connectors::create)),
    ("POST", "/api/v1/applications/token", Open, Function(token_endpoints::application)),
    ("POST", "/api/v1/embedded/scoped-token", Application, Function(token_endpoints::scoped)),
    ("GET", "/api/v1/embedded/scoped-token/info", Scoped, Function(token_endpoints::info)),
    ("POST", "/api/v1/embedded/widget-token", Application, Function(token_endpoints::widget)),
    (
        "GET",
        "/api/v1/connectors/instances_for_user",
        Either,
        Function(connectors::legacy_instances),
    ),
    ("POST", "/api/v1/connectors/instances/{}/execute", Either, Execute),
    (
        "GET",
        "/api/v1/connectors/connectors_for_user",
        Either,
        Function(connectors::legacy_connectors),
    ),
    ("POST", "/api/v1/connectors/sources/{}/execute", Either, Execute),
    ("POST", "/api/v1/sources/initiateOAuth", Application, Function(legacy::initiate)),
    ("POST", "/api/v1/sources", Application, Function(legacy::create)),
];

/// Why no endpoint responds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RouteError {
    /// No endpoint has this path.
    NoPath,
    /// Endpoints have this path, but none of them has this method.
    NoMethod,
}

/// The endpoint for a request.
pub(super) struct Route {
    pub(super) access: Access,
    pub(super) handler: Handler,
    /// The segments of the path for which the endpoint has `{}`.
    pub(super) ids: Vec<String>,
}

/// Finds the endpoint for a request.
pub(super) fn find(request: &Request) -> Result<Route, RouteError> {
    let segments = path_segments(&request.path);
    let mut error = RouteError::NoPath;
    for (method, path, access, handler) in ENDPOINTS {
        let Some(ids) = ids_in_path(path, &segments) else { continue };
        if *method == request.method {
            return Ok(Route { access: *access, handler: *handler, ids });
        }
        error = RouteError::NoMethod;
    }
    Err(error)
}

/// The ids in a path, if it is that of the endpoint.
fn ids_in_path(path: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    let mut given = segments.iter();
    for wanted in path.split('/').skip(1) {
        let segment = given.next()?;
        match wanted {
            "{}" if !segment.is_empty() => ids.push(segment.clone()),
            literal if literal == segment => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some(ids)
}
