//! Connectors as they are shown. Nothing here shows a credential.

use serde_json::{Map, Value, json};

use super::settings::constant;
use crate::platform::state::Installed;
use crate::platform::{Platform, templates};

/// What stands in place of a credential.
pub(super) const MASK: &str = "**********";

/// A connector as lists show it.
pub(crate) fn summary(platform: &Platform, connector: &Installed) -> Value {
    json!({
        "id": connector.id,
        "name": connector.name,
        "summarized_source_template": templates::summary(platform, &connector.template),
        "created_at": connector.created_at,
        "updated_at": connector.updated_at,
    })
}

/// A connector by itself.
pub(super) fn detailed(platform: &Platform, connector: &Installed) -> Value {
    json!({
        "id": connector.id,
        "name": connector.name,
        "source_template": templates::detailed(platform, &connector.template),
        "replication_config": stored(platform, connector, |_| MASK.into()),
        "entities": connector.entities,
        "created_at": connector.created_at,
        "updated_at": connector.updated_at,
    })
}

/// The configuration as the platform stores it; `secret` says what stands at the place of each
/// credential.
pub(crate) fn stored(
    platform: &Platform,
    connector: &Installed,
    secret: impl Fn(&str) -> Value,
) -> Value {
    let mut config = Value::Object(Map::new());
    let Some(kind) = platform.kind(&connector.slug) else { return config };
    let now = platform.clock.seconds();
    for fixed in kind.hosting.constants.iter() {
        put(&mut config, &fixed.path, constant(&fixed.value.value(), now));
    }
    for setting in kind.hosting.settings.iter() {
        if let Some(value) = connector.settings.get(setting.name.as_ref()) {
            put(&mut config, &setting.path, value.clone());
        }
    }
    for (name, value) in &connector.variables {
        let text = value.as_str().unwrap_or_default();
        match kind.hosting.variables.iter().find(|stored| stored.variable == *name) {
            Some(stored) => {
                put(&mut config, &stored.path, stored.format.replace("{value}", text).into());
            }
            None => put(&mut config, name, value.clone()),
        }
    }
    let name = connector.account.scheme.as_deref();
    let Some(scheme) = kind.auth.iter().find(|s| name.is_none_or(|name| s.name == name)) else {
        return config;
    };
    for marker in scheme.markers.iter() {
        put(&mut config, &marker.path, marker.value.value());
    }
    let given = connector.account.fields.as_ref();
    let has = |field: &str| given.is_none_or(|given| given.contains_key(field));
    for field in scheme.fields.iter().filter(|field| has(&field.name)) {
        let stored = scheme.stored.iter().find(|stored| stored.field == field.name);
        let own = format!("credentials.{}", field.name);
        let path = stored.map_or(own.as_str(), |stored| &stored.path);
        put(&mut config, path, secret(path));
    }
    config
}

/// Sets the value at a dotted place.
fn put(config: &mut Value, path: &str, value: Value) {
    let mut at = config;
    for step in path.split('.') {
        if !at.is_object() {
            *at = Map::new().into();
        }
        let Value::Object(map) = at else { return };
        at = map.entry(step.to_owned()).or_insert(Value::Null);
    }
    *at = value;
}
