//! Exchange of a code or of another grant for tokens.

use airbyte_agent_description::{AuthScheme, Connector, Refresh, RefreshGrant, RefreshStyle};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::error::OAuthError;
use super::grant::PresentedCode;
use super::token_request::{TokenRequest, grant_type};
use super::tokens::Tokens;
use crate::pattern::Pattern;
use crate::response::Response;

/// Responds to a token request with new tokens. `refresh` is how the scheme renews them, unless the
/// request has a code.
pub(super) fn exchange(
    connector: &Connector,
    scheme: &AuthScheme,
    refresh: Option<&Refresh>,
    tokens: &Tokens,
    sent: &TokenRequest,
) -> Result<Response, OAuthError> {
    check_words(tokens, sent)?;
    let scope = match refresh {
        Some(refresh) => {
            check_renewal(refresh, tokens, sent)?;
            None
        }
        None => redeem_code(scheme, tokens, sent)?,
    };
    let (access_token, refresh_token) = tokens.issue(&connector.name);
    let mut body = Map::new();
    body.insert("access_token".to_owned(), access_token.into());
    body.insert("token_type".to_owned(), "Bearer".into());
    body.insert("expires_in".to_owned(), 3_600.into());
    if refresh.is_none_or(|refresh| refresh.grant == RefreshGrant::RefreshToken) {
        body.insert("refresh_token".to_owned(), refresh_token.into());
    }
    if let Some(scope) = scope {
        body.insert("scope".to_owned(), scope.into());
    }
    for name in scheme.refresh.iter().flat_map(|refresh| refresh.extract.iter()) {
        body.insert(name.to_string(), extracted_variable(connector, name).into());
    }
    Ok(Response::json(200, &body.into()).header("cache-control", "no-store"))
}

/// Fails when a credential says by a word in it that it is invalid or limited.
fn check_words(tokens: &Tokens, sent: &TokenRequest) -> Result<(), OAuthError> {
    let named = ["client_secret", "client_id", "refresh_token", "code"];
    let of_body = named.iter().filter_map(|name| Some(((*name).to_owned(), sent.text(name)?)));
    let basic = sent.basic.clone().map(|pair| ("client".to_owned(), pair));
    for (name, text) in of_body.chain(basic) {
        if text.contains("invalid") {
            let is_client = name.starts_with("client");
            let (status, error) =
                if is_client { (401, "invalid_client") } else { (400, "invalid_grant") };
            let description = format!("the {name} is invalid or revoked");
            return Err(OAuthError::new(status, error, description));
        }
        if text.contains("limited") && tokens.is_first_limited(&text) {
            return Err(OAuthError::new(429, "slow_down", "too many requests; wait a second"));
        }
    }
    Ok(())
}

/// Fails when a request does not renew tokens as the scheme says.
fn check_renewal(
    refresh: &Refresh,
    tokens: &Tokens,
    sent: &TokenRequest,
) -> Result<(), OAuthError> {
    sent.check_format(refresh.format)?;
    let is_authenticated = match refresh.style {
        RefreshStyle::Basic => sent.basic_client().is_some(),
        RefreshStyle::Body => {
            sent.has("client_id") && sent.has("client_secret")
                || refresh.grant == RefreshGrant::JwtBearer
        }
        RefreshStyle::None => true,
    };
    if !is_authenticated {
        return Err(OAuthError::unauthenticated_client());
    }
    let grant = sent.text("grant_type").unwrap_or_default();
    if grant != grant_type(refresh.grant) {
        return Err(OAuthError::unsupported_grant(&grant));
    }
    match refresh.grant {
        RefreshGrant::RefreshToken => {
            let token = sent.non_empty("refresh_token");
            let token =
                token.ok_or_else(|| OAuthError::invalid_request("refresh_token is missing"))?;
            if !tokens.spend(&token) {
                return Err(OAuthError::invalid_grant("the refresh token was used already"));
            }
        }
        RefreshGrant::JwtBearer => {
            check_assertion(&sent.text("assertion").unwrap_or_default())
                .map_err(OAuthError::invalid_grant)?;
        }
        RefreshGrant::ClientCredentials => {}
    }
    Ok(())
}

/// Checks the form of a signed assertion. The signature itself is not verified.
fn check_assertion(jwt: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = jwt.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err("the assertion is not a JWT");
    };
    let parse = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    if parse(header).ok_or("the assertion has no header")?["alg"] != "RS256" {
        return Err("the assertion must be signed with RS256");
    }
    let claims = parse(claims).ok_or("the assertion has no claims")?;
    if ["iss", "aud", "iat", "exp", "scope"].iter().any(|name| claims[*name].is_null()) {
        return Err("the assertion lacks a claim");
    }
    if signature.is_empty() { Err("the assertion is not signed") } else { Ok(()) }
}

/// Checks a code and the client that presents it. Gives the scope that was granted.
fn redeem_code(
    scheme: &AuthScheme,
    tokens: &Tokens,
    sent: &TokenRequest,
) -> Result<Option<String>, OAuthError> {
    let grant = sent.text("grant_type").unwrap_or_default();
    let basic = sent.basic_client();
    match grant.as_str() {
        "authorization_code" => {}
        "refresh_token" | "client_credentials" => {
            let is_authenticated = basic.is_some() || sent.has("client_id");
            return if is_authenticated {
                Ok(None)
            } else {
                Err(OAuthError::unauthenticated_client())
            };
        }
        _ => return Err(OAuthError::unsupported_grant(&grant)),
    }
    let Some(flow) = &scheme.oauth else {
        let description = "this scheme has no authorization endpoint";
        return Err(OAuthError::new(400, "unauthorized_client", description));
    };
    sent.check_format(flow.format)?;
    let secret = sent.non_empty("client_secret");
    let (has_secret, is_misplaced) = match flow.style {
        RefreshStyle::Basic => (basic.is_some(), secret.is_some()),
        RefreshStyle::Body => (secret.is_some(), basic.is_some()),
        RefreshStyle::None => (false, basic.is_some()),
    };
    let client = basic.map(|(id, _)| id.to_owned()).or_else(|| sent.text("client_id"));
    if client.is_none() || is_misplaced {
        return Err(OAuthError::unauthenticated_client());
    }
    let presented = PresentedCode {
        code: sent.text("code").unwrap_or_default(),
        client,
        redirect_uri: sent.text("redirect_uri"),
        verifier: sent.text("code_verifier"),
        has_secret,
    };
    tokens.redeem_code(&presented).map_err(OAuthError::invalid_grant)
}

/// The value of a server variable that comes with a token. It has the form of the variable's default,
/// on a host of its own.
fn extracted_variable(connector: &Connector, name: &str) -> String {
    let variable = connector.variables().into_iter().find(|variable| variable.name == name);
    let default = variable.and_then(|variable| variable.default.as_deref()).unwrap_or_default();
    if let Some((_, domain)) = default.split_once("://").and_then(|(_, rest)| rest.split_once('.'))
    {
        return format!("https://sandbox.{domain}");
    }
    match Pattern::of(&connector.server.url).leading_name() {
        Some(leading) if leading == name => format!("https://sandbox.{}.example", connector.name),
        _ if default.is_empty() => "sandbox".to_owned(),
        _ => default.to_owned(),
    }
}
