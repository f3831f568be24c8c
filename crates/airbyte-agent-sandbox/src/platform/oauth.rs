//! OAuth: the apps of organizations, and the consent of users. A consent address leads to a page of the
//! sandbox that agrees at once, creates the connector, and leads back to the application.

use airbyte_agent_description::{AuthKind, AuthScheme, Connector};
use serde_json::{Map, Value, json};

use super::connectors;
use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::state::{ConnectorDraft, Consent, Credentials, OAuthApp, Secret, State};
use crate::hash::{hex, stable};
use crate::response::Response;

/// Path of the page on which users consent.
pub(super) const CONSENT: &str = "/oauth/consent";
/// How long a consent can be given, in seconds.
const LIFETIME: u64 = 600;

/// The authentication scheme by which users sign in to a connector.
fn sign_in_scheme(description: &Connector) -> Result<&AuthScheme, ApiError> {
    let by_user = |scheme: &&AuthScheme| {
        let flow = scheme.oauth.as_ref();
        flow.is_some_and(|flow| !flow.authorization_url.pieces.is_empty())
    };
    let is_oauth = |scheme: &&AuthScheme| matches!(scheme.kind, AuthKind::OAuth2 { .. });
    let found =
        description.auth.iter().find(by_user).or_else(|| description.auth.iter().find(is_oauth));
    found.ok_or_else(|| ApiError::bad_request(format!("{} has no OAuth flow", description.title)))
}

/// `POST /integrations/connectors/oauth/initiate`
pub(super) fn initiate(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let redirect = fields.required_text("redirect_url")?;
    if !redirect.contains("://") {
        return Err(ApiError::invalid("redirect_url", "redirect_url must be an absolute URL"));
    }
    let mut state = context.state();
    let url = request_consent(context, &mut state, &mut fields, redirect, None)?;
    Ok(Response::json(200, &json!({"consent_url": url})))
}

/// Stores a request for consent, and gives the address of the page on which users consent.
pub(super) fn request_consent(
    context: &Context<'_>,
    state: &mut State,
    fields: &mut Fields,
    redirect_url: String,
    gives_secret: Option<bool>,
) -> Result<String, ApiError> {
    let (description, template) = connectors::choose(context, state, fields)?;
    let scheme = sign_in_scheme(&description)?;
    if template.organization.is_none() && gives_secret.is_none() {
        let message = format!(
            "No organization-specific source template configured for {}; clone a global one",
            description.title
        );
        return Err(ApiError::bad_request(message));
    }
    let given = fields.object("replication_config")?.unwrap_or_default();
    let environment = fields.object("environment")?.unwrap_or_default();
    let inputs = fields.object("oauth_input_configuration")?.unwrap_or_default();
    let name = fields.optional_text("name")?;
    let mut config = template.defaults.clone();
    config.extend(inputs.clone());
    config.extend(given);
    let gives_secret = gives_secret.unwrap_or(state.behaviour.oauth_secret_ids);
    // Where the callback has the id of a secret, the settings come with the connector later.
    let (settings, variables) = if gives_secret {
        (Map::new(), Map::new())
    } else {
        connectors::configure(
            &description,
            &environment,
            &config,
            context.platform.clock.seconds(),
        )?
    };
    let workspace = connectors::requested_workspace(context, state, fields, true)?;
    let organization = context.caller.organization.clone();
    let own = state
        .oauth_apps
        .iter()
        .find(|one| one.organization == organization && one.slug == description.name);
    let app = own.and_then(|own| own.configuration.get("client_id")?.as_str().map(str::to_owned));
    let app = app.unwrap_or_else(|| "airbyte-sandbox".to_owned());
    let account = granted_credentials(scheme, own.map(|own| &own.configuration));
    let slug = description.name.to_string();
    let draft = ConnectorDraft {
        workspace,
        slug,
        template,
        name,
        account,
        settings,
        variables,
        entities: None,
    };
    let requested_at = context.platform.clock.seconds();
    let id = state.new_id("consent");
    let key = hex(stable(&["consent", &id, &requested_at.to_string()]), 32);
    let consent = Consent { organization, requested_at, redirect_url, gives_secret, draft };
    state.consents.insert(key.clone(), consent);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &app).append_pair("state", &key);
    Ok(format!("{}{CONSENT}?{}", context.platform.origin, query.finish()))
}

/// Credentials after a consent: those of the app, and tokens that the emulated vendors accept.
fn granted_credentials(scheme: &AuthScheme, app: Option<&Map<String, Value>>) -> Credentials {
    let value = |field: &str| {
        let own = app.and_then(|app| app.get(field)).cloned();
        own.unwrap_or_else(|| format!("sandbox-granted-{field}").into())
    };
    let fields = scheme.fields.iter().map(|field| (field.name.to_string(), value(&field.name)));
    Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields.collect()) }
}

/// `GET /oauth/consent`: leads back to the application, with an error if the address says
/// `decision=deny` or `decision=fail`.
pub(super) fn consent(context: &Context<'_>) -> ApiResult {
    let key = context.query("state").unwrap_or_default();
    let mut state = context.state();
    let consent = state.consents.remove(&key);
    let now = context.platform.clock.seconds();
    let Some(consent) = consent.filter(|c| now < c.requested_at.saturating_add(LIFETIME)) else {
        let text = "This request for consent is unknown, used already, or too old.\n";
        return Ok(Response::bytes(400, "text/plain; charset=utf-8", text));
    };
    let Consent { organization, redirect_url, gives_secret, draft, .. } = consent;
    let failure = |error: &str, message: &str| {
        vec![("error", error.to_owned()), ("error_description", message.to_owned())]
    };
    let pairs = match context.query("decision").as_deref() {
        Some("deny") => failure("access_denied", "The user did not agree"),
        Some("fail") => failure("creation_failed", "The connector could not be created"),
        _ if gives_secret => {
            let id = state.new_id("secret");
            let secret = Secret { organization, slug: draft.slug, account: draft.account };
            state.secrets.insert(id.clone(), secret);
            vec![("server_side_oauth_secret_id", id.clone()), ("secret_id", id)]
        }
        _ => match connectors::install(
            draft,
            &mut state,
            &organization,
            &context.platform.clock.now(),
        ) {
            Ok(connector) => vec![("connector_id", connector.id)],
            Err(error) => failure("creation_failed", error.message()),
        },
    };
    Ok(Response::empty(302).header("location", with_pairs(&redirect_url, &pairs)))
}

/// The address with more pairs in its query.
fn with_pairs(url: &str, pairs: &[(&str, String)]) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, rest)| (url, Some(rest)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mark = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{url}{mark}{query}{fragment}")
}

/// `PUT /oauth/credentials`
pub(super) fn set_app(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let word = fields.optional_text("connector_type")?;
    let definition = fields.optional_text("connector_definition_id")?;
    let configuration = fields.object("configuration")?;
    fields.check_all_taken()?;
    let configuration = configuration
        .ok_or_else(|| ApiError::invalid("configuration", "configuration is required"))?;
    let description = match (word, definition) {
        (Some(word), None) => connectors::by_name(context.platform, &word)?,
        (None, Some(id)) => connectors::by_definition(context.platform, &id)?,
        _ => {
            let message = "Exactly one of connector_type and connector_definition_id is required";
            return Err(ApiError::invalid("body", message));
        }
    };
    let now = context.platform.clock.now();
    let organization = context.caller.organization.clone();
    let mut state = context.state();
    let known = state
        .oauth_apps
        .iter()
        .position(|known| known.organization == organization && known.slug == description.name);
    let mut one = match known {
        Some(at) => state.oauth_apps.remove(at),
        None => OAuthApp {
            id: state.new_id("override"),
            organization,
            slug: description.name.to_string(),
            configuration: Map::new(),
            created_at: now.clone(),
            updated_at: String::new(),
        },
    };
    one.configuration = configuration;
    one.updated_at = now;
    let shown = json!({
        "id": one.id,
        "scope_type": "organization",
        "scope_id": one.organization,
        "connector_type": "source",
        "connector_definition_id": description.definition_id,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    });
    state.oauth_apps.push(one);
    Ok(Response::json(200, &shown))
}

/// `DELETE /oauth/credentials/connector_type/{connector_type}`
pub(super) fn remove_app(context: &Context<'_>) -> ApiResult {
    let description = connectors::by_name(context.platform, context.id(0))?;
    let organization = &context.caller.organization;
    let is = |one: &OAuthApp| one.organization == *organization && one.slug == description.name;
    context.state().oauth_apps.retain(|one| !is(one));
    Ok(Response::empty(204))
}
