//! The ways to authenticate, with the fields that a user fills in.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::texts::{SHORT, cut, snake, words};
use crate::decision::{AuthKind, AuthScheme, Decided};

/// `components.securitySchemes`.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The schemes by their names, the preferred one first.
    pub(super) schemes: Map<String, Value>,
    /// The names, in small letters, of headers and parameters that credentials set.
    pub(super) names: HashSet<String>,
    /// What of the document was not taken over.
    pub(super) notes: Vec<String>,
}

/// The schemes that were decided. `described` gives what the vendor says about the scheme of a name.
pub(super) fn schemes(decided: &[Decided<AuthScheme>], described: &dyn Fn(&str) -> String) -> Made {
    let mut made = Made::default();
    for scheme in decided.iter().map(|decided| &decided.value) {
        match &scheme.kind {
            AuthKind::Header { name, .. }
            | AuthKind::Query { name }
            | AuthKind::Cookie { name } => {
                made.names.insert(name.to_lowercase());
            }
            AuthKind::Bearer | AuthKind::Basic | AuthKind::OAuth2 { .. } => {
                made.names.insert("authorization".to_owned());
            }
            AuthKind::Other { .. } => {}
        }
        let text = cut(&described(&scheme.name), SHORT);
        match node(scheme, &text) {
            Some(node) => {
                let base: String = scheme.name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '_' }).collect();
                let mut name = base.clone();
                let mut number = 2;
                while made.schemes.contains_key(&name) || name.is_empty() {
                    name = format!("{base}_{number}");
                    number += 1;
                }
                made.schemes.insert(name, node);
            }
            None => made.notes.push(format!(
                "The scheme `{}` cannot be used: only keys, tokens, passwords and OAuth 2 are supported.",
                scheme.name
            )),
        }
    }
    if made.schemes.is_empty() {
        // Its name says to everybody who is asked for credentials that nobody has said so.
        made.schemes.insert(ASSUMED.to_owned(), assumed());
        made.notes.push(format!(
            "The document names no way to authenticate that can be used, so that a bearer token is assumed, as the scheme \
             `{ASSUMED}`; correct `components.securitySchemes` in the overlay."
        ));
    }
    made
}

/// The name of the scheme for documents that name none.
const ASSUMED: &str = "assumed_bearer";

fn assumed() -> Value {
    token(
        json!({"type": "http", "scheme": "bearer"}),
        "Bearer token, which is assumed",
        "The vendor's document names no way to authenticate: a token in the header `Authorization` is only assumed. \
         Where the API is open to everybody any text will do.",
    )
}

fn node(scheme: &AuthScheme, text: &str) -> Option<Value> {
    let or = |otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    Some(match &scheme.kind {
        AuthKind::Bearer => token(
            json!({"type": "http", "scheme": "bearer"}),
            "Bearer token",
            &or("The token that is sent in the header `Authorization`."),
        ),
        AuthKind::Header { name, prefix }
            if name.eq_ignore_ascii_case("authorization")
                && prefix.trim().eq_ignore_ascii_case("bearer") =>
        {
            token(
                json!({"type": "http", "scheme": "bearer"}),
                "Bearer token",
                &or("The token that is sent in the header `Authorization`."),
            )
        }
        AuthKind::Header { name, prefix } => key(
            json!({"type": "apiKey", "in": "header", "name": name}),
            &scheme.name,
            prefix,
            &or(&format!("The key that is sent in the header `{name}`.")),
        ),
        AuthKind::Query { name } => key(
            json!({"type": "apiKey", "in": "query", "name": name}),
            &scheme.name,
            "",
            &or(&format!("The key that is sent in the query as `{name}`.")),
        ),
        AuthKind::Cookie { name } => key(
            json!({"type": "apiKey", "in": "cookie", "name": name}),
            &scheme.name,
            "",
            &or(&format!("The value of the cookie `{name}`.")),
        ),
        AuthKind::Basic => with(
            json!({"type": "http", "scheme": "basic"}),
            json!({
                "title": "User name and password",
                "type": "object",
                "required": ["username"],
                "properties": {
                    "username": {"type": "string", "title": "User name", "description": or("The user name, or the key where the vendor wants one in its place.")},
                    "password": {"type": "string", "title": "Password", "description": "The password; empty where the vendor wants a key as the user name.", "airbyte_secret": true},
                },
                "auth_mapping": {"username": "${username}", "password": "${password}"},
            }),
        ),
        AuthKind::OAuth2 {
            authorization_url,
            token_url,
            refresh_url,
            client_credentials,
            scopes,
        } => {
            let addresses = Addresses {
                authorization: authorization_url.as_deref().and_then(address),
                token: token_url.as_deref().and_then(address),
                refresh: refresh_url.as_deref().or(token_url.as_deref()).and_then(address),
            };
            oauth(&addresses, *client_credentials, scopes, &or("Access by OAuth 2."))
        }
        AuthKind::Other { .. } => return None,
    })
}

struct Addresses {
    authorization: Option<String>,
    token: Option<String>,
    refresh: Option<String>,
}

/// An address of a document, if it is a whole one.
fn address(url: &str) -> Option<String> {
    let url = url.trim();
    (url.starts_with("https://") || url.starts_with("http://")).then(|| url.to_owned())
}

fn with(mut scheme: Value, config: Value) -> Value {
    if let Value::Object(members) = &mut scheme {
        members.insert("x-airbyte-auth-config".to_owned(), config);
    }
    scheme
}

fn token(scheme: Value, title: &str, text: &str) -> Value {
    with(
        scheme,
        json!({
            "title": title,
            "type": "object",
            "properties": {"token": {"type": "string", "title": "Token", "description": text, "airbyte_secret": true}},
            "auth_mapping": {"token": "${token}"},
        }),
    )
}

fn key(scheme: Value, name: &str, prefix: &str, text: &str) -> Value {
    let field = match snake(name) {
        name if name.contains("token") || name.contains("key") || name.contains("secret") => name,
        _ => "api_key".to_owned(),
    };
    let title = words(&field);
    let mut letters = title.chars();
    let title = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default();
    let mut properties = Map::new();
    properties.insert(
        field.clone(),
        json!({"type": "string", "title": title, "description": text, "airbyte_secret": true}),
    );
    with(
        scheme,
        json!({
            "title": "API key",
            "type": "object",
            "properties": properties,
            "auth_mapping": {"api_key": format!("{prefix}${{{field}}}")},
        }),
    )
}

fn oauth(addresses: &Addresses, client_credentials: bool, scopes: &[String], text: &str) -> Value {
    let mut flow = Map::new();
    let urls = [
        ("authorizationUrl", if client_credentials { &None } else { &addresses.authorization }),
        ("tokenUrl", &addresses.token),
        ("refreshUrl", &addresses.refresh),
    ];
    for (key, url) in urls {
        if let Some(url) = url {
            flow.insert(key.to_owned(), url.clone().into());
        }
    }
    let scopes: Map<String, Value> =
        scopes.iter().map(|scope| (scope.clone(), scope.clone().into())).collect();
    flow.insert("scopes".to_owned(), Value::Object(scopes));
    let name = if client_credentials { "clientCredentials" } else { "authorizationCode" };
    let scheme = json!({"type": "oauth2", "flows": {name: flow}});
    let field = |title: &str, text: &str, is_secret: bool| {
        let mut field = json!({"type": "string", "title": title, "description": text});
        if is_secret && let Value::Object(field) = &mut field {
            field.insert("airbyte_secret".to_owned(), Value::Bool(true));
        }
        field
    };
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    properties.insert(
        "access_token".to_owned(),
        field("Access token", "A token that the vendor takes until it expires.", true),
    );
    if !client_credentials {
        properties.insert(
            "refresh_token".to_owned(),
            field("Refresh token", "The token by which access tokens are renewed.", true),
        );
    }
    properties.insert(
        "client_id".to_owned(),
        field("Client id", "The id of the app at the vendor.", false),
    );
    properties.insert(
        "client_secret".to_owned(),
        field("Client secret", "The secret of the app at the vendor.", true),
    );
    if client_credentials && addresses.refresh.is_some() {
        required = vec!["client_id", "client_secret"];
    }
    let mapping: Map<String, Value> =
        properties.keys().map(|name| (name.clone(), format!("${{{name}}}").into())).collect();
    with(
        scheme,
        json!({
            "title": "OAuth 2.0",
            "description": text,
            "type": "object",
            "required": required,
            "properties": properties,
            "auth_mapping": mapping,
        }),
    )
}
