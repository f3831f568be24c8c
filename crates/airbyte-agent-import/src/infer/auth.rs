//! How requests authenticate: what the document declares, or else what its texts and headers say.

use std::collections::BTreeMap;

use airbyte_agent_document::{Flow, FlowKind, Place, Rest, Scheme, SchemeKind};

use super::evidence::decided;
use super::words::{key, says};
use crate::decision::{AuthKind, AuthScheme, Decided};

/// Headers that carry a key, although no scheme is declared.
const HEADERS: [&str; 12] = [
    "authorization",
    "apikey",
    "xapikey",
    "xauthtoken",
    "xaccesstoken",
    "accesstoken",
    "xapitoken",
    "apitoken",
    "token",
    "xauth",
    "xauthorization",
    "xapisecret",
];

/// Parameters of the query that carry a key, although no scheme is declared.
const QUERIES: [&str; 8] =
    ["apikey", "apitoken", "accesstoken", "authtoken", "appkey", "appid", "token", "key"];

/// Endings of names that carry a key, whatever the vendor has put before them: `xi-api-key`, `servicekey`.
const ENDINGS: [&str; 10] = [
    "apikey",
    "accesstoken",
    "authtoken",
    "apitoken",
    "usertoken",
    "devtoken",
    "apptoken",
    "appkey",
    "userkey",
    "servicekey",
];

/// Whether a parameter of this name carries a key.
fn is_credential(name: &str, in_header: bool) -> bool {
    let key = key(name);
    let names: &[&str] = if in_header { &HEADERS } else { &QUERIES };
    names.contains(&key.as_str()) || ENDINGS.iter().any(|ending| key.ends_with(ending))
}

/// The schemes, the one that most operations accept first.
pub(crate) fn auth(rest: &Rest) -> Vec<Decided<AuthScheme>> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let all = rest.operations.iter().filter_map(|operation| operation.security.as_ref());
    for requirement in all.chain(rest.security.as_ref()).flatten() {
        for (name, _) in &requirement.schemes {
            *uses.entry(name).or_default() += 1;
        }
    }
    let mut declared: Vec<(usize, Decided<AuthScheme>)> = rest
        .schemes
        .iter()
        .map(|scheme| {
            let count = uses.get(scheme.name.as_str()).copied().unwrap_or_default();
            let confidence = if count > 0 { 0.95 } else { 0.75 };
            let evidence = format!(
                "the document declares the scheme {}, which {count} requirements name",
                scheme.name
            );
            let kind = kind(scheme);
            (count, decided(AuthScheme { name: scheme.name.clone(), kind }, confidence, evidence))
        })
        .collect();
    declared.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    if declared.is_empty() {
        undeclared(rest)
    } else {
        declared.into_iter().map(|(_, scheme)| scheme).collect()
    }
}

fn kind(scheme: &Scheme) -> AuthKind {
    match &scheme.kind {
        SchemeKind::ApiKey { name, place } => match place {
            Place::Query | Place::Path | Place::Variable => AuthKind::Query { name: name.clone() },
            Place::Cookie => AuthKind::Cookie { name: name.clone() },
            Place::Header => header(name, &scheme.description),
        },
        SchemeKind::Basic => AuthKind::Basic,
        SchemeKind::Bearer { .. } => AuthKind::Bearer,
        SchemeKind::Http { scheme } => {
            AuthKind::Header { name: "Authorization".to_owned(), prefix: format!("{scheme} ") }
        }
        SchemeKind::OAuth2 { flows } => oauth(flows),
        SchemeKind::OpenIdConnect { .. } => AuthKind::Other { name: "OpenID Connect".to_owned() },
        SchemeKind::MutualTls => AuthKind::Other { name: "mutual TLS".to_owned() },
        SchemeKind::Other(name) => AuthKind::Other { name: name.clone() },
    }
}

/// A key in a header. The words before the key are in no member of the format, and often in the text.
fn header(name: &str, text: &str) -> AuthKind {
    if name.eq_ignore_ascii_case("authorization") {
        if says(text, &["bearer"]) {
            return AuthKind::Bearer;
        }
        if says(text, &["basic "]) && !says(text, &["token"]) {
            return AuthKind::Basic;
        }
        for word in ["Token", "ApiKey", "Api-Key", "OAuth", "Key", "SSWS", "PRIVATE-TOKEN"] {
            let forms = [
                format!("`{word} "),
                format!("\"{word} "),
                format!(": {word} "),
                format!("'{word} "),
            ];
            if forms.iter().any(|form| text.contains(form.as_str())) {
                return AuthKind::Header { name: name.to_owned(), prefix: format!("{word} ") };
            }
        }
    }
    AuthKind::Header { name: name.to_owned(), prefix: String::new() }
}

fn oauth(flows: &[Flow]) -> AuthKind {
    let stated =
        |get: fn(&Flow) -> &String| flows.iter().map(get).find(|url| !url.is_empty()).cloned();
    let mut scopes: Vec<String> = Vec::new();
    for (scope, _) in flows.iter().flat_map(|flow| &flow.scopes) {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    AuthKind::OAuth2 {
        authorization_url: stated(|flow| &flow.authorization_url),
        token_url: stated(|flow| &flow.token_url),
        refresh_url: stated(|flow| &flow.refresh_url),
        client_credentials: !flows.is_empty()
            && flows.iter().all(|flow| flow.kind == FlowKind::ClientCredentials),
        scopes,
    }
}

/// Schemes of a document that declares none: parameters of most operations, or else what the description says.
fn undeclared(rest: &Rest) -> Vec<Decided<AuthScheme>> {
    let mut counts: BTreeMap<(&str, bool), (usize, &str)> = BTreeMap::new();
    for parameter in rest.operations.iter().flat_map(|operation| &operation.parameters) {
        let in_header = parameter.place == Place::Header;
        if (in_header || parameter.place == Place::Query)
            && is_credential(&parameter.name, in_header)
        {
            counts.entry((&parameter.name, in_header)).or_insert((0, &parameter.description)).0 +=
                1;
        }
    }
    let half = rest.operations.len().div_ceil(2);
    let common = counts
        .into_iter()
        .filter(|(_, (count, _))| *count >= half)
        .max_by_key(|(_, (count, _))| *count);
    if let Some(((name, in_header), (count, text))) = common {
        let kind =
            if in_header { header(name, text) } else { AuthKind::Query { name: name.to_owned() } };
        let evidence = format!("{count} operations have the parameter {name}");
        return vec![decided(AuthScheme { name: name.to_owned(), kind }, 0.8, evidence)];
    }
    let text = &rest.description;
    let scheme = |name: &str, kind, confidence, reason: &str| {
        vec![decided(AuthScheme { name: name.to_owned(), kind }, confidence, reason)]
    };
    if says(text, &["authorization: bearer", "bearer token", "bearer authentication", "bearer <"]) {
        return scheme(
            "bearer",
            AuthKind::Bearer,
            0.75,
            "the description of the API speaks of bearer tokens",
        );
    }
    if says(text, &["authorization: basic", "basic auth", "http basic"]) {
        return scheme(
            "basic",
            AuthKind::Basic,
            0.75,
            "the description of the API speaks of basic authentication",
        );
    }
    if let Some(name) = said_query(text) {
        return scheme(
            "api_key",
            AuthKind::Query { name },
            0.7,
            "the description of the API shows an address with a key",
        );
    }
    if let Some(name) = said_header(text) {
        return scheme(
            "api_key",
            AuthKind::Header { name, prefix: String::new() },
            0.7,
            "the description of the API names the header of a key",
        );
    }
    Vec::new()
}

/// The parameter that an address in a text has for a key: `?api_key=…`.
fn said_query(text: &str) -> Option<String> {
    text.split(['?', '&']).skip(1).find_map(|rest| {
        let (name, _) = rest.split_once('=')?;
        let is_name = name.len() < 30
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        (is_name && ENDINGS.iter().any(|ending| key(name).ends_with(ending)))
            .then(|| name.to_owned())
    })
}

/// The header that a text names for a key. A name of several words is a header everywhere; one without `x-` before it
/// only where the text speaks of headers.
fn said_header(text: &str) -> Option<String> {
    let speaks_of_headers = says(text, &["header"]);
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let found = words.find(|word| {
        let is_header = word.contains('-') && is_credential(word, true);
        is_header && (speaks_of_headers || word.to_ascii_lowercase().starts_with("x-"))
    });
    found.map(|word| word.trim_matches('-').to_owned())
}
