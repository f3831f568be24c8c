//! Whether a request carries a credential in the form that the description demands.

use airbyte_agent_description::{ApiKeyLocation, AuthKind, AuthScheme, Connector, Template};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::pattern::Pattern;
use crate::request::Request;

/// A credential of the right form. Whether it is refused is decided elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    /// The secret part, as sent.
    pub(super) text: String,
    /// Whether the scheme can renew it, so that it can expire.
    pub(super) renewable: bool,
}

/// The credential of a request; `None` where the connector has no authentication schemes. An error
/// says what each scheme expects.
pub(super) fn find(connector: &Connector, request: &Request) -> Result<Option<Credential>, String> {
    if connector.auth.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    let mut accepted: Option<Credential> = None;
    for scheme in connector.auth.iter() {
        match credential_of_scheme(scheme, request) {
            Ok(found) => {
                let renewable = accepted.is_some_and(|a| a.renewable) || found.renewable;
                accepted = Some(Credential { renewable, ..found });
            }
            Err(problem) => problems.push(format!("{}: {problem}", scheme.name)),
        }
    }
    match accepted {
        Some(credential) => Ok(Some(credential)),
        None => Err(problems.join("; ")),
    }
}

fn credential_of_scheme(scheme: &AuthScheme, request: &Request) -> Result<Credential, String> {
    let text = match replacing_header(scheme) {
        Some((name, template)) => matching(template, request.header(name).unwrap_or_default())
            .ok_or_else(|| format!("header `{name}` is missing or malformed"))?,
        None => usual_credential(scheme, request)?,
    };
    for header in scheme.headers.iter() {
        let Some(value) = request.header(&header.name) else {
            return Err(format!("header `{}` is missing", header.name));
        };
        let literal = header.value.names().next().is_none();
        if literal && matching(&header.value, value).is_none() {
            return Err(format!("header `{}` does not have the required value", header.name));
        }
    }
    let renewable = scheme.refresh.is_some() || matches!(scheme.kind, AuthKind::OAuth2 { .. });
    Ok(Credential { text, renewable })
}

/// The additional header of a scheme that replaces its usual one.
fn replacing_header(scheme: &AuthScheme) -> Option<(&str, &Template)> {
    let own = match &scheme.kind {
        AuthKind::Bearer | AuthKind::Basic => "authorization",
        AuthKind::ApiKey { location: ApiKeyLocation::Header, name } => name,
        AuthKind::ApiKey { .. } => return None,
        AuthKind::OAuth2 { header, .. } => header,
    };
    let header = scheme.headers.iter().find(|header| header.name.eq_ignore_ascii_case(own))?;
    Some((&header.name, &header.value))
}

fn usual_credential(scheme: &AuthScheme, request: &Request) -> Result<String, String> {
    match &scheme.kind {
        AuthKind::Bearer => fitting_template(
            scheme,
            "token",
            &text_after_prefix(request, "authorization", "Bearer")?,
        ),
        AuthKind::OAuth2 { header, prefix } => {
            fitting_template(scheme, "access_token", &text_after_prefix(request, header, prefix)?)
        }
        AuthKind::ApiKey { location, name } => {
            let value = match location {
                ApiKeyLocation::Header => request.header(name).map(str::to_owned),
                ApiKeyLocation::Query => request.query_value(name),
                ApiKeyLocation::Cookie => cookie(request, name),
            };
            let missing = || format!("{} `{name}` is missing", location_name(*location));
            fitting_template(
                scheme,
                "api_key",
                &value.filter(|v| !v.is_empty()).ok_or_else(missing)?,
            )
        }
        AuthKind::Basic => {
            let encoded = text_after_prefix(request, "authorization", "Basic")?;
            let pair = STANDARD
                .decode(encoded)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or("basic credentials are not base64 of UTF-8 text")?;
            let (user, password) = pair.split_once(':').ok_or("basic credentials have no colon")?;
            if user.is_empty() && password.is_empty() {
                return Err("basic credentials are empty".to_owned());
            }
            check_template(scheme, "username", user)?;
            check_template(scheme, "password", password)?;
            Ok(pair)
        }
    }
}

fn location_name(location: ApiKeyLocation) -> &'static str {
    match location {
        ApiKeyLocation::Header => "header",
        ApiKeyLocation::Query => "query parameter",
        ApiKeyLocation::Cookie => "cookie",
    }
}

/// The text after the prefix of a header.
fn text_after_prefix(request: &Request, header: &str, prefix: &str) -> Result<String, String> {
    let value = request.header(header).ok_or_else(|| format!("header `{header}` is missing"))?;
    if prefix.is_empty() {
        return non_empty(value, header);
    }
    let (word, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !word.eq_ignore_ascii_case(prefix) {
        return Err(format!("header `{header}` must begin with `{prefix} `"));
    }
    non_empty(rest.trim(), header)
}

fn non_empty(value: &str, header: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err(format!("header `{header}` is empty"));
    }
    Ok(value.to_owned())
}

fn cookie(request: &Request, name: &str) -> Option<String> {
    let all = request.header("cookie")?;
    all.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// The secret, if it fits the template of which requests make it, for example `Key ${api_key}`.
fn fitting_template(scheme: &AuthScheme, target: &str, value: &str) -> Result<String, String> {
    check_template(scheme, target, value)?;
    Ok(value.to_owned())
}

fn check_template(scheme: &AuthScheme, target: &str, value: &str) -> Result<(), String> {
    let fits = |template: &Template| {
        matching(template, value).is_some()
            // The user may leave a part empty, such as the password beside an API key.
            || value.is_empty() && template.names().count() == template.pieces.len()
    };
    let mut all = scheme.mapping.iter().filter(|mapping| mapping.target == target).peekable();
    if all.peek().is_none() || all.any(|mapping| fits(&mapping.value)) {
        return Ok(());
    }
    Err(format!("`{target}` does not have the required form"))
}

/// The variable parts of a value that fits the template.
fn matching(template: &Template, value: &str) -> Option<String> {
    let found = Pattern::of(template).captures(value)?;
    Some(found.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" "))
}
