//! The authorization endpoint. The user grants access unless the request says otherwise: with
//! `&decision=deny` or `&decision=fail` added to the address, or with a client id that contains the word
//! `denied`, the browser is sent back with an error.

use std::time::Instant;

use super::error::OAuthError;
use super::grant::Grant;
use super::tokens::Tokens;
use crate::request::Request;
use crate::response::Response;

/// Sends the browser back to the application. Where its address or the client cannot be trusted, the
/// response is an error instead.
pub(super) fn authorize(request: &Request, tokens: &Tokens) -> Response {
    try_authorize(request, tokens).unwrap_or_else(|error| error.response())
}

fn try_authorize(request: &Request, tokens: &Tokens) -> Result<Response, OAuthError> {
    let parameter = |name: &str| request.query_value(name).filter(|value| !value.is_empty());
    let redirect_uri = parameter("redirect_uri")
        .filter(|uri| uri.contains("://") && !uri.contains('#'))
        .ok_or_else(|| OAuthError::invalid_request("redirect_uri is missing or not an address"))?;
    let invalid_client = |description| OAuthError::new(400, "invalid_client", description);
    let client = parameter("client_id").ok_or_else(|| invalid_client("client_id is missing"))?;
    if client.contains("invalid") {
        return Err(invalid_client("there is no such client"));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    match decide(request, &client) {
        Ok(()) => {
            let code = tokens.issue_code(Grant {
                client,
                redirect_uri: redirect_uri.clone(),
                challenge: parameter("code_challenge"),
                scope: parameter("scope"),
                at: Instant::now(),
            });
            query.append_pair("code", &code);
        }
        Err((error, description)) => {
            query.append_pair("error", error).append_pair("error_description", description);
        }
    }
    if let Some(state) = parameter("state") {
        query.append_pair("state", &state);
    }
    if let Some(host) = &request.host {
        query.append_pair("iss", &format!("https://{host}"));
    }
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    let location = format!("{redirect_uri}{separator}{}", query.finish());
    Ok(Response::empty(302).header("location", location))
}

/// Whether access is granted; otherwise the error and its description.
fn decide(request: &Request, client: &str) -> Result<(), (&'static str, &'static str)> {
    let parameter = |name: &str| request.query_value(name);
    if parameter("response_type").as_deref() != Some("code") {
        return Err(("unsupported_response_type", "response_type must be code"));
    }
    if parameter("code_challenge").is_some()
        && parameter("code_challenge_method").as_deref() != Some("S256")
    {
        return Err(("invalid_request", "code_challenge_method must be S256"));
    }
    match parameter("decision").as_deref() {
        Some("fail") => Err(("server_error", "the sandbox was told to fail")),
        Some("deny") => Err(("access_denied", "the user said no")),
        _ if client.contains("denied") => Err(("access_denied", "the user said no")),
        _ => Ok(()),
    }
}
