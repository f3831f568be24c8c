//! Sign-in by a user: the endpoints of the authorization-code flow, and `x-agent-authorization`.

use airbyte_agent_description::{Mapping, OAuthEndpoints, Template};

use super::Cx;
use super::token_client::{client, scope_names};
use crate::names::hint;
use airbyte_agent_yaml::Node;

/// The endpoints of a flow of `scheme`.
pub(super) fn endpoints<'a>(cx: &Cx<'a>, scheme: &'a Node, flow: &'a Node) -> OAuthEndpoints {
    let url = |key: &str| Template::parse(&flow.text(key), "{{", "}}");
    let settings = scheme.get("x-agent-authorization");
    let known = scope_names(flow);
    let requested = settings.map(|settings| settings.texts("scopes")).unwrap_or_default();
    for scope in &requested {
        if !known.contains(scope) {
            cx.report.error(
                settings.unwrap_or(scheme),
                format!(
                    "the scope `{scope}` is requested but is not one of the scopes of the flow{}",
                    hint(scope, known.iter().map(String::as_str))
                ),
            );
        }
    }
    let scopes = if requested.is_empty() { known } else { requested };
    // Without settings of its own the exchange of codes follows the settings of token renewal.
    let says_client = settings.is_some_and(|settings| {
        ["auth_style", "body_format"].iter().any(|key| settings.get(key).is_some())
    });
    let (style, format) =
        client(cx, if says_client { settings } else { scheme.get("x-airbyte-token-refresh") });
    let parameters = settings.and_then(|settings| settings.get("parameters"));
    let parameter = |(name, value): &(String, Node)| Mapping {
        target: name.clone().into(),
        value: Template::parse(&value.plain(), "{{", "}}"),
    };
    let separator = settings.and_then(|settings| settings.get("scope_separator"));
    OAuthEndpoints {
        authorization_url: url("authorizationUrl"),
        token_url: url("tokenUrl"),
        scopes: scopes.into_iter().map(Into::into).collect::<Vec<_>>().into(),
        separator: separator.map_or_else(|| " ".to_owned(), Node::plain).into(),
        parameters: parameters
            .map(Node::members)
            .unwrap_or_default()
            .iter()
            .map(parameter)
            .collect::<Vec<_>>()
            .into(),
        style,
        format,
    }
}
