//! The credential fields that a user fills in for a scheme, and the secrets computed from them.

use airbyte_agent_description::{AuthKind, CredentialField, Header, Mapping, Template};

use super::Cx;
use crate::names::{hint, squash};
use airbyte_agent_yaml::Node;

pub(super) struct Parts {
    pub(super) fields: Vec<CredentialField>,
    pub(super) mapping: Vec<Mapping>,
    pub(super) headers: Vec<Header>,
}

/// The secrets that a kind of scheme uses in requests.
fn targets(kind: &AuthKind) -> &'static [&'static str] {
    match kind {
        AuthKind::Bearer => &["token"],
        AuthKind::Basic => &["username", "password"],
        AuthKind::ApiKey { .. } => &["api_key"],
        AuthKind::OAuth2 { .. } => {
            &["access_token", "refresh_token", "client_id", "client_secret", "credentials_json"]
        }
    }
}

pub(super) fn parts<'a>(cx: &Cx<'a>, scheme: &'a Node, kind: &AuthKind) -> Parts {
    let Some(config) = scheme.get("x-airbyte-auth-config") else { return assumed(kind) };
    let properties = config.get("properties").map(Node::members).unwrap_or_default();
    let required = config.get("required").map(|_| config.texts("required"));
    for name in required.iter().flatten() {
        if !properties.iter().any(|(known, _)| known == name) {
            let known = properties.iter().map(|(known, _)| known.as_str());
            cx.report.error(
                config.get("required").unwrap_or(config),
                format!("`{name}` is required but is no property{}", hint(name, known)),
            );
        }
    }
    let fields: Vec<CredentialField> = properties
        .iter()
        .map(|(name, node)| CredentialField {
            name: name.clone().into(),
            title: match node.text("title") {
                title if title.is_empty() => title_of(name).into(),
                title => title.into(),
            },
            description: node.text("description").into(),
            obtain: node.text("x-agent-obtain").into(),
            required: required.as_ref().is_none_or(|required| required.contains(name)),
            secret: match node.get("airbyte_secret").and_then(Node::as_bool) {
                Some(secret) => secret,
                None => looks_secret(name),
            },
            aliases: node
                .texts("x-agent-aliases")
                .into_iter()
                .map(Into::into)
                .collect::<Vec<_>>()
                .into(),
        })
        .collect();
    let mapping = mapping(cx, config, &fields, kind);
    let headers = headers(cx, config, &fields, &mapping);
    unused(cx, config, scheme, &mapping, &headers);
    Parts { fields, mapping, headers }
}

/// The fields of a scheme without `x-airbyte-auth-config`.
fn assumed(kind: &AuthKind) -> Parts {
    let oauth = matches!(kind, AuthKind::OAuth2 { .. });
    let names = targets(kind).iter().filter(|name| **name != "credentials_json");
    let fields = names.clone().map(|name| CredentialField {
        name: (*name).into(),
        title: title_of(name).into(),
        description: "".into(),
        obtain: "".into(),
        required: !oauth,
        secret: looks_secret(name),
        aliases: Vec::new().into(),
    });
    let mapping = names.map(|name| Mapping { target: (*name).into(), value: identity(name) });
    Parts { fields: fields.collect(), mapping: mapping.collect(), headers: Vec::new() }
}

fn identity(name: &str) -> Template {
    Template::parse(&format!("${{{name}}}"), "${", "}")
}

fn mapping<'a>(
    cx: &Cx<'a>,
    config: &'a Node,
    fields: &[CredentialField],
    kind: &AuthKind,
) -> Vec<Mapping> {
    let targets = targets(kind);
    let Some(declared) = config.get("auth_mapping").filter(|node| node.is_map()) else {
        cx.report.error(
            config,
            "`auth_mapping` is missing; it says which property is which secret, for example \
             `token: ${token}`",
        );
        let named = |target: &&&str| fields.iter().any(|field| field.name == ***target);
        let same = targets.iter().filter(named);
        return same
            .map(|name| Mapping { target: (*name).into(), value: identity(name) })
            .collect();
    };
    let mut mapping = Vec::new();
    for (target, node) in declared.members() {
        if !targets.contains(&target.as_str()) {
            cx.report.error(
                node,
                format!(
                    "`{target}` is no secret of this kind of scheme; expected {}",
                    targets.join(", ")
                ),
            );
            continue;
        }
        let value = Template::parse(node.as_str().unwrap_or(&node.plain()), "${", "}");
        for name in value.names() {
            if !fields.iter().any(|field| field.name == name) {
                let known = fields.iter().map(|field| field.name.as_ref());
                cx.report.fatal(
                    node,
                    format!("`${{{name}}}` names no property of this scheme{}", hint(name, known)),
                );
            }
        }
        mapping.push(Mapping { target: target.clone().into(), value });
    }
    mapping
}

fn headers<'a>(
    cx: &Cx<'a>,
    config: &'a Node,
    fields: &[CredentialField],
    mapping: &[Mapping],
) -> Vec<Header> {
    let declared = config.get("additional_headers").map(Node::members).unwrap_or_default();
    declared
        .iter()
        .map(|(name, node)| {
            let value = Template::parse(&node.plain(), "{{", "}}");
            for used in value.names() {
                let mapped = mapping.iter().any(|mapping| mapping.target == used);
                if !mapped && !fields.iter().any(|field| field.name == used) {
                    let known = fields
                        .iter()
                        .map(|field| field.name.as_ref())
                        .chain(mapping.iter().map(|mapping| mapping.target.as_ref()));
                    cx.report.error(
                        node,
                        format!(
                            "`{used}` is neither a secret nor a property and would be empty{}",
                            hint(used, known)
                        ),
                    );
                }
            }
            Header { name: name.clone().into(), value }
        })
        .collect()
}

/// Reports properties that no request uses.
fn unused<'a>(
    cx: &Cx<'a>,
    config: &'a Node,
    scheme: &'a Node,
    mapping: &[Mapping],
    headers: &[Header],
) {
    let requested = scheme.get("x-agent-token-fields").map(Node::members).unwrap_or_default();
    let requested: Vec<Template> =
        requested.iter().map(|(_, value)| Template::parse(&value.plain(), "${", "}")).collect();
    for (name, node) in config.get("properties").map(Node::members).unwrap_or_default() {
        let values = mapping.iter().map(|mapping| &mapping.value);
        let mut values = values.chain(headers.iter().map(|h| &h.value)).chain(&requested);
        if !values.any(|value| value.names().any(|used| used == name)) {
            cx.report.error(
                node,
                format!("`{name}` is requested from the user but never sent; name it in `auth_mapping` as `${{{name}}}`, in `additional_headers` as `{{{{ {name} }}}}`, or remove it"),
            );
        }
    }
}

fn title_of(name: &str) -> String {
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// Whether the name of a field suggests that its value must never be shown.
pub(crate) fn looks_secret(name: &str) -> bool {
    let name = squash(name);
    ["token", "secret", "password", "apikey", "accesskey", "credentials", "privatekey", "botkey"]
        .iter()
        .any(|word| name.contains(word))
        || (name.ends_with("key") && !name.starts_with("public"))
}
