//! Fields of records by their dotted names: whether a schema has them, and whether they hold secrets.

use serde_json::Value;

/// What a schema says of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldPath {
    /// The schema declares it.
    Declared,
    /// The schema declares it, and marks it or an object around it as a secret.
    Secret,
    /// The schema leaves open what is there.
    Open,
    /// The schema declares other fields, and not this one.
    Missing,
}

/// What `schema`, the JSON Schema of a record with references resolved, says of the field with this
/// dotted name. Lists on the way are passed through, and names may contain dots themselves.
pub fn field_path(schema: &Value, path: &str) -> FieldPath {
    let is_secret = |schema: &Value| {
        schema.get("writeOnly") == Some(&Value::Bool(true))
            || schema.get("format").and_then(Value::as_str) == Some("password")
    };
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        return field_path(items, path);
    }
    let mut found = FieldPath::Missing;
    let mut is_open = true;
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        is_open =
            schema.get("additionalProperties").is_some_and(|more| more != &Value::Bool(false));
        if let Some(property) = properties.get(path) {
            return if is_secret(property) { FieldPath::Secret } else { FieldPath::Declared };
        }
        for (dot, _) in path.match_indices('.') {
            if let Some(property) = properties.get(&path[..dot]) {
                let below = field_path(property, &path[dot + 1..]);
                let below = match below {
                    FieldPath::Declared if is_secret(property) => FieldPath::Secret,
                    other => other,
                };
                found = better(found, below);
                is_open = false;
            }
        }
    } else if is_plain(schema) {
        return FieldPath::Missing;
    }
    for choices in ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema.get(key)) {
        for choice in choices.as_array().into_iter().flatten() {
            found = better(found, field_path(choice, path));
            is_open = false;
        }
    }
    if is_open { better(found, FieldPath::Open) } else { found }
}

/// Whether a schema is one of values without members, such as texts.
fn is_plain(schema: &Value) -> bool {
    let is_plain = |kind: &Value| !matches!(kind.as_str(), Some("object" | "array"));
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().all(is_plain),
        Some(kind) => is_plain(kind),
        None => false,
    }
}

/// The answer that says more.
fn better(one: FieldPath, other: FieldPath) -> FieldPath {
    let order = |path| match path {
        FieldPath::Secret => 0,
        FieldPath::Declared => 1,
        FieldPath::Open => 2,
        FieldPath::Missing => 3,
    };
    if order(other) < order(one) { other } else { one }
}

/// Whether a field of this name holds a secret, such as `client_secret`, `privateKey` or `password`. Names
/// of what is said about a secret, such as `password_updated_at`, are none of them.
pub fn is_secret_name(name: &str) -> bool {
    let squashed: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let ends = ["secret", "secretbase64", "password", "passwd", "passphrase"];
    let tokens = ["accesstoken", "refreshtoken", "sessiontoken", "apitoken", "authtoken"];
    let keys = ["apikey", "privatekey", "secretkey", "signingkey", "accesskey"];
    ends.iter().chain(&tokens).chain(&keys).any(|end| squashed.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_looked_up_through_lists_choices_and_names_with_dots() {
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "string"},
            "user": {"oneOf": [{"type": "null"}, {"properties": {"email": {"type": "string"}}}]},
            "labels": {"type": ["array", "null"], "items": {"properties": {"name": {}}}},
            "x.y": {"type": "object", "properties": {"z": {"type": "number"}}},
            "extra": {"type": "object"},
            "free": {"properties": {"a": {}}, "additionalProperties": true},
            "pin": {"type": "string", "format": "password"},
            "key": {"writeOnly": true, "properties": {"value": {"type": "string"}}},
        }});
        for (path, expected) in [
            ("id", FieldPath::Declared),
            ("id.x", FieldPath::Missing),
            ("user.email", FieldPath::Declared),
            ("user.phone", FieldPath::Missing),
            ("labels.name", FieldPath::Declared),
            ("labels.color", FieldPath::Missing),
            ("x.y.z", FieldPath::Declared),
            ("extra.anything", FieldPath::Open),
            ("free.b", FieldPath::Open),
            ("pin", FieldPath::Secret),
            ("key.value", FieldPath::Secret),
            ("gone", FieldPath::Missing),
        ] {
            assert_eq!(field_path(&schema, path), expected, "{path}");
        }
    }

    #[test]
    fn names_tell_secrets_from_what_is_said_about_them() {
        for (name, expected) in [
            ("client_secret", true),
            ("clientSecret", true),
            ("macSecretBase64", true),
            ("api_key", true),
            ("access_token", true),
            ("Password", true),
            ("password_enabled", false),
            ("secret_id", false),
            ("token", false),
            ("nextPageToken", false),
            ("key", false),
            ("secretary", false),
        ] {
            assert_eq!(is_secret_name(name), expected, "{name}");
        }
    }
}
