//! Decides which clients may connect, by the bearer token and by the origin of web pages.

use std::net::SocketAddr;
use std::sync::Arc;

use airbyte_agent_core::{Error, ErrorKind, Http, Result};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::body::{Body, text};
use super::json_rpc;
use super::oauth::{Problem, Verifier};
use super::options::{HttpOptions, Token};
use crate::caller::Subject;

/// Decides which clients may connect.
pub(super) struct Guard {
    credential: Credential,
    origins: Vec<Origin>,
    /// The port of this machine at which the server listens, if others cannot reach it.
    local_port: Option<u16>,
}

/// What clients have to present.
enum Credential {
    Nothing,
    Token(Token),
    OAuth(Box<Verifier>),
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// The request comes from a web page that may not connect.
    Origin,
    /// The request has no token.
    NoToken,
    /// The request has another token.
    WrongToken,
    /// The token of the request was not accepted.
    Problem(Problem),
}

/// The origin of web pages that may connect.
struct Origin {
    /// Scheme and host in small letters, with the port unless any port is allowed.
    start: String,
    any_port: bool,
}

impl Guard {
    /// A guard with the token and the origins of these options, for a server at this address.
    pub(super) fn new(options: &HttpOptions, address: SocketAddr) -> Result<Self> {
        let origins =
            options.origins.iter().map(|text| Origin::parse(text)).collect::<Result<_>>()?;
        let credential = match (&options.token, &options.oauth) {
            (None, None) => Credential::Nothing,
            (Some(token), None) => Credential::Token(token.clone()),
            (None, Some(oauth)) => {
                let verifier = Verifier::new(oauth.clone(), Arc::new(Http::default()))?;
                Credential::OAuth(Box::new(verifier))
            }
            (Some(_), Some(_)) => {
                let message = "a server has either a bearer token or an authorization server";
                return Err(Error::new(ErrorKind::Usage, message));
            }
        };
        let local_port = address.ip().is_loopback().then_some(address.port());
        Ok(Self { credential, origins, local_port })
    }

    /// The origin of a request from a web page that may connect, `None` for a request from a program.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refused> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(None) };
        let given = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        // At the server's own origin nobody else has pages.
        let own = self.local_port.is_some_and(|port| {
            ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .any(|host| given == format!("http://{host}:{port}"))
        });
        if own || self.origins.iter().any(|allowed| allowed.matches(&given)) {
            return Ok(Some(origin.clone()));
        }
        tracing::warn!(origin = given, "a web page that may not connect was refused");
        Err(Refused::Origin)
    }

    /// The metadata about where tokens come from, if it stands at this path. Anybody may read it.
    pub(super) fn metadata_at(&self, path: &str) -> Option<&str> {
        match &self.credential {
            Credential::OAuth(verifier) => verifier.metadata_at(path),
            _ => None,
        }
    }

    /// Who sends a request, as far as that is known, if it has the right token.
    pub(super) async fn caller(&self, headers: &HeaderMap) -> Result<Option<Subject>, Refused> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| {
            let (scheme, rest) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(rest.trim())
        });
        match (&self.credential, given) {
            (Credential::Nothing, _) => Ok(None),
            (_, None) => Err(Refused::NoToken),
            (Credential::Token(token), Some(given)) if token.is(given) => Ok(None),
            (Credential::Token(_), Some(_)) => Err(Refused::WrongToken),
            (Credential::OAuth(verifier), Some(given)) => match verifier.subject(given).await {
                Ok(name) => Ok(Some(Subject(name.into()))),
                Err(problem) => {
                    tracing::info!(?problem, "a token was refused");
                    Err(Refused::Problem(problem))
                }
            },
        }
    }

    /// The response to a request that is refused.
    pub(super) fn response(&self, refused: &Refused) -> Response<Body> {
        let (status, message) = match refused {
            Refused::Origin => (StatusCode::FORBIDDEN, "this origin may not connect"),
            Refused::NoToken | Refused::WrongToken => {
                (StatusCode::UNAUTHORIZED, "a bearer token is needed")
            }
            Refused::Problem(Problem::Invalid(_)) => {
                (StatusCode::UNAUTHORIZED, "the bearer token is not accepted")
            }
            Refused::Problem(Problem::Scope) => {
                (StatusCode::FORBIDDEN, "the bearer token has not all scopes that are needed")
            }
            Refused::Problem(Problem::NoKeys) => {
                (StatusCode::SERVICE_UNAVAILABLE, "tokens cannot be checked at the moment")
            }
        };
        let mut response = json_rpc::refusal(status, message, &Value::Null);
        let headers = response.headers_mut();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        } else if let Some(challenge) = self.challenge(refused) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// What a client is told about the token that it needs.
    fn challenge(&self, refused: &Refused) -> Option<HeaderValue> {
        let problem = match refused {
            Refused::Origin => return None,
            Refused::Problem(problem) => Some(problem),
            Refused::NoToken | Refused::WrongToken => None,
        };
        match &self.credential {
            Credential::OAuth(verifier) => HeaderValue::try_from(verifier.challenge(problem)).ok(),
            _ if *refused == Refused::WrongToken => Some(HeaderValue::from_static(
                r#"Bearer realm="airbyte-agent", error="invalid_token""#,
            )),
            _ => Some(HeaderValue::from_static(r#"Bearer realm="airbyte-agent""#)),
        }
    }
}

impl Origin {
    fn parse(text: &str) -> Result<Self> {
        let given = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (start, any_port) = match given.strip_suffix(":*") {
            Some(start) => (start.to_owned(), true),
            None => (given, false),
        };
        let host = start.strip_prefix("http://").or_else(|| start.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['/', '*', '?', '@', ' '])) {
            let message = format!(
                "'{text}' is no origin; write https://app.example.com or http://localhost:*"
            );
            return Err(Error::new(ErrorKind::Usage, message));
        }
        Ok(Self { start, any_port })
    }

    fn matches(&self, given: &str) -> bool {
        match given.strip_prefix(self.start.as_str()) {
            Some("") => true,
            Some(rest) if self.any_port => rest
                .strip_prefix(':')
                .is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())),
            _ => false,
        }
    }
}

/// The response to a browser that asks whether a page may send a request.
pub(super) fn preflight() -> Response<Body> {
    let mut response = text(StatusCode::NO_CONTENT, "");
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, DELETE, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "authorization, content-type, accept, last-event-id, mcp-session-id, \
             mcp-protocol-version, mcp-method, mcp-name",
        ),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// Lets web pages of this origin read the response.
pub(super) fn allow_reading(response: &mut Response<Body>, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("mcp-session-id, www-authenticate"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

/// Whether a request comes to a local name of this machine and was not handed on by a proxy, as far as its headers
/// say.
pub(super) fn is_direct(headers: &HeaderMap) -> bool {
    let handed_on = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
        && !handed_on.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_match_whole() {
        for (allowed, given, expected) in [
            ("https://app.example.com", "https://app.example.com", true),
            ("https://App.Example.com/", "https://app.example.com", true),
            ("https://app.example.com", "https://app.example.com.evil.io", false),
            ("https://app.example.com", "http://app.example.com", false),
            ("https://app.example.com", "https://app.example.com:8443", false),
            ("http://localhost:*", "http://localhost:3000", true),
            ("http://localhost:*", "http://localhost", true),
            ("http://localhost:*", "http://localhost:3000.evil.io", false),
            ("http://localhost:*", "http://localhostile:1", false),
            ("http://localhost:*", "null", false),
        ] {
            let origin = Origin::parse(allowed).unwrap();
            assert_eq!(origin.matches(given), expected, "{allowed} {given}");
        }
        for wrong in ["*", "localhost", "https://", "https://*.example.com", "ftp://a"] {
            assert!(Origin::parse(wrong).is_err(), "{wrong}");
        }
    }
}
