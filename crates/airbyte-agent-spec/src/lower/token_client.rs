//! What renewal and sign-in have in common: how a client speaks to a token endpoint, and its scopes.

use airbyte_agent_description::{RefreshFormat, RefreshStyle};

use super::Cx;
use airbyte_agent_yaml::Node;

/// How the client authenticates at a token endpoint and writes the body, as these settings say.
pub(super) fn client<'a>(cx: &Cx<'a>, settings: Option<&'a Node>) -> (RefreshStyle, RefreshFormat) {
    let style = [RefreshStyle::Body, RefreshStyle::Basic, RefreshStyle::None]
        [choice(cx, settings, "auth_style", &["body", "basic", "none"], 0)];
    let format = [RefreshFormat::Form, RefreshFormat::Json]
        [choice(cx, settings, "body_format", &["form", "json"], 0)];
    (style, format)
}

/// The position of the word that a setting holds, among those that are allowed.
pub(super) fn choice<'a>(
    cx: &Cx<'a>,
    settings: Option<&'a Node>,
    key: &str,
    allowed: &[&str],
    default: usize,
) -> usize {
    let Some(value) = settings.and_then(|settings| settings.get(key)) else { return default };
    let text = value.plain();
    allowed.iter().position(|word| *word == text).unwrap_or_else(|| {
        let message = format!("`{text}` is no `{key}`; expected one of {}", allowed.join(", "));
        cx.report.fatal(value, message);
        default
    })
}

/// The names of the scopes that a flow has.
pub(super) fn scope_names(flow: &Node) -> Vec<String> {
    match flow.get("scopes") {
        Some(scopes) if scopes.is_map() => {
            scopes.members().iter().map(|(name, _)| name.clone()).collect()
        }
        Some(scopes) => scopes.items().iter().map(Node::plain).collect(),
        None => Vec::new(),
    }
}
