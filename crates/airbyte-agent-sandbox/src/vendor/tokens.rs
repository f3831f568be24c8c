//! Token endpoints, and the tokens that are out.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use airbyte_agent_description::{
    AuthScheme, Connector, Refresh, RefreshFormat, RefreshGrant, RefreshStyle,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::consent::{self, Codes, Presented};
use super::hosts::Address;
use crate::incoming::{Incoming, pairs};
use crate::pattern::Pattern;
use crate::reply::Reply;

/// A token endpoint of a scheme.
#[derive(Debug)]
pub(crate) struct Endpoint {
    address: Address,
    scheme: usize,
    role: Role,
}

/// What an endpoint is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The user grants access and is sent back with a code.
    Grants,
    /// A code becomes tokens.
    Exchanges,
    /// A token is renewed.
    Renews,
}

/// What is known of the tokens of a vendor.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    issued: u64,
    seen: HashSet<String>,
    expired: HashSet<String>,
    used_refresh: HashSet<String>,
    limited: HashSet<String>,
    codes: Codes,
}

impl Tokens {
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refuses every token seen or issued so far.
    pub(crate) fn expire(&self) {
        self.with(|state| {
            let seen = std::mem::take(&mut state.seen);
            state.expired.extend(seen);
        });
    }

    /// Notes a token; whether it is still good.
    pub(crate) fn accept(&self, token: &str) -> bool {
        self.with(|state| {
            if state.expired.contains(token) {
                return false;
            }
            state.seen.insert(token.to_owned());
            true
        })
    }

    /// Whether this is the first request with a limited credential.
    pub(crate) fn first_limited(&self, token: &str) -> bool {
        self.with(|state| state.limited.insert(token.to_owned()))
    }

    /// The refusal of a token request in which a credential says that it is invalid or limited.
    fn judge(&self, request: &Incoming, body: &Map<String, Value>) -> Option<Reply> {
        let of_body = |name: &&str| text(body, name).map(|text| ((*name).to_owned(), text));
        let named = ["client_secret", "client_id", "refresh_token", "code"];
        let basic = client(request).map(|pair| ("client".to_owned(), pair));
        for (name, text) in named.iter().filter_map(of_body).chain(basic) {
            if text.contains("invalid") {
                let is_client = name.starts_with("client");
                let (status, error) =
                    if is_client { (401, "invalid_client") } else { (400, "invalid_grant") };
                return Some(refuse(status, error, &format!("the {name} is invalid or revoked")));
            }
            if text.contains("limited") && self.first_limited(&text) {
                let reply = refuse(429, "slow_down", "too many requests; wait a second");
                return Some(reply.header("retry-after", "1"));
            }
        }
        None
    }

    fn issue(&self, connector: &str) -> (String, String) {
        self.with(|state| {
            state.issued += 1;
            let access = format!("sandbox-access-{connector}-{}", state.issued);
            state.seen.insert(access.clone());
            (access, format!("sandbox-refresh-{connector}-{}", state.issued))
        })
    }

    /// Takes a refresh token; one that the sandbox issued works once.
    fn spend(&self, token: &str) -> bool {
        self.with(|state| {
            !token.starts_with("sandbox-refresh-") || state.used_refresh.insert(token.to_owned())
        })
    }
}

/// The token endpoints of a connector.
pub(crate) fn endpoints(connector: &Connector) -> Vec<Endpoint> {
    let mut all = Vec::new();
    for (scheme, auth) in connector.auth.iter().enumerate() {
        let mut add = |url, role| {
            for address in Address::all(url, connector) {
                all.push(Endpoint { address, scheme, role });
            }
        };
        if let Some(refresh) = &auth.refresh {
            add(&refresh.url, Role::Renews);
        }
        if let Some(oauth) = &auth.oauth {
            add(&oauth.token_url, Role::Exchanges);
            add(&oauth.authorization_url, Role::Grants);
        }
    }
    all
}

/// The addresses of token endpoints.
pub(crate) fn addresses(all: &[Endpoint]) -> impl Iterator<Item = &Address> {
    all.iter().map(|endpoint| &endpoint.address)
}

/// Answers a request to a token endpoint; `None` when it is not one.
pub(crate) fn answer(
    connector: &Connector,
    all: &[Endpoint],
    tokens: &Tokens,
    request: &Incoming,
    path: &str,
) -> Option<Reply> {
    let host = request.host.as_deref();
    let here =
        |endpoint: &&Endpoint| endpoint.address.fits_host(host) && endpoint.address.is_path(path);
    if request.method == "GET" {
        all.iter().filter(here).find(|endpoint| endpoint.role == Role::Grants)?;
        return Some(consent::answer(request, |act| tokens.with(|state| act(&mut state.codes))));
    }
    if request.method != "POST" {
        return None;
    }
    let exchanging: Vec<&Endpoint> =
        all.iter().filter(here).filter(|e| e.role != Role::Grants).collect();
    let first = *exchanging.first()?;
    let kind = body_of(request).ok().and_then(|body| text(&body, "grant_type"));
    let wants_code = kind.as_deref() == Some("authorization_code");
    let role = if wants_code { Role::Exchanges } else { Role::Renews };
    // Schemes with different grants may share one address.
    let asked = |endpoint: &&&Endpoint| {
        let refresh = connector.auth.get(endpoint.scheme).and_then(|auth| auth.refresh.as_ref());
        refresh.is_some_and(|refresh| kind.as_deref() == Some(grant_type(refresh.grant)))
    };
    let mut fitting = exchanging.iter().filter(|endpoint| endpoint.role == role);
    let endpoint = *fitting.clone().find(asked).or(fitting.next()).unwrap_or(&first);
    let scheme = connector.auth.get(endpoint.scheme)?;
    let refresh = scheme.refresh.as_ref().filter(|_| !wants_code);
    Some(exchange(connector, scheme, refresh, tokens, request))
}

/// The name of a grant in token requests.
fn grant_type(grant: RefreshGrant) -> &'static str {
    match grant {
        RefreshGrant::RefreshToken => "refresh_token",
        RefreshGrant::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        RefreshGrant::ClientCredentials => "client_credentials",
    }
}

fn exchange(
    connector: &Connector,
    scheme: &AuthScheme,
    refresh: Option<&Refresh>,
    tokens: &Tokens,
    request: &Incoming,
) -> Reply {
    let body = match body_of(request) {
        Ok(body) => body,
        Err(why) => return refuse(400, "invalid_request", &why),
    };
    if let Some(refusal) = tokens.judge(request, &body) {
        return refusal;
    }
    let checked = match refresh {
        Some(refresh) => renewal(refresh, tokens, request, &body).map(|()| None),
        None => code(scheme, tokens, request, &body),
    };
    let scope = match checked {
        Ok(scope) => scope,
        Err((status, error, why)) => return refuse(status, error, &why),
    };
    let (access, renewal) = tokens.issue(&connector.name);
    let mut answer = Map::new();
    answer.insert("access_token".to_owned(), access.into());
    answer.insert("token_type".to_owned(), "Bearer".into());
    answer.insert("expires_in".to_owned(), 3_600.into());
    if refresh.is_none_or(|refresh| refresh.grant == RefreshGrant::RefreshToken) {
        answer.insert("refresh_token".to_owned(), renewal.into());
    }
    if let Some(scope) = scope {
        answer.insert("scope".to_owned(), scope.into());
    }
    let extract = scheme.refresh.iter().flat_map(|refresh| refresh.extract.iter());
    for name in extract {
        answer.insert(name.to_string(), extracted(connector, name).into());
    }
    Reply::json(200, &answer.into()).header("cache-control", "no-store")
}

type Refusal = (u16, &'static str, String);

fn renewal(
    refresh: &Refresh,
    tokens: &Tokens,
    request: &Incoming,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    let invalid = |why: &str| (400, "invalid_request", why.to_owned());
    check_format(refresh.format, request)?;
    let pair = client(request);
    let client_in_body = body.contains_key("client_id") && body.contains_key("client_secret");
    let style = match refresh.style {
        RefreshStyle::Basic => pair.is_some_and(|pair| pair.contains(':')),
        RefreshStyle::Body => client_in_body || refresh.grant == RefreshGrant::JwtBearer,
        RefreshStyle::None => true,
    };
    if !style {
        return Err((401, "invalid_client", "the client is not authenticated".to_owned()));
    }
    let grant = text(body, "grant_type").unwrap_or_default();
    if grant != grant_type(refresh.grant) {
        return Err((400, "unsupported_grant_type", format!("`{grant}`")));
    }
    match refresh.grant {
        RefreshGrant::RefreshToken => {
            let token = text(body, "refresh_token").filter(|token| !token.is_empty());
            let token = token.ok_or_else(|| invalid("refresh_token is missing"))?;
            if !tokens.spend(&token) {
                let why = "the refresh token was used already";
                return Err((400, "invalid_grant", why.to_owned()));
            }
        }
        RefreshGrant::JwtBearer => {
            assertion(&text(body, "assertion").unwrap_or_default())
                .map_err(|why| (400, "invalid_grant", why.to_owned()))?;
        }
        RefreshGrant::ClientCredentials => {}
    }
    Ok(())
}

/// Checks the form of a signed assertion; the signature is not looked at.
fn assertion(jwt: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = jwt.split('.').collect();
    let [head, claims, signature] = parts.as_slice() else { return Err("assertion is no JWT") };
    let read = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    if read(head).ok_or("assertion has no header")?["alg"] != "RS256" {
        return Err("assertion is to be signed with RS256");
    }
    let claims = read(claims).ok_or("assertion has no claims")?;
    if ["iss", "aud", "iat", "exp", "scope"].iter().any(|name| claims[*name].is_null()) {
        return Err("assertion lacks a claim");
    }
    if signature.is_empty() { Err("assertion is not signed") } else { Ok(()) }
}

fn check_format(format: RefreshFormat, request: &Incoming) -> Result<(), Refusal> {
    let format = match format {
        RefreshFormat::Form => "application/x-www-form-urlencoded",
        RefreshFormat::Json => "application/json",
    };
    if request.media_type() == format {
        return Ok(());
    }
    Err((400, "invalid_request", format!("content type is to be {format}")))
}

/// Checks a code and who presents it; gives the scope that was granted.
fn code(
    scheme: &AuthScheme,
    tokens: &Tokens,
    request: &Incoming,
    body: &Map<String, Value>,
) -> Result<Option<String>, Refusal> {
    let grant = text(body, "grant_type").unwrap_or_default();
    let pair = client(request);
    let by_basic = pair.as_deref().and_then(|pair| pair.split_once(':'));
    let unknown = || (401, "invalid_client", "the client is not authenticated".to_owned());
    match grant.as_str() {
        "authorization_code" => {}
        "refresh_token" | "client_credentials" => {
            let known = by_basic.is_some() || body.contains_key("client_id");
            return if known { Ok(None) } else { Err(unknown()) };
        }
        _ => return Err((400, "unsupported_grant_type", format!("`{grant}`"))),
    }
    let Some(flow) = &scheme.oauth else {
        return Err((400, "unauthorized_client", "nobody signs in here".to_owned()));
    };
    check_format(flow.format, request)?;
    let id = by_basic.map(|(id, _)| id.to_owned()).or_else(|| text(body, "client_id"));
    let secret = text(body, "client_secret").filter(|secret| !secret.is_empty());
    let has_secret = match flow.style {
        RefreshStyle::Basic => by_basic.is_some(),
        RefreshStyle::Body => secret.is_some(),
        RefreshStyle::None => false,
    };
    let misplaced = match flow.style {
        RefreshStyle::Basic => secret.is_some(),
        RefreshStyle::Body | RefreshStyle::None => by_basic.is_some(),
    };
    if id.is_none() || misplaced {
        return Err(unknown());
    }
    let presented = Presented {
        code: text(body, "code").unwrap_or_default(),
        client: id,
        redirect_uri: text(body, "redirect_uri"),
        verifier: text(body, "code_verifier"),
        has_secret,
    };
    tokens
        .with(|state| state.codes.redeem(&presented))
        .map_err(|why| (400, "invalid_grant", why.to_owned()))
}

/// Client id and secret of basic authentication.
fn client(request: &Incoming) -> Option<String> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

fn body_of(request: &Incoming) -> Result<Map<String, Value>, String> {
    if request.media_type() == "application/json" {
        return serde_json::from_slice(&request.body).map_err(|why| why.to_string());
    }
    let all = pairs(&request.body).into_iter().map(|(name, value)| (name, value.into()));
    Ok(all.collect())
}

fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name)?.as_str().map(str::to_owned)
}

pub(super) fn refuse(status: u16, error: &str, why: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": why}))
}

/// The value of a server variable that comes with a token: of the form of its default, on a host of
/// its own.
fn extracted(connector: &Connector, name: &str) -> String {
    let variable = connector.variables().into_iter().find(|variable| variable.name == name);
    let default = variable.and_then(|variable| variable.default.as_deref()).unwrap_or_default();
    if let Some((_, domain)) = default.split_once("://").and_then(|(_, rest)| rest.split_once('.'))
    {
        return format!("https://sandbox.{domain}");
    }
    match Pattern::of(&connector.server.url).leading_hole() {
        Some(leading) if leading == name => format!("https://sandbox.{}.example", connector.name),
        _ if default.is_empty() => "sandbox".to_owned(),
        _ => default.to_owned(),
    }
}
