//! Tokens: whom they were given to, what they open, and for how long.

use std::collections::HashMap;

use serde_json::json;

use super::fields::is_uuid;
use super::refusal::{Answer, Refusal};
use super::state::State;
use super::{Cx, ORGANIZATION_HEADER};
use crate::hash::{hex, stable};
use crate::incoming::Incoming;
use crate::reply::Reply;

/// How long an application token is good, in seconds.
const APPLICATION: u64 = 900;
/// How long a scoped or widget token is good, in seconds.
const SCOPED: u64 = 1_200;
/// Regions that a workspace can be created in.
const REGIONS: [&str; 2] =
    ["645a183f-b12b-4c6e-8ad3-99e165603450", "b9e48d61-f082-4a14-a8d0-799a907938cb"];

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An organization.
    Application,
    /// A workspace.
    Scoped,
    /// The authentication module of a web page, and nothing here.
    Widget,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) organization: String,
    /// The workspace to which the caller is confined.
    pub(crate) workspace: Option<String>,
}

impl Caller {
    /// Whether the caller is not confined to another workspace.
    pub(crate) fn reaches(&self, workspace: &str) -> bool {
        self.workspace.as_deref().is_none_or(|own| own == workspace)
    }
}

/// Which tokens an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// None needed.
    Open,
    /// Application tokens.
    Application,
    /// Scoped tokens.
    Scoped,
    /// Application and scoped tokens.
    Either,
}

/// The tokens that are out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: u64,
    good: HashMap<String, Token>,
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    organizations: Vec<String>,
    workspace: Option<String>,
    /// Seconds since 1970.
    until: u64,
}

impl Tokens {
    /// Refuses every token issued so far.
    pub(crate) fn expire(&mut self) {
        self.good.clear();
    }

    fn issue(&mut self, token: Token, now: u64) -> String {
        self.issued += 1;
        self.good.retain(|_, known| known.until > now);
        let seed = stable(&["token", &self.issued.to_string(), &now.to_string()]);
        let text = format!("sandbox-{}-{}", self.issued, hex(seed, 32));
        self.good.insert(text.clone(), token);
        text
    }
}

/// Who asks, if the request brings a token that `access` takes.
pub(crate) fn authorize(
    state: &State,
    request: &Incoming,
    access: Access,
    now: u64,
) -> Result<Caller, Refusal> {
    if access == Access::Open {
        return Ok(Caller::default());
    }
    let sent = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = sent.and_then(|text| state.tokens.good.get(text)).filter(|t| t.until > now);
    let Some(token) = token else {
        return Err(Refusal::new(401, "The access token is missing, invalid or expired"));
    };
    let organization = organization(request, &token.organizations)?;
    let fits = match token.kind {
        Kind::Application => access != Access::Scoped,
        Kind::Scoped => access != Access::Application,
        Kind::Widget => false,
    };
    if !fits {
        return Err(Refusal::forbidden("Invalid token: this endpoint takes another kind of token"));
    }
    Ok(Caller { organization, workspace: token.workspace.clone() })
}

/// The organization that a request is about, one of those the client may act for.
fn organization(request: &Incoming, allowed: &[String]) -> Result<String, Refusal> {
    match request.header(ORGANIZATION_HEADER) {
        None => Ok(allowed.first().cloned().unwrap_or_default()),
        Some(id) if !is_uuid(id) => {
            Err(Refusal::invalid(ORGANIZATION_HEADER, "X-Organization-Id is no UUID"))
        }
        Some(id) => allowed
            .iter()
            .find(|known| known.eq_ignore_ascii_case(id))
            .cloned()
            .ok_or_else(|| Refusal::forbidden("The client does not act for this organization")),
    }
}

/// `POST /account/applications/token`
pub(crate) fn application(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let (id, secret) = (fields.text("client_id")?, fields.text("client_secret")?);
    let now = cx.platform.clock.seconds();
    let mut state = cx.state();
    let client = state.clients.iter().find(|client| client.id == id && client.secret == secret);
    let Some(client) = client else {
        return Err(Refusal::new(401, "Invalid client credentials"));
    };
    let usual = organization(cx.request, &client.organizations)?;
    // The one that was asked for becomes the usual one of this token.
    let mut organizations = client.organizations.clone();
    organizations.sort_by_key(|known| *known != usual);
    let token =
        Token { kind: Kind::Application, organizations, workspace: None, until: now + APPLICATION };
    let token = state.tokens.issue(token, now);
    Ok(Reply::json(
        200,
        &json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": APPLICATION,
            "organization_id": usual,
        }),
    ))
}

/// `POST /account/applications/scoped-token`
pub(crate) fn scoped(cx: &Cx<'_>) -> Answer {
    let token = for_workspace(cx, Kind::Scoped)?;
    Ok(Reply::json(200, &json!({"token": token, "access_token": token})))
}

/// `POST /account/applications/widget-token`
pub(crate) fn widget(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    fields.text("allowed_origin")?;
    for kind in ["source", "connection"] {
        fields.texts(&format!("selected_{kind}_template_tags"))?;
        fields.choice(&format!("selected_{kind}_template_tags_mode"), &["any", "all"])?;
    }
    let token = for_workspace(cx, Kind::Widget)?;
    Ok(Reply::json(200, &json!({"token": token})))
}

fn for_workspace(cx: &Cx<'_>, kind: Kind) -> Result<String, Refusal> {
    let mut fields = cx.fields()?;
    let name = fields.text("workspace_name")?;
    if let Some(region) = fields.uuid("region_id")?
        && !REGIONS.contains(&region.as_str())
    {
        return Err(Refusal::invalid("region_id", format!("there is no region {region}")));
    }
    let (now, text) = (cx.platform.clock.seconds(), cx.platform.clock.now());
    let mut state = cx.state();
    let workspace = state.need_workspace(&cx.caller.organization, &name, &text);
    let organizations = vec![cx.caller.organization.clone()];
    let token = Token { kind, organizations, workspace: Some(workspace), until: now + SCOPED };
    Ok(state.tokens.issue(token, now))
}

/// `GET /account/applications/scoped-token/info`
pub(crate) fn info(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let id = cx.caller.workspace.as_deref().unwrap_or_default();
    let workspace = state.workspace(&cx.caller, id)?;
    let answer = json!({
        "organization_id": workspace.organization,
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
    });
    Ok(Reply::json(200, &answer))
}
