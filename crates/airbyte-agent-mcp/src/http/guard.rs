//! Decides which clients may connect, by the bearer token and by the origin of web pages.

use airbyte_agent_core::{Error, ErrorKind, Result};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::options::{HttpOptions, Token};
use super::{Body, text};

/// Decides which clients may connect.
pub(super) struct Guard {
    token: Option<Token>,
    origins: Vec<Origin>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The request comes from a web page that may not connect.
    Origin,
    /// The request has no token.
    NoToken,
    /// The request has another token.
    WrongToken,
}

impl Refused {
    /// The response to the client.
    pub(super) fn response(self) -> Response<Body> {
        let challenge = match self {
            Self::Origin => return text(StatusCode::FORBIDDEN, "this origin may not connect"),
            Self::NoToken => r#"Bearer realm="airbyte-agent""#,
            Self::WrongToken => r#"Bearer realm="airbyte-agent", error="invalid_token""#,
        };
        let mut response = text(StatusCode::UNAUTHORIZED, "a bearer token is needed");
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        response
    }
}

/// The origin of web pages that may connect.
struct Origin {
    /// Scheme and host in small letters, with the port unless any port is allowed.
    start: String,
    any_port: bool,
}

impl Guard {
    /// A guard with the token and the origins of these options.
    pub(super) fn new(options: &HttpOptions) -> Result<Self> {
        let origins =
            options.origins.iter().map(|text| Origin::parse(text)).collect::<Result<_>>()?;
        Ok(Self { token: options.token.clone(), origins })
    }

    /// The origin of a request from a web page that may connect, `None` for a request from a program.
    pub(super) fn origin(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Refused> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(None) };
        let given = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        if self.origins.iter().any(|allowed| allowed.matches(&given)) {
            return Ok(Some(origin.clone()));
        }
        tracing::warn!(origin = given, "a web page that may not connect was refused");
        Err(Refused::Origin)
    }

    /// Refuses a request without the token.
    pub(super) fn token(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let Some(token) = &self.token else { return Ok(()) };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| {
            let (scheme, rest) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(rest.trim())
        });
        match given {
            Some(given) if token.is(given) => Ok(()),
            Some(_) => Err(Refused::WrongToken),
            None => Err(Refused::NoToken),
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
