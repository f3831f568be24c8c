//! The specification of a stored configuration, as definitions and templates show it: a JSON Schema of
//! credentials, settings and server variables.

use airbyte_agent_description::{AuthScheme, Connector, Schema, Setting};
use serde_json::{Map, Value, json};

use super::paths::last_step;

/// The specification of a connector's stored configuration.
pub(super) fn specification(description: &Connector) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    add_credentials(description, &mut properties, &mut required);
    for setting in description.hosting.settings.iter() {
        add_property(&mut properties, &setting.path, schema_of_setting(setting));
        let first = setting.path.split('.').next().unwrap_or_default();
        let filled = description.hosting.constants.iter().any(|fixed| fixed.path == setting.path);
        if setting.required && !filled && !required.iter().any(|known| known == first) {
            required.push(first.to_owned());
        }
    }
    for variable in description.server.variables.iter() {
        let stored = description.hosting.variables.iter().find(|s| s.variable == variable.name);
        let path = stored.map_or(variable.name.as_ref(), |stored| &stored.path);
        let text = json!({"type": "string", "description": variable.description});
        add_property(&mut properties, path, text);
    }
    let page = description.links.first().map(|link| link.url.as_ref());
    let mut whole = json!({
        "documentationUrl": page,
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": format!("{} Spec", description.title),
            "type": "object",
            "required": required,
            "properties": properties,
        },
        "supported_destination_sync_modes": [],
    });
    if let Some(scheme) = description.auth.iter().find(|scheme| scheme.oauth.is_some()) {
        let marker = scheme.markers.first();
        let path = marker.map(|m| m.path.split('.').map(str::to_owned).collect::<Vec<_>>());
        whole["advanced_auth"] = json!({
            "auth_flow_type": "oauth2.0",
            "predicate_key": path,
            "predicate_value": marker.map(|marker| marker.value.value()),
            "oauth_config_specification": {},
        });
    }
    whole
}

/// The help text for credentials: one text, or an object with one for each authentication scheme.
pub(super) fn tooltip(description: &Connector) -> Value {
    match description.auth.as_ref() {
        [] => Value::Null,
        [one] => one.title.clone().into(),
        many => {
            let one = |scheme: &AuthScheme| {
                let marker = scheme.markers.first().map(|marker| marker.value.value());
                let word = marker.as_ref().and_then(Value::as_str).unwrap_or(&scheme.name);
                (word.to_owned(), Value::from(scheme.title.as_ref()))
            };
            Value::Object(many.iter().map(one).collect())
        }
    }
}

fn add_credentials(
    description: &Connector,
    properties: &mut Map<String, Value>,
    required: &mut Vec<String>,
) {
    let nested = |scheme: &&AuthScheme| {
        scheme.stored.is_empty() || scheme.stored.iter().any(|s| s.path.starts_with("credentials."))
    };
    let choices: Vec<Value> =
        description.auth.iter().filter(nested).map(schema_of_scheme).collect();
    if !choices.is_empty() {
        let title = json!({"title": "Authentication", "type": "object", "oneOf": choices});
        properties.insert("credentials".to_owned(), title);
        required.push("credentials".to_owned());
    }
    for scheme in description.auth.iter().filter(|scheme| !nested(scheme)) {
        for (name, schema, is_required) in members(scheme) {
            if is_required && description.auth.len() == 1 {
                required.push(name.clone());
            }
            properties.insert(name, schema);
        }
    }
}

/// The schema of one authentication scheme, with the words that say which one it is.
fn schema_of_scheme(scheme: &AuthScheme) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for marker in scheme.markers.iter() {
        let name = last_step(&marker.path).to_owned();
        properties.insert(name.clone(), json!({"type": "string", "const": marker.value.value()}));
        required.push(name);
    }
    for (name, schema, is_required) in members(scheme) {
        if is_required {
            required.push(name.clone());
        }
        properties.insert(name, schema);
    }
    json!({
        "title": scheme.title,
        "type": "object",
        "required": required,
        "properties": properties,
    })
}

/// The fields of a scheme: the name in the stored configuration, the schema, and whether it is required.
fn members(scheme: &AuthScheme) -> impl Iterator<Item = (String, Value, bool)> + '_ {
    scheme.fields.iter().map(|field| {
        let stored = scheme.stored.iter().find(|stored| stored.field == field.name);
        let name = stored.map_or(field.name.as_ref(), |stored| last_step(&stored.path));
        let shown = json!({
            "type": "string",
            "title": field.title,
            "description": field.description,
            "airbyte_secret": field.secret,
        });
        (name.to_owned(), shown, field.required)
    })
}

fn schema_of_setting(setting: &Setting) -> Value {
    let mut schema = json_schema(&setting.schema);
    schema["title"] = setting.title.clone().into();
    schema["description"] = setting.schema.description.clone().into();
    schema
}

fn json_schema(schema: &Schema) -> Value {
    let mut out = Map::new();
    if let Some(kind) = schema.kinds.first() {
        out.insert("type".to_owned(), kind.as_str().into());
    }
    if !schema.format.is_empty() {
        out.insert("format".to_owned(), schema.format.as_ref().into());
    }
    if let Some(items) = schema.items.first() {
        out.insert("items".to_owned(), json_schema(items));
    }
    if !schema.choices.is_empty() {
        let choices = schema.choices.iter().map(airbyte_agent_description::Json::value).collect();
        out.insert("enum".to_owned(), choices);
    }
    out.into()
}

/// Sets the schema at a dotted path. The objects that contain it get schemas too.
fn add_property(properties: &mut Map<String, Value>, path: &str, schema: Value) {
    match path.split_once('.') {
        None => {
            properties.insert(path.to_owned(), schema);
        }
        Some((first, rest)) => {
            let fresh = || json!({"type": "object", "properties": {}});
            let inner = properties.entry(first).or_insert_with(fresh);
            if let Some(Value::Object(inner)) = inner.get_mut("properties") {
                add_property(inner, rest, schema);
            }
        }
    }
}
