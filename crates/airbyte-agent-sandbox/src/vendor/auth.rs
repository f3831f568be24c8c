//! Whether a request carries a credential in the way the description asks for.

use airbyte_agent_description::{ApiKeyLocation, AuthKind, AuthScheme, Connector, Template};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::incoming::Incoming;
use crate::pattern::Pattern;

/// A credential that was accepted in form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// The secret part, as sent.
    pub(crate) text: String,
    /// Whether the scheme can renew it.
    pub(crate) renewable: bool,
}

/// The credential of a request; an error says what each scheme expects. No schemes, no credential.
pub(crate) fn credential(
    connector: &Connector,
    request: &Incoming,
) -> Result<Option<Credential>, String> {
    if connector.auth.is_empty() {
        return Ok(None);
    }
    let mut complaints = Vec::new();
    let mut accepted: Option<Credential> = None;
    for scheme in connector.auth.iter() {
        match of_scheme(scheme, request) {
            Ok(found) => {
                let renewable = accepted.is_some_and(|a| a.renewable) || found.renewable;
                accepted = Some(Credential { renewable, ..found });
            }
            Err(why) => complaints.push(format!("{}: {why}", scheme.name)),
        }
    }
    match accepted {
        Some(credential) => Ok(Some(credential)),
        None => Err(complaints.join("; ")),
    }
}

fn of_scheme(scheme: &AuthScheme, request: &Incoming) -> Result<Credential, String> {
    let text = match overriding(scheme) {
        Some((name, template)) => matching(template, request.header(name).unwrap_or_default())
            .ok_or_else(|| format!("header `{name}` is missing or malformed"))?,
        None => standard(scheme, request)?,
    };
    for header in scheme.headers.iter() {
        let Some(value) = request.header(&header.name) else {
            return Err(format!("header `{}` is missing", header.name));
        };
        let literal = header.value.names().next().is_none();
        if literal && matching(&header.value, value).is_none() {
            return Err(format!("header `{}` is not what it has to be", header.name));
        }
    }
    let renewable = scheme.refresh.is_some() || matches!(scheme.kind, AuthKind::OAuth2 { .. });
    Ok(Credential { text, renewable })
}

/// The additional header that takes the place of the scheme's own.
fn overriding(scheme: &AuthScheme) -> Option<(&str, &Template)> {
    let own = match &scheme.kind {
        AuthKind::Bearer | AuthKind::Basic => "authorization",
        AuthKind::ApiKey { location: ApiKeyLocation::Header, name } => name,
        AuthKind::ApiKey { .. } => return None,
        AuthKind::OAuth2 { header, .. } => header,
    };
    let header = scheme.headers.iter().find(|header| header.name.eq_ignore_ascii_case(own))?;
    Some((&header.name, &header.value))
}

fn standard(scheme: &AuthScheme, request: &Incoming) -> Result<String, String> {
    match &scheme.kind {
        AuthKind::Bearer => mapped(scheme, "token", &prefixed(request, "authorization", "Bearer")?),
        AuthKind::OAuth2 { header, prefix } => {
            mapped(scheme, "access_token", &prefixed(request, header, prefix)?)
        }
        AuthKind::ApiKey { location, name } => {
            let value = match location {
                ApiKeyLocation::Header => request.header(name).map(str::to_owned),
                ApiKeyLocation::Query => request.query_value(name),
                ApiKeyLocation::Cookie => cookie(request, name),
            };
            let missing = || format!("{} `{name}` is missing", place(*location));
            mapped(scheme, "api_key", &value.filter(|v| !v.is_empty()).ok_or_else(missing)?)
        }
        AuthKind::Basic => {
            let encoded = prefixed(request, "authorization", "Basic")?;
            let pair = STANDARD
                .decode(encoded)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or("basic credentials are not base64 of UTF-8 text")?;
            let (user, password) = pair.split_once(':').ok_or("basic credentials have no colon")?;
            if user.is_empty() && password.is_empty() {
                return Err("basic credentials are empty".to_owned());
            }
            mapped_part(scheme, "username", user)?;
            mapped_part(scheme, "password", password)?;
            Ok(pair)
        }
    }
}

fn place(location: ApiKeyLocation) -> &'static str {
    match location {
        ApiKeyLocation::Header => "header",
        ApiKeyLocation::Query => "query parameter",
        ApiKeyLocation::Cookie => "cookie",
    }
}

/// What stands behind the prefix of a header.
fn prefixed(request: &Incoming, header: &str, prefix: &str) -> Result<String, String> {
    let value = request.header(header).ok_or_else(|| format!("header `{header}` is missing"))?;
    if prefix.is_empty() {
        return non_empty(value, header);
    }
    let (word, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !word.eq_ignore_ascii_case(prefix) {
        return Err(format!("header `{header}` is to begin with `{prefix} `"));
    }
    non_empty(rest.trim(), header)
}

fn non_empty(value: &str, header: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err(format!("header `{header}` is empty"));
    }
    Ok(value.to_owned())
}

fn cookie(request: &Incoming, name: &str) -> Option<String> {
    let all = request.header("cookie")?;
    all.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// Holds a secret against the template that makes it, for example `Klaviyo-API-Key ${api_key}`.
fn mapped(scheme: &AuthScheme, target: &str, value: &str) -> Result<String, String> {
    mapped_part(scheme, target, value)?;
    Ok(value.to_owned())
}

fn mapped_part(scheme: &AuthScheme, target: &str, value: &str) -> Result<(), String> {
    let fits = |template: &Template| {
        matching(template, value).is_some()
            // A part that the user may leave empty, as the password beside an API key.
            || value.is_empty() && template.names().count() == template.pieces.len()
    };
    let mut all = scheme.mapping.iter().filter(|mapping| mapping.target == target).peekable();
    if all.peek().is_none() || all.any(|mapping| fits(&mapping.value)) {
        return Ok(());
    }
    Err(format!("`{target}` does not have the form it has to have"))
}

/// The variable part of a value that fits the template.
fn matching(template: &Template, value: &str) -> Option<String> {
    let found = Pattern::of(template).captures(value)?;
    Some(found.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" "))
}
