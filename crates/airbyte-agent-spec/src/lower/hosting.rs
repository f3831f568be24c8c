//! How the hosted platform stores a connector: the keys `x-airbyte-replication-*`.

use airbyte_agent_description::{Constant, Hosting, Json, Setting, StoredField, StoredVariable};

use super::Cx;
use airbyte_agent_yaml::Node;

pub(super) fn hosting<'a>(cx: &Cx<'a>) -> Hosting {
    let config = cx.info_key("x-airbyte-replication-config");
    let required = config.map(|config| config.texts("required")).unwrap_or_default();
    let paths = config.and_then(|config| config.get("replication_config_key_mapping"));
    let properties = config.and_then(|config| config.get("properties")).map(Node::members);
    let setting = |(name, node): &'a (String, Node)| Setting {
        name: name.clone().into(),
        title: node.text("title").into(),
        path: match paths.map(|paths| paths.text(name)) {
            Some(path) if !path.is_empty() => path.into(),
            _ => name.clone().into(),
        },
        required: required.contains(name),
        schema: cx.argument(node),
    };
    let constants = config.and_then(|config| config.get("replication_config_constants"));
    Hosting {
        settings: properties.unwrap_or_default().iter().map(setting).collect::<Vec<_>>().into(),
        constants: constants.map(self::constants).unwrap_or_default().into(),
        variables: variables(cx).into(),
    }
}

/// `replication_auth_key_mapping`
pub(super) fn stored(config: &Node) -> Vec<StoredField> {
    let mapping = config.get("replication_auth_key_mapping").map(Node::members);
    mapping
        .unwrap_or_default()
        .iter()
        .map(|(path, field)| StoredField { path: path.clone().into(), field: field.plain().into() })
        .collect()
}

/// `replication_auth_key_constants`
pub(super) fn markers(config: &Node) -> Vec<Constant> {
    config.get("replication_auth_key_constants").map(constants).unwrap_or_default()
}

fn constants(node: &Node) -> Vec<Constant> {
    let constant = |(path, value): &(String, Node)| Constant {
        path: path.clone().into(),
        value: Json::new(&value.to_json()),
    };
    node.members().iter().map(constant).collect()
}

/// `x-airbyte-replication-environment-mapping` of the server: a place, and a variable or how its
/// value is written there.
fn variables(cx: &Cx<'_>) -> Vec<StoredVariable> {
    let server = cx.root.get("servers").and_then(|servers| servers.items().first());
    let mapping = server.and_then(|server| server.get("x-airbyte-replication-environment-mapping"));
    let variable = |(path, node): &(String, Node)| {
        let (variable, format) = match node.as_str() {
            Some(variable) => (variable.to_owned(), String::new()),
            None => (node.text("source"), node.text("format")),
        };
        StoredVariable {
            path: path.clone().into(),
            variable: variable.into(),
            format: if format.is_empty() { "{value}".into() } else { format.into() },
        }
    };
    mapping.map(Node::members).unwrap_or_default().iter().map(variable).collect()
}
