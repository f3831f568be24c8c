//! The platform's endpoints: which request goes where, and which token it needs.

use super::refusal::Answer;
use super::tokens::Access;
use super::{
    Cx, connection_templates, connectors, definitions, inspect, legacy, oauth, skills, templates,
    tokens, workflows, workspaces,
};
use crate::incoming::Incoming;

use Access::{Application, Either, Open, Scoped};
use Act::{Ask, CheckDraft, CheckInstalled, Execute, Now, Prepare};

/// What answers a request.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// A function.
    Now(fn(&Cx<'_>) -> Answer),
    /// An operation of a connector.
    Execute,
    /// The same, to be run by the client.
    Prepare,
    /// A question in plain language.
    Ask,
    /// A check of a connector that is not created.
    CheckDraft,
    /// A check of a connector.
    CheckInstalled,
}

/// An endpoint: method, path with `{}` for a segment, tokens it takes, what answers.
type Route = (&'static str, &'static str, Access, Act);

const ROUTES: &[Route] = &[
    ("POST", "/api/v1/account/applications/token", Open, Now(tokens::application)),
    ("POST", "/api/v1/account/applications/scoped-token", Application, Now(tokens::scoped)),
    ("GET", "/api/v1/account/applications/scoped-token/info", Scoped, Now(tokens::info)),
    ("POST", "/api/v1/account/applications/widget-token", Application, Now(tokens::widget)),
    // Before `{}`, which would take these words for ids.
    ("POST", "/api/v1/integrations/connectors/check", Either, CheckDraft),
    ("POST", "/api/v1/integrations/connectors/oauth/initiate", Either, Now(oauth::initiate)),
    ("GET", "/api/v1/integrations/connectors", Either, Now(connectors::list)),
    ("POST", "/api/v1/integrations/connectors", Either, Now(connectors::create)),
    ("GET", "/api/v1/integrations/connectors/{}", Either, Now(connectors::get)),
    ("PUT", "/api/v1/integrations/connectors/{}", Either, Now(connectors::update)),
    ("DELETE", "/api/v1/integrations/connectors/{}", Either, Now(connectors::delete)),
    ("POST", "/api/v1/integrations/connectors/{}/check", Either, CheckInstalled),
    ("POST", "/api/v1/integrations/connectors/{}/execute", Either, Execute),
    ("POST", "/api/v1/integrations/connectors/{}/execute/prepare", Application, Prepare),
    ("GET", "/api/v1/integrations/connectors/{}/inspect", Either, Now(inspect::answer)),
    ("GET", "/api/v1/integrations/definitions/sources", Open, Now(definitions::sources)),
    ("GET", "/api/v1/integrations/definitions/sources/{}", Application, Now(definitions::source)),
    (
        "GET",
        "/api/v1/integrations/definitions/destinations",
        Application,
        Now(definitions::destinations),
    ),
    (
        "GET",
        "/api/v1/integrations/definitions/destinations/{}",
        Application,
        Now(definitions::destination),
    ),
    ("GET", "/api/v1/integrations/templates/sources", Either, Now(templates::list)),
    ("POST", "/api/v1/integrations/templates/sources", Application, Now(templates::create)),
    ("GET", "/api/v1/integrations/templates/sources/global", Application, Now(templates::global)),
    ("GET", "/api/v1/integrations/templates/sources/{}", Application, Now(templates::get)),
    ("PATCH", "/api/v1/integrations/templates/sources/{}", Application, Now(templates::update)),
    ("DELETE", "/api/v1/integrations/templates/sources/{}", Application, Now(templates::delete)),
    (
        "POST",
        "/api/v1/integrations/templates/connections/cron/describe",
        Application,
        Now(connection_templates::describe_cron),
    ),
    (
        "GET",
        "/api/v1/integrations/templates/connections",
        Application,
        Now(connection_templates::list),
    ),
    (
        "POST",
        "/api/v1/integrations/templates/connections",
        Application,
        Now(connection_templates::create),
    ),
    (
        "GET",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Now(connection_templates::get),
    ),
    (
        "PATCH",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Now(connection_templates::update),
    ),
    (
        "DELETE",
        "/api/v1/integrations/templates/connections/{}",
        Application,
        Now(connection_templates::delete),
    ),
    ("PUT", "/api/v1/oauth/credentials", Application, Now(oauth::set_app)),
    ("DELETE", "/api/v1/oauth/credentials/connector_type/{}", Application, Now(oauth::remove_app)),
    ("GET", oauth::CONSENT, Open, Now(oauth::consent)),
    ("GET", "/api/v1/skills", Application, Now(skills::list)),
    ("GET", "/api/v1/skills/search", Application, Now(skills::search)),
    ("GET", "/api/v1/skills/docs", Application, Now(skills::read)),
    ("GET", "/api/v1/workspaces", Application, Now(workspaces::list)),
    ("POST", "/api/v1/workspaces", Application, Now(workspaces::create)),
    ("GET", "/api/v1/workspaces/stats", Application, Now(workspaces::stats)),
    ("POST", "/api/v1/workspaces/query/structured", Application, Ask),
    ("GET", "/api/v1/workspaces/{}", Application, Now(workspaces::get)),
    ("PUT", "/api/v1/workspaces/{}", Application, Now(workspaces::update)),
    ("DELETE", "/api/v1/workspaces/{}", Application, Now(workspaces::delete)),
    ("GET", "/api/v1/internal/workflows", Application, Now(workflows::list)),
    ("POST", "/api/v1/internal/workflows", Application, Now(workflows::create)),
    ("GET", "/api/v1/internal/workflows/{}", Application, Now(workflows::get)),
    ("PATCH", "/api/v1/internal/workflows/{}", Application, Now(workflows::update)),
    ("DELETE", "/api/v1/internal/workflows/{}", Application, Now(workflows::delete)),
    (
        "GET",
        "/api/v1/internal/workflows/{}/automations",
        Application,
        Now(workflows::list_automations),
    ),
    (
        "POST",
        "/api/v1/internal/workflows/{}/automations",
        Application,
        Now(workflows::create_automation),
    ),
    (
        "GET",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Now(workflows::get_automation),
    ),
    (
        "PATCH",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Now(workflows::update_automation),
    ),
    (
        "DELETE",
        "/api/v1/internal/workflows/{}/automations/{}",
        Application,
        Now(workflows::delete_automation),
    ),
    ("GET", "/api/v1/organizations/{}/credentials", Application, Now(inspect::of_organization)),
    // Older generations.
    ("POST", "/v1/integrations/sources", Either, Now(connectors::create)),
    ("POST", "/api/v1/applications/token", Open, Now(tokens::application)),
    ("POST", "/api/v1/embedded/scoped-token", Application, Now(tokens::scoped)),
    ("GET", "/api/v1/embedded/scoped-token/info", Scoped, Now(tokens::info)),
    ("POST", "/api/v1/embedded/widget-token", Application, Now(tokens::widget)),
    ("GET", "/api/v1/connectors/instances_for_user", Either, Now(connectors::legacy_instances)),
    ("POST", "/api/v1/connectors/instances/{}/execute", Either, Execute),
    ("GET", "/api/v1/connectors/connectors_for_user", Either, Now(connectors::legacy_connectors)),
    ("POST", "/api/v1/connectors/sources/{}/execute", Either, Execute),
    ("POST", "/api/v1/sources/initiateOAuth", Application, Now(legacy::initiate)),
    ("POST", "/api/v1/sources", Application, Now(legacy::create)),
];

/// Why no endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    NoPath,
    NoMethod,
}

/// The endpoint of a request, and the segments that `{}` stand for.
pub(super) fn find(request: &Incoming) -> Result<(Access, Act, Vec<String>), Lost> {
    let segments = Incoming::segments(&request.path);
    let mut lost = Lost::NoPath;
    for (method, path, access, act) in ROUTES {
        let Some(captured) = captures(path, &segments) else { continue };
        if *method == request.method {
            return Ok((*access, *act, captured));
        }
        lost = Lost::NoMethod;
    }
    Err(lost)
}

fn captures(path: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut captured = Vec::new();
    let mut given = segments.iter();
    for wanted in path.split('/').skip(1) {
        let segment = given.next()?;
        match wanted {
            "{}" if !segment.is_empty() => captured.push(segment.clone()),
            literal if literal == segment => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some(captured)
}
