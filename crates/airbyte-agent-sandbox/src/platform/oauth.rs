//! OAuth: an organization's own apps, and consent by address: the address leads to a page of the
//! sandbox that agrees, and from there back, where the connector exists.

use airbyte_agent_description::{AuthKind, AuthScheme, Connector};
use serde_json::{Map, Value, json};

use super::Cx;
use super::connectors::{self, Draft};
use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::state::{Consent, Credentials, Override, Secret, State};
use crate::hash::{hex, stable};
use crate::reply::Reply;

/// Path of the page that agrees.
pub(super) const CONSENT: &str = "/oauth/consent";
/// How long a consent can be given, in seconds.
const PATIENCE: u64 = 600;

/// The scheme that a connector signs in by.
fn scheme(kind: &Connector) -> Result<&AuthScheme, Refusal> {
    let by_user = |scheme: &&AuthScheme| {
        let flow = scheme.oauth.as_ref();
        flow.is_some_and(|flow| !flow.authorization_url.pieces.is_empty())
    };
    let is_oauth = |scheme: &&AuthScheme| matches!(scheme.kind, AuthKind::OAuth2 { .. });
    let found = kind.auth.iter().find(by_user).or_else(|| kind.auth.iter().find(is_oauth));
    found.ok_or_else(|| Refusal::bad(format!("{} has no OAuth flow", kind.title)))
}

/// `POST /integrations/connectors/oauth/initiate`
pub(super) fn initiate(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let redirect = fields.text("redirect_url")?;
    if !redirect.contains("://") {
        return Err(Refusal::invalid("redirect_url", "redirect_url is to be an absolute URL"));
    }
    let mut state = cx.state();
    let url = ask(cx, &mut state, &mut fields, redirect, None)?;
    Ok(Reply::json(200, &json!({"consent_url": url})))
}

/// Keeps what was asked for; gives the address of the page that agrees.
pub(super) fn ask(
    cx: &Cx<'_>,
    state: &mut State,
    fields: &mut Fields,
    redirect_url: String,
    gives_secret: Option<bool>,
) -> Result<String, Refusal> {
    let (kind, template) = connectors::choose(cx, state, fields)?;
    let scheme = scheme(&kind)?;
    if template.organization.is_none() && gives_secret.is_none() {
        let why = format!(
            "No organization-specific source template configured for {}; clone a global one",
            kind.title
        );
        return Err(Refusal::bad(why));
    }
    let given = fields.object("replication_config")?.unwrap_or_default();
    let environment = fields.object("environment")?.unwrap_or_default();
    let inputs = fields.object("oauth_input_configuration")?.unwrap_or_default();
    let name = fields.optional_text("name")?;
    let mut config = template.defaults.clone();
    config.extend(inputs.clone());
    config.extend(given);
    let gives_secret = gives_secret.unwrap_or(state.conduct.oauth_secret_ids);
    // Where the callback brings a secret, the settings come with the connector later.
    let (settings, variables) = if gives_secret {
        (Map::new(), Map::new())
    } else {
        connectors::configure(&kind, &environment, &config, cx.platform.clock.seconds())?
    };
    let workspace = connectors::place(cx, state, fields, true)?;
    let organization = cx.caller.organization.clone();
    let own = state
        .overrides
        .iter()
        .find(|one| one.organization == organization && one.slug == kind.name);
    let app = own.and_then(|own| own.configuration.get("client_id")?.as_str().map(str::to_owned));
    let app = app.unwrap_or_else(|| "airbyte-sandbox".to_owned());
    let account = granted(scheme, own.map(|own| &own.configuration));
    let slug = kind.name.to_string();
    let order =
        Draft { workspace, slug, template, name, account, settings, variables, entities: None };
    let asked_at = cx.platform.clock.seconds();
    let drawn = state.draw("consent");
    let key = hex(stable(&["consent", &drawn, &asked_at.to_string()]), 32);
    let consent = Consent { organization, asked_at, redirect_url, gives_secret, order };
    state.consents.insert(key.clone(), consent);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &app).append_pair("state", &key);
    Ok(format!("{}{CONSENT}?{}", cx.platform.origin, query.finish()))
}

/// Credentials as they are after consent: those of the app, and tokens that the vendors here take.
fn granted(scheme: &AuthScheme, app: Option<&Map<String, Value>>) -> Credentials {
    let value = |field: &str| {
        let own = app.and_then(|app| app.get(field)).cloned();
        own.unwrap_or_else(|| format!("sandbox-granted-{field}").into())
    };
    let fields = scheme.fields.iter().map(|field| (field.name.to_string(), value(&field.name)));
    Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields.collect()) }
}

/// `GET /oauth/consent`: agrees, unless the address says `decision=deny` or `decision=fail`, and
/// leads back.
pub(super) fn consent(cx: &Cx<'_>) -> Answer {
    let key = cx.query("state").unwrap_or_default();
    let mut state = cx.state();
    let consent = state.consents.remove(&key);
    let now = cx.platform.clock.seconds();
    let Some(consent) = consent.filter(|c| now < c.asked_at.saturating_add(PATIENCE)) else {
        let text = "This request for consent is unknown, used already, or too old.\n";
        return Ok(Reply::bytes(400, "text/plain; charset=utf-8", text));
    };
    let Consent { organization, redirect_url, gives_secret, order, .. } = consent;
    let failure = |error: &str, why: &str| {
        vec![("error", error.to_owned()), ("error_description", why.to_owned())]
    };
    let pairs = match cx.query("decision").as_deref() {
        Some("deny") => failure("access_denied", "The user did not agree"),
        Some("fail") => failure("creation_failed", "The connector could not be created"),
        _ if gives_secret => {
            let id = state.draw("secret");
            let secret = Secret { organization, slug: order.slug, account: order.account };
            state.secrets.insert(id.clone(), secret);
            vec![("server_side_oauth_secret_id", id.clone()), ("secret_id", id)]
        }
        _ => match order.install(&mut state, &organization, &cx.platform.clock.now()) {
            Ok(connector) => vec![("connector_id", connector.id)],
            Err(refusal) => failure("creation_failed", refusal.message()),
        },
    };
    Ok(Reply::empty(302).header("location", with_pairs(&redirect_url, &pairs)))
}

/// The address with more pairs in its query; what it had is kept.
fn with_pairs(url: &str, pairs: &[(&str, String)]) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, rest)| (url, Some(rest)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mark = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{url}{mark}{query}{fragment}")
}

/// `PUT /oauth/credentials`
pub(super) fn set_app(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let word = fields.optional_text("connector_type")?;
    let definition = fields.optional_text("connector_definition_id")?;
    let configuration = fields.object("configuration")?;
    fields.end()?;
    let configuration = configuration
        .ok_or_else(|| Refusal::invalid("configuration", "configuration is required"))?;
    let kind = match (word, definition) {
        (Some(word), None) => connectors::by_name(cx.platform, &word)?,
        (None, Some(id)) => connectors::by_definition(cx.platform, &id)?,
        _ => {
            let why = "Exactly one of connector_type and connector_definition_id is required";
            return Err(Refusal::invalid("body", why));
        }
    };
    let now = cx.platform.clock.now();
    let organization = cx.caller.organization.clone();
    let mut state = cx.state();
    let known = state
        .overrides
        .iter()
        .position(|known| known.organization == organization && known.slug == kind.name);
    let mut one = match known {
        Some(at) => state.overrides.remove(at),
        None => Override {
            id: state.draw("override"),
            organization,
            slug: kind.name.to_string(),
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
        "connector_definition_id": kind.definition_id,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    });
    state.overrides.push(one);
    Ok(Reply::json(200, &shown))
}

/// `DELETE /oauth/credentials/connector_type/{connector_type}`
pub(super) fn remove_app(cx: &Cx<'_>) -> Answer {
    let kind = connectors::by_name(cx.platform, cx.id(0))?;
    let organization = &cx.caller.organization;
    let is = |one: &Override| one.organization == *organization && one.slug == kind.name;
    cx.state().overrides.retain(|one| !is(one));
    Ok(Reply::empty(204))
}
