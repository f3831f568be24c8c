//! Servers: the base addresses of requests, and the variables in them.

use airbyte_agent_description::{Derivation, SchemeServer, Server, ServerVariable, Template, Text};

use super::Cx;
use crate::names::{hint, squash};
use airbyte_agent_yaml::Node;

/// Words that mark a default as an example that nobody can use.
const PLACEHOLDER_WORDS: [&str; 15] = [
    "your",
    "example",
    "mycompany",
    "myshop",
    "mystore",
    "mysite",
    "mydomain",
    "myaccount",
    "myinstance",
    "myorg",
    "yourcompany",
    "placeholder",
    "changeme",
    "company",
    "subdomain",
];

pub(super) fn server(cx: &Cx<'_>) -> Server {
    let servers = cx.root.get("servers");
    let first = servers.and_then(|list| list.items().first());
    let Some(first) = first else {
        cx.report.fatal(
            servers.unwrap_or(cx.root),
            "`servers` must hold one entry with `url`, the base address of the vendor's API",
        );
        return Server { url: Template::parse("", "{", "}"), variables: Vec::new().into() };
    };
    for extra in servers.map(Node::items).unwrap_or_default().iter().skip(1) {
        cx.report.warning(extra, "only the first server is used; remove this one");
    }
    read(cx, first)
}

/// `x-agent-server` of a security scheme.
pub(super) fn of_scheme<'a>(cx: &Cx<'a>, scheme: &'a Node) -> Option<SchemeServer> {
    let node = scheme.get("x-agent-server")?;
    let server = read(cx, node);
    let when = node.get("when").map(|when| {
        let name = when.plain();
        if !server.variables.iter().any(|variable| variable.name == name) {
            let known = server.variables.iter().map(|variable| variable.name.as_ref());
            let hint = hint(&name, known);
            cx.report.error(when, format!("`{name}` is no variable of this server{hint}"));
        }
        Text::from(name)
    });
    Some(SchemeServer { when, server })
}

fn read<'a>(cx: &Cx<'a>, first: &'a Node) -> Server {
    let url = first.text("url");
    let url = url.trim_end_matches('/');
    let absolute = ["http://", "https://", "{"].iter().any(|start| url.starts_with(start));
    if !absolute {
        cx.report.fatal(
            first.get("url").unwrap_or(first),
            "the `url` of a server must start with https:// or with a variable that holds the \
             whole address",
        );
    }
    let template = Template::parse(url, "{", "}");
    let declared = first.get("variables").map(Node::members).unwrap_or_default();
    let from_token = extracted(cx);
    let mut variables: Vec<ServerVariable> = declared
        .iter()
        .map(|(name, node)| ServerVariable {
            name: name.clone().into(),
            description: node.text("description").into(),
            default: default(name, node).map(Into::into),
            choices: node.texts("enum").into_iter().map(Into::into).collect::<Vec<_>>().into(),
            example: node.text("x-agent-example").into(),
            derived_from: derivation(cx, name),
            from_token: from_token.contains(name),
        })
        .collect();
    for name in template.names() {
        if !variables.iter().any(|variable| variable.name == name) {
            cx.report.error(
                first.get("url").unwrap_or(first),
                format!("the URL uses `{{{name}}}`, which `variables` does not declare"),
            );
            variables.push(ServerVariable {
                name: name.to_owned().into(),
                description: "".into(),
                default: None,
                choices: Vec::new().into(),
                example: "".into(),
                derived_from: derivation(cx, name),
                from_token: from_token.iter().any(|extracted| extracted == name),
            });
        }
    }
    Server { url: template, variables: variables.into() }
}

/// Server variables that the token response of some scheme supplies.
fn extracted(cx: &Cx<'_>) -> Vec<String> {
    let schemes = cx.root.at(&["components", "securitySchemes"]).map(Node::members);
    schemes
        .unwrap_or_default()
        .iter()
        .flat_map(|(_, scheme)| scheme.texts("x-airbyte-token-extract"))
        .collect()
}

/// The default, unless it is only there to show the form of a value.
fn default(name: &str, node: &Node) -> Option<String> {
    if node.get("x-agent-required").and_then(Node::as_bool) == Some(true) {
        return None;
    }
    let text = node.text("default");
    (!text.is_empty() && !is_placeholder(name, &text)).then_some(text)
}

pub(crate) fn is_placeholder(name: &str, default: &str) -> bool {
    if default.contains(['{', '}', '<', '>']) {
        return true;
    }
    // A URL names a real host unless that host is itself a placeholder.
    let host = default.split("://").last().unwrap_or(default);
    let first = host.split('.').next().unwrap_or(host);
    let squashed = squash(first);
    squashed == squash(name)
        || PLACEHOLDER_WORDS.contains(&squashed.as_str())
        || squashed.starts_with("your")
        || first.split(['-', '_']).any(|word| word == "your" || word == "example")
        || squash(host).starts_with("example")
}

/// How the variable is derived from a credential field.
fn derivation(cx: &Cx<'_>, variable: &str) -> Option<Derivation> {
    let rules = cx.info_key("x-airbyte-config-normalization")?.get("rules")?;
    let rule = rules.items().iter().find(|rule| rule.text("target") == variable)?;
    let transform = rule.get("transform")?;
    let kind = match transform.as_str() {
        Some(kind) => kind.to_owned(),
        None => transform.text("type"),
    };
    if kind != "suffix" {
        cx.report.warning(
            transform,
            format!("the transform `{kind}` is not understood; only `suffix` with `delimiter` is"),
        );
        return None;
    }
    let delimiter = match transform.get("delimiter").or_else(|| rule.get("delimiter")) {
        Some(node) => node.as_str().unwrap_or("-").to_owned(),
        None => "-".to_owned(),
    };
    let source = rule.text("source");
    let Some(field) = credential(cx, &source) else {
        cx.report.warning(
            rule.get("source").unwrap_or(rule),
            format!("`{source}` is no credential field of any scheme; the value cannot be derived"),
        );
        return None;
    };
    Some(Derivation { field: field.into(), delimiter: delimiter.into() })
}

/// The credential field that a path of the replication configuration stands for.
fn credential(cx: &Cx<'_>, source: &str) -> Option<String> {
    let schemes = cx.root.at(&["components", "securitySchemes"])?.members();
    let configs = || schemes.iter().filter_map(|(_, node)| node.get("x-airbyte-auth-config"));
    let mapped = configs()
        .find_map(|config| config.get("replication_auth_key_mapping")?.get(source))
        .map(Node::plain);
    let last = squash(source.rsplit('.').next().unwrap_or(source));
    mapped.or_else(|| {
        configs()
            .flat_map(|config| config.get("properties").map(Node::members).unwrap_or_default())
            .find(|(name, _)| squash(name) == last)
            .map(|(name, _)| name.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn defaults_that_only_show_the_form_are_placeholders() {
        for (name, default, expected) in [
            ("subdomain", "{subdomain}", true),
            ("subdomain", "your-subdomain", true),
            ("subdomain", "yourcompany", true),
            ("subdomain", "example", true),
            ("shop", "my-store", true),
            ("account", "<account>", true),
            ("shop", "https://example.com", true),
            ("hostname", "sentry.io", false),
            ("api_url", "https://gitlab.com", false),
            ("data_center", "us1", false),
            ("instance_url", "https://login.salesforce.com", false),
            ("region", "https://advertising-api.amazon.com", false),
            ("dc_region", "com", false),
        ] {
            assert_eq!(is_placeholder(name, default), expected, "{default}");
        }
    }
}
