//! Security schemes.

use airbyte_agent_description::{
    ApiKeyLocation, AuthKind, AuthScheme, CredentialField, Mapping, Refresh, RefreshGrant, Scope,
    Template,
};

use super::token_client::{choice, client, scope_names};
use super::{Cx, authorization, credentials, hosting, server};
use airbyte_agent_yaml::Node;

/// The OAuth flows in the order of preference.
const FLOWS: [&str; 4] = ["authorizationCode", "clientCredentials", "password", "implicit"];

/// All usable schemes; a bearer token when the spec names none.
pub(super) fn schemes(cx: &Cx<'_>) -> Vec<AuthScheme> {
    let declared = cx.root.at(&["components", "securitySchemes"]).map(Node::members);
    let declared = declared.unwrap_or_default();
    if declared.is_empty() {
        return vec![bearer_token()];
    }
    let mut schemes = Vec::new();
    for (name, node) in declared {
        let mark = cx.report.mark();
        let scheme = scheme(cx, name, node);
        if !cx.report.failed_since(mark) {
            schemes.extend(scheme);
        } else if declared.len() > 1 {
            cx.report.forgive_since(mark);
            cx.report.warning(node, format!("the scheme `{name}` cannot be used and is left out"));
        }
    }
    if schemes.is_empty() && !cx.report.failed_since(0) {
        cx.report.fatal(
            cx.root.get("components").unwrap_or(cx.root),
            "no security scheme is usable; correct at least one",
        );
    }
    schemes
}

/// The scheme that is assumed for a spec without security schemes.
fn bearer_token() -> AuthScheme {
    AuthScheme {
        name: "bearer".into(),
        title: "Bearer token".into(),
        description: "".into(),
        kind: AuthKind::Bearer,
        fields: vec![CredentialField {
            name: "token".into(),
            title: "Token".into(),
            description: "".into(),
            obtain: "".into(),
            required: true,
            secret: true,
            aliases: Vec::new().into(),
        }]
        .into(),
        mapping: vec![Mapping {
            target: "token".into(),
            value: Template::parse("${token}", "${", "}"),
        }]
        .into(),
        headers: Vec::new().into(),
        refresh: None,
        oauth: None,
        scopes: Vec::new().into(),
        stored: Vec::new().into(),
        markers: Vec::new().into(),
        server: None,
    }
}

fn scheme<'a>(cx: &Cx<'a>, name: &str, node: &'a Node) -> Option<AuthScheme> {
    let (kind, title) = kind(cx, node)?;
    let flow = FLOWS.iter().find_map(|flow| node.at(&["flows", flow]));
    let (refresh, oauth) = match kind {
        AuthKind::OAuth2 { .. } => {
            (refresh(cx, node, flow), flow.map(|flow| authorization::endpoints(cx, node, flow)))
        }
        _ => (None, None),
    };
    let parts = credentials::parts(cx, node, &kind);
    let config = node.get("x-airbyte-auth-config");
    let text = |key: &str| config.map(|config| config.text(key)).filter(|text| !text.is_empty());
    Some(AuthScheme {
        name: name.to_owned().into(),
        title: text("title").unwrap_or_else(|| title.to_owned()).into(),
        description: text("description").unwrap_or_else(|| node.text("description")).into(),
        kind,
        fields: parts.fields.into(),
        mapping: parts.mapping.into(),
        headers: parts.headers.into(),
        refresh,
        oauth,
        scopes: scopes(node).into(),
        stored: config.map(hosting::stored).unwrap_or_default().into(),
        markers: config.map(hosting::markers).unwrap_or_default().into(),
        server: server::of_scheme(cx, node),
    })
}

fn kind<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<(AuthKind, &'static str)> {
    let at = |key: &str| node.get(key).unwrap_or(node);
    match node.text("type").as_str() {
        "http" => match node.text("scheme").to_lowercase().as_str() {
            "bearer" => Some((AuthKind::Bearer, "Bearer token")),
            "basic" => Some((AuthKind::Basic, "User name and password")),
            other => {
                let message = format!(
                    "HTTP authentication `{other}` is not supported; expected `bearer` or `basic`"
                );
                cx.report.fatal(at("scheme"), message);
                None
            }
        },
        "apiKey" => {
            let location = match node.text("in").as_str() {
                "header" => ApiKeyLocation::Header,
                "query" => ApiKeyLocation::Query,
                "cookie" => ApiKeyLocation::Cookie,
                other => {
                    let message = format!(
                        "an API key cannot go into `{other}`; expected `header`, `query` or `cookie`"
                    );
                    cx.report.fatal(at("in"), message);
                    return None;
                }
            };
            let name = node.text("name");
            if name.is_empty() {
                cx.report.fatal(node, "an API key scheme needs `name`, for example `X-Api-Key`");
                return None;
            }
            Some((AuthKind::ApiKey { location, name: name.into() }, "API key"))
        }
        "oauth2" => {
            let refresh = node.get("x-airbyte-token-refresh");
            let header = refresh.map(|r| r.text("header")).filter(|text| !text.is_empty());
            // An empty prefix is meant: the token alone goes into the header.
            let prefix = refresh.and_then(|r| r.get("prefix")).map(Node::plain);
            let kind = AuthKind::OAuth2 {
                header: header.unwrap_or_else(|| "Authorization".to_owned()).into(),
                prefix: prefix.unwrap_or_else(|| "Bearer".to_owned()).into(),
            };
            Some((kind, "OAuth 2.0"))
        }
        other => {
            let message = format!(
                "the scheme type `{other}` is not supported; expected `http`, `apiKey` or `oauth2`"
            );
            cx.report.fatal(at("type"), message);
            None
        }
    }
}

fn refresh<'a>(cx: &Cx<'a>, node: &'a Node, flow: Option<&'a Node>) -> Option<Refresh> {
    let settings = node.get("x-airbyte-token-refresh");
    let url = flow.map(|flow| flow.text("refreshUrl")).filter(|url| !url.is_empty());
    let extract = node.texts("x-airbyte-token-extract");
    let Some(url) = url else {
        if !extract.is_empty() {
            cx.report.error(
                node.get("x-airbyte-token-extract").unwrap_or(node),
                "nothing can be taken from a token response when the flow has no `refreshUrl`; add it, or remove \
                 this key",
            );
        }
        return None;
    };
    let (style, format) = client(cx, settings);
    // The flow `clientCredentials` says by its name what is exchanged.
    let by_flow = usize::from(node.at(&["flows", "clientCredentials"]).is_some()) * 2;
    let grant =
        [RefreshGrant::RefreshToken, RefreshGrant::JwtBearer, RefreshGrant::ClientCredentials]
            [choice(
                cx,
                settings,
                "grant_type",
                &["refresh_token", "jwt_bearer", "client_credentials"],
                by_flow,
            )];
    let scopes = flow.map(scope_names).unwrap_or_default();
    if grant == RefreshGrant::JwtBearer && scopes.is_empty() {
        cx.report.error(
            flow.unwrap_or(node),
            "the grant `jwt_bearer` asks for the scopes of the flow; list at least one",
        );
    }
    Some(Refresh {
        url: Template::parse(&url, "{{", "}}"),
        style,
        format,
        grant,
        scopes: scopes.into_iter().map(Into::into).collect::<Vec<_>>().into(),
        fields: token_fields(node).into(),
        extract: extract.into_iter().map(Into::into).collect::<Vec<_>>().into(),
    })
}

/// `x-agent-token-fields`
fn token_fields(node: &Node) -> Vec<Mapping> {
    let given = node.get("x-agent-token-fields").map(Node::members).unwrap_or_default();
    let field = |(name, value): &(String, Node)| Mapping {
        target: name.clone().into(),
        value: Template::parse(&value.plain(), "${", "}"),
    };
    given.iter().map(field).collect()
}

fn scopes(node: &Node) -> Vec<Scope> {
    let Some(list) = node.get("x-airbyte-oauth-scopes") else { return Vec::new() };
    list.items()
        .iter()
        .map(|item| Scope {
            name: item.text("scope").into(),
            mode: item.text("mode").into(),
            entities: item.texts("entities").into_iter().map(Into::into).collect::<Vec<_>>().into(),
            description: item.text("description").into(),
        })
        .collect()
}
