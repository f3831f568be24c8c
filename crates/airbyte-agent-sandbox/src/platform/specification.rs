//! The specification of a stored configuration, as definitions and templates show it: a JSON
//! Schema made of credentials, settings and server variables.

use airbyte_agent_description::{AuthScheme, Connector, Schema, Setting};
use serde_json::{Map, Value, json};

/// The connector's specification.
pub(super) fn of(kind: &Connector) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    credentials(kind, &mut properties, &mut required);
    for setting in kind.hosting.settings.iter() {
        put(&mut properties, &setting.path, of_setting(setting));
        let first = setting.path.split('.').next().unwrap_or_default();
        let filled = kind.hosting.constants.iter().any(|fixed| fixed.path == setting.path);
        if setting.required && !filled && !required.iter().any(|known| known == first) {
            required.push(first.to_owned());
        }
    }
    for variable in kind.server.variables.iter() {
        let stored = kind.hosting.variables.iter().find(|s| s.variable == variable.name);
        let path = stored.map_or(variable.name.as_ref(), |stored| &stored.path);
        let text = json!({"type": "string", "description": variable.description});
        put(&mut properties, path, text);
    }
    let page = kind.links.first().map(|link| link.url.as_ref());
    let mut whole = json!({
        "documentationUrl": page,
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": format!("{} Spec", kind.title),
            "type": "object",
            "required": required,
            "properties": properties,
        },
        "supported_destination_sync_modes": [],
    });
    if let Some(scheme) = kind.auth.iter().find(|scheme| scheme.oauth.is_some()) {
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

/// What to say beside the credentials: one text, or one for each word that tells a scheme.
pub(super) fn tooltip(kind: &Connector) -> Value {
    match kind.auth.as_ref() {
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

fn credentials(kind: &Connector, properties: &mut Map<String, Value>, required: &mut Vec<String>) {
    let nested = |scheme: &&AuthScheme| {
        scheme.stored.is_empty() || scheme.stored.iter().any(|s| s.path.starts_with("credentials."))
    };
    let choices: Vec<Value> = kind.auth.iter().filter(nested).map(choice).collect();
    if !choices.is_empty() {
        let title = json!({"title": "Authentication", "type": "object", "oneOf": choices});
        properties.insert("credentials".to_owned(), title);
        required.push("credentials".to_owned());
    }
    for scheme in kind.auth.iter().filter(|scheme| !nested(scheme)) {
        for (name, schema, is_required) in members(scheme) {
            if is_required && kind.auth.len() == 1 {
                required.push(name.clone());
            }
            properties.insert(name, schema);
        }
    }
}

/// One way to authenticate, with the word that tells it.
fn choice(scheme: &AuthScheme) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for marker in scheme.markers.iter() {
        let name = leaf(&marker.path).to_owned();
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

/// Name in the stored configuration, schema, and whether it is required, for each field.
fn members(scheme: &AuthScheme) -> impl Iterator<Item = (String, Value, bool)> + '_ {
    scheme.fields.iter().map(|field| {
        let stored = scheme.stored.iter().find(|stored| stored.field == field.name);
        let name = stored.map_or(field.name.as_ref(), |stored| leaf(&stored.path));
        let shown = json!({
            "type": "string",
            "title": field.title,
            "description": field.description,
            "airbyte_secret": field.secret,
        });
        (name.to_owned(), shown, field.required)
    })
}

fn of_setting(setting: &Setting) -> Value {
    let mut schema = of_schema(&setting.schema);
    schema["title"] = setting.title.clone().into();
    schema["description"] = setting.schema.description.clone().into();
    schema
}

fn of_schema(schema: &Schema) -> Value {
    let mut out = Map::new();
    if let Some(kind) = schema.kinds.first() {
        out.insert("type".to_owned(), kind.as_str().into());
    }
    if !schema.format.is_empty() {
        out.insert("format".to_owned(), schema.format.as_ref().into());
    }
    if let Some(items) = schema.items.first() {
        out.insert("items".to_owned(), of_schema(items));
    }
    if !schema.choices.is_empty() {
        let choices = schema.choices.iter().map(airbyte_agent_description::Json::value).collect();
        out.insert("enum".to_owned(), choices);
    }
    out.into()
}

/// Sets the schema at a dotted place, with objects on the way.
fn put(properties: &mut Map<String, Value>, path: &str, schema: Value) {
    match path.split_once('.') {
        None => {
            properties.insert(path.to_owned(), schema);
        }
        Some((first, rest)) => {
            let fresh = || json!({"type": "object", "properties": {}});
            let inner = properties.entry(first).or_insert_with(fresh);
            if let Some(Value::Object(inner)) = inner.get_mut("properties") {
                put(inner, rest, schema);
            }
        }
    }
}

fn leaf(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
