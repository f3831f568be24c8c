//! The endpoints that issue tokens, and the check of the token that a request has.

use serde_json::json;

use super::caller::{Access, Caller};
use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::fields::is_uuid;
use super::state::State;
use super::tokens::{Token, TokenKind};
use crate::request::Request;
use crate::response::Response;

/// Header that chooses an organization.
const ORGANIZATION_HEADER: &str = "x-organization-id";
/// Lifetime of an application token in seconds.
const APPLICATION_LIFETIME: u64 = 900;
/// Lifetime of a scoped or widget token in seconds.
const SCOPED_LIFETIME: u64 = 1_200;
/// Ids of the regions in which a workspace can be created.
const REGIONS: [&str; 2] =
    ["645a183f-b12b-4c6e-8ad3-99e165603450", "b9e48d61-f082-4a14-a8d0-799a907938cb"];

/// Who makes a request, if it has a token that the endpoint accepts.
pub(crate) fn authorize(
    state: &State,
    request: &Request,
    access: Access,
    now: u64,
) -> Result<Caller, ApiError> {
    if access == Access::Open {
        return Ok(Caller::default());
    }
    let sent = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = sent.and_then(|text| state.tokens.get(text, now));
    let Some(token) = token else {
        return Err(ApiError::new(401, "The access token is missing, invalid or expired"));
    };
    let organization = requested_organization(request, &token.organizations)?;
    let fits = match token.kind {
        TokenKind::Application => access != Access::Scoped,
        TokenKind::Scoped => access != Access::Application,
        TokenKind::Widget => false,
    };
    if !fits {
        return Err(ApiError::forbidden(
            "Invalid token: this endpoint takes another kind of token",
        ));
    }
    Ok(Caller { organization, workspace: token.workspace.clone() })
}

/// The organization for which a request acts, one of those for which the client may act.
fn requested_organization(request: &Request, allowed: &[String]) -> Result<String, ApiError> {
    match request.header(ORGANIZATION_HEADER) {
        None => Ok(allowed.first().cloned().unwrap_or_default()),
        Some(id) if !is_uuid(id) => {
            Err(ApiError::invalid(ORGANIZATION_HEADER, "X-Organization-Id is not a UUID"))
        }
        Some(id) => allowed
            .iter()
            .find(|known| known.eq_ignore_ascii_case(id))
            .cloned()
            .ok_or_else(|| ApiError::forbidden("The client does not act for this organization")),
    }
}

/// `POST /account/applications/token`
pub(crate) fn application(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let (id, secret) = (fields.required_text("client_id")?, fields.required_text("client_secret")?);
    let now = context.platform.clock.seconds();
    let mut state = context.state();
    let client = state.clients.iter().find(|client| client.id == id && client.secret == secret);
    let Some(client) = client else {
        return Err(ApiError::new(401, "Invalid client credentials"));
    };
    let organization = requested_organization(context.request, &client.organizations)?;
    // The organization that was requested becomes the default one of the token.
    let mut organizations = client.organizations.clone();
    organizations.sort_by_key(|known| *known != organization);
    let token = Token {
        kind: TokenKind::Application,
        organizations,
        workspace: None,
        expires_at: now + APPLICATION_LIFETIME,
    };
    let token = state.tokens.issue(token, now);
    Ok(Response::json(
        200,
        &json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": APPLICATION_LIFETIME,
            "organization_id": organization,
        }),
    ))
}

/// `POST /account/applications/scoped-token`
pub(crate) fn scoped(context: &Context<'_>) -> ApiResult {
    let token = token_for_workspace(context, TokenKind::Scoped)?;
    Ok(Response::json(200, &json!({"token": token, "access_token": token})))
}

/// `POST /account/applications/widget-token`
pub(crate) fn widget(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    fields.required_text("allowed_origin")?;
    for kind in ["source", "connection"] {
        fields.texts(&format!("selected_{kind}_template_tags"))?;
        fields.choice(&format!("selected_{kind}_template_tags_mode"), &["any", "all"])?;
    }
    let token = token_for_workspace(context, TokenKind::Widget)?;
    Ok(Response::json(200, &json!({"token": token})))
}

/// A new token for the workspace that the body names.
fn token_for_workspace(context: &Context<'_>, kind: TokenKind) -> Result<String, ApiError> {
    let mut fields = context.fields()?;
    let name = fields.required_text("workspace_name")?;
    if let Some(region) = fields.uuid("region_id")?
        && !REGIONS.contains(&region.as_str())
    {
        return Err(ApiError::invalid("region_id", format!("there is no region {region}")));
    }
    let (now, text) = (context.platform.clock.seconds(), context.platform.clock.now());
    let mut state = context.state();
    let workspace = state.ensure_workspace(&context.caller.organization, &name, &text);
    let organizations = vec![context.caller.organization.clone()];
    let token = Token {
        kind,
        organizations,
        workspace: Some(workspace),
        expires_at: now + SCOPED_LIFETIME,
    };
    Ok(state.tokens.issue(token, now))
}

/// `GET /account/applications/scoped-token/info`
pub(crate) fn info(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let id = context.caller.workspace.as_deref().unwrap_or_default();
    let workspace = state.workspace(&context.caller, id)?;
    let body = json!({
        "organization_id": workspace.organization,
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
    });
    Ok(Response::json(200, &body))
}
