//! Connectors as responses show them. Credentials are never part of them.

use serde_json::{Map, Value, json};

use super::credentials::MASK;
use super::settings::constant;
use crate::platform::paths::set_value;
use crate::platform::state::ConnectorInstance;
use crate::platform::{Platform, templates};

/// A connector, as lists of connectors show it.
pub(crate) fn summary(platform: &Platform, connector: &ConnectorInstance) -> Value {
    json!({
        "id": connector.id,
        "name": connector.name,
        "summarized_source_template": templates::summary(platform, &connector.template),
        "created_at": connector.created_at,
        "updated_at": connector.updated_at,
    })
}

/// A connector, as the endpoint for one connector shows it.
pub(super) fn detailed(platform: &Platform, connector: &ConnectorInstance) -> Value {
    json!({
        "id": connector.id,
        "name": connector.name,
        "source_template": templates::detailed(platform, &connector.template),
        "replication_config": stored_configuration(platform, connector, |_| MASK.into()),
        "entities": connector.entities,
        "created_at": connector.created_at,
        "updated_at": connector.updated_at,
    })
}

/// The configuration as the platform stores it. `secret` gives the value at the path of a credential.
pub(crate) fn stored_configuration(
    platform: &Platform,
    connector: &ConnectorInstance,
    secret: impl Fn(&str) -> Value,
) -> Value {
    let mut config = Map::new();
    let Some(description) = platform.description(&connector.slug) else { return config.into() };
    let now = platform.clock.seconds();
    for fixed in description.hosting.constants.iter() {
        set_value(&mut config, &fixed.path, constant(&fixed.value.value(), now));
    }
    for setting in description.hosting.settings.iter() {
        if let Some(value) = connector.settings.get(setting.name.as_ref()) {
            set_value(&mut config, &setting.path, value.clone());
        }
    }
    for (name, value) in &connector.variables {
        let text = value.as_str().unwrap_or_default();
        match description.hosting.variables.iter().find(|stored| stored.variable == *name) {
            Some(stored) => {
                set_value(&mut config, &stored.path, stored.format.replace("{value}", text).into());
            }
            None => set_value(&mut config, name, value.clone()),
        }
    }
    let name = connector.account.scheme.as_deref();
    let Some(scheme) = description.auth.iter().find(|s| name.is_none_or(|name| s.name == name))
    else {
        return config.into();
    };
    for marker in scheme.markers.iter() {
        set_value(&mut config, &marker.path, marker.value.value());
    }
    let given = connector.account.fields.as_ref();
    let has = |field: &str| given.is_none_or(|given| given.contains_key(field));
    for field in scheme.fields.iter().filter(|field| has(&field.name)) {
        let stored = scheme.stored.iter().find(|stored| stored.field == field.name);
        let own = format!("credentials.{}", field.name);
        let path = stored.map_or(own.as_str(), |stored| &stored.path);
        set_value(&mut config, path, secret(path));
    }
    config.into()
}
