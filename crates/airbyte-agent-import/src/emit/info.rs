//! What the spec says about the connector as a whole: identity, address, entities, and where arguments of lists
//! come from.

use std::collections::BTreeMap;

use airbyte_agent_document::Rest;
use serde_json::{Map, Value, json};

use super::texts::{LONG, SHORT, cut, sentence, words};
use crate::decision::{DocumentDecision, ServerDecision};

/// A list and an argument that it needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    /// The entity of the list.
    pub(super) entity: String,
    /// The argument.
    pub(super) argument: String,
    /// The entity whose records have the value, with the member; None if no entity is known to have it.
    pub(super) parent: Option<(String, String)>,
}

/// The member `info`.
pub(super) fn info(
    document: &Rest,
    decided: &DocumentDecision,
    slug: &str,
    entities: &BTreeMap<String, String>,
    origins: &[Origin],
) -> Value {
    let title = match document.title.trim() {
        "" => slug.to_owned(),
        title => title.to_owned(),
    };
    let description = match cut(&document.description, LONG) {
        text if text.is_empty() => format!("The API of {title}."),
        text => sentence(&text),
    };
    let mut info = Map::new();
    let mut put = |key: &str, value: Value| info.insert(key.to_owned(), value);
    put("title", cut(&title, SHORT).into());
    put(
        "version",
        if document.version.is_empty() { "1".into() } else { document.version.clone().into() },
    );
    put("description", description.into());
    put("x-airbyte-connector-name", slug.into());
    put("x-airbyte-connector-definition-id", id(slug).into());
    put("x-airbyte-external-documentation-urls", links(&document.root));
    put("x-airbyte-runtime-mode", "direct_only".into());
    put(
        "x-airbyte-skip-context-store",
        "The spec was imported from the vendor's own document.".into(),
    );
    let related: Vec<Value> = origins.iter().filter_map(relationship).collect();
    if !related.is_empty() {
        put("x-airbyte-entity-relationships", Value::Array(related));
    }
    let mut scoped: Vec<&str> = origins
        .iter()
        .filter(|origin| origin.parent.is_none())
        .map(|origin| origin.argument.as_str())
        .collect();
    scoped.sort_unstable();
    scoped.dedup();
    if !scoped.is_empty() {
        let entries: Vec<Value> = scoped.into_iter().map(|name| json!({"param": name})).collect();
        put("x-airbyte-scoping", Value::Array(entries));
    }
    put("x-agent-entities", json!(entities));
    let limits = decided.rate_limits.iter().map(|limit| {
        let source = limit.evidence.first().cloned().unwrap_or_default();
        let mut node = json!({"requests": limit.value.requests, "per_seconds": limit.value.seconds, "scope": "account"});
        if let (Value::Object(node), false) = (&mut node, source.is_empty()) {
            node.insert("description".to_owned(), cut(&source, SHORT).into());
        }
        node
    });
    let limits: Vec<Value> = limits.collect();
    if !limits.is_empty() {
        put("x-agent-rate-limits", Value::Array(limits));
    }
    if let Some(code) = &decided.error_code {
        put("x-agent-error-code", code.value.clone().into());
    }
    Value::Object(info)
}

fn relationship(origin: &Origin) -> Option<Value> {
    let (target, key) = origin.parent.as_ref()?;
    Some(json!({
        "source_entity": origin.entity,
        "target_entity": target,
        "foreign_key": origin.argument,
        "target_key": key,
        "cardinality": "many_to_one",
    }))
}

/// Where the vendor documents its API.
fn links(root: &Value) -> Value {
    let places = ["/externalDocs/url", "/info/contact/url"];
    let url = places
        .iter()
        .filter_map(|place| root.pointer(place)?.as_str())
        .find(|url| url.starts_with("https://") || url.starts_with("http://"));
    match url {
        Some(url) => json!([{"url": url, "type": "api_reference"}]),
        None => json!([]),
    }
}

/// An id in the form of a UUID that is always the same for a name.
fn id(slug: &str) -> String {
    let hash = ring::digest::digest(
        &ring::digest::SHA256,
        format!("imported connector {slug}").as_bytes(),
    );
    let mut hex: Vec<char> = hash
        .as_ref()
        .iter()
        .take(16)
        .flat_map(|byte| format!("{byte:02x}").chars().collect::<Vec<_>>())
        .collect();
    // Version 8 says that the form of the rest is our own.
    for (place, letter) in [(12, '8'), (16, '8')] {
        if let Some(slot) = hex.get_mut(place) {
            *slot = letter;
        }
    }
    let part =
        |from: usize, to: usize| hex.get(from..to).unwrap_or_default().iter().collect::<String>();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Whether an address without its scheme is on this machine.
fn is_local(rest: &str) -> bool {
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    host == "localhost" || host.starts_with("127.") || host.ends_with(".localhost")
}

/// The address with the values of variables that are paths right behind the host, where only the name of a host can be
/// chosen.
fn with_paths(mut url: String, server: &ServerDecision) -> String {
    for variable in &server.variables {
        let name = format!("{{{}}}", variable.name);
        let Some(default) = variable.default.as_deref().filter(|text| text.starts_with('/')) else {
            continue;
        };
        let before = url.split(&name).next().and_then(|before| before.split_once("://"));
        if before.is_some_and(|(_, host)| !host.is_empty() && !host.contains('/')) {
            url = url.replacen(&name, default.trim_end_matches('/'), 1);
        }
    }
    url
}

/// The member `servers`, which has one entry.
pub(super) fn servers(decided: &[ServerDecision], notes: &mut Vec<String>) -> Value {
    let is_whole = |server: &&ServerDecision| {
        server.url.starts_with("https://")
            || server.url.starts_with("http://")
            || server.url.starts_with('{')
    };
    let server = decided.iter().find(is_whole);
    let Some(server) = server else {
        let path =
            decided.first().map(|server| server.url.trim_end_matches('/')).unwrap_or_default();
        let path = if path.is_empty() || path.starts_with('/') { path } else { "" };
        notes.push("The document does not say at which host the API is; pass it as the setting `base_url`.".to_owned());
        return json!([{
            "url": format!("{{base_url}}{path}"),
            "variables": {"base_url": {
                "description": "The address of the server, such as https://api.example.com, which the document does not state.",
                "x-agent-required": true,
            }},
        }]);
    };
    let mut variables = Map::new();
    // A variable for the scheme leaves no choice: credentials go over TLS.
    let server_url = match server.url.strip_prefix('{').and_then(|rest| rest.split_once("}://")) {
        Some((_, rest)) => format!("https://{rest}"),
        None => server.url.clone(),
    };
    let server_url = with_paths(server_url, server);
    for variable in &server.variables {
        if !server_url.contains(&format!("{{{}}}", variable.name)) {
            continue;
        }
        let mut node = Map::new();
        if let Some(default) = variable.default.as_deref().filter(|default| !default.is_empty()) {
            node.insert("default".to_owned(), default.into());
        }
        let text = match cut(&variable.description, SHORT) {
            text if text.is_empty() => {
                sentence(&format!("{} in the address of the server", words(&variable.name)))
            }
            text => text,
        };
        node.insert("description".to_owned(), text.into());
        if !variable.choices.is_empty() {
            node.insert("enum".to_owned(), variable.choices.clone().into());
        }
        variables.insert(variable.name.clone(), Value::Object(node));
    }
    for name in server_url
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name)
    {
        variables.entry(name).or_insert_with(|| {
            json!({"description": sentence(&format!("{} in the address of the server", words(name))), "x-agent-required": true})
        });
    }
    // Credentials go to this address, and vendors that still take them in the open take them over TLS as well.
    let url = match server_url.strip_prefix("http://") {
        Some(rest) if !is_local(rest) => {
            notes
                .push(format!("The document gives the address `{}`; `https` is used.", server.url));
            format!("https://{rest}")
        }
        _ => server_url.clone(),
    };
    let mut node = json!({"url": url});
    if let (Value::Object(node), false) = (&mut node, variables.is_empty()) {
        node.insert("variables".to_owned(), Value::Object(variables));
    }
    json!([node])
}
