//! Removes secrets from records: no model needs them, and it passes on what it reads.

use serde_json::Value;

use super::fields::members;
use super::notes::Notes;
use airbyte_agent_description::is_secret_name;

/// Removes the members whose names or schemas say that they hold a secret, at any depth. `path` is where
/// the value stands in its record.
pub(super) fn remove(value: &mut Value, schema: Option<&Value>, path: &str, notes: &mut Notes) {
    match value {
        Value::Array(items) => {
            let schema = schema.and_then(|schema| schema.get("items"));
            for item in items {
                remove(item, schema, path, notes);
            }
        }
        Value::Object(inside) => {
            let properties = schema.and_then(members);
            let join = |name: &str| {
                if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
            };
            let property = |name: &str| properties.and_then(|properties| properties.get(name));
            inside.retain(|name, value| {
                let is_secret = is_secret(name, value, property(name));
                if is_secret {
                    notes.add_secret(&join(name));
                }
                !is_secret
            });
            for (name, value) in inside.iter_mut().filter(|(_, v)| v.is_object() || v.is_array()) {
                remove(value, property(name), &join(name), notes);
            }
        }
        _ => {}
    }
}

fn is_secret(name: &str, value: &Value, property: Option<&Value>) -> bool {
    let is_marked = |property: &Value| {
        property.get("writeOnly") == Some(&Value::Bool(true))
            || property.get("format").and_then(Value::as_str) == Some("password")
    };
    match value {
        Value::String(text) => {
            !text.is_empty() && (is_secret_name(name) || property.is_some_and(is_marked))
        }
        Value::Null | Value::Bool(_) => false,
        _ => property.is_some_and(is_marked),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_go_by_name_and_by_schema_and_are_named() {
        let schema = json!({"properties": {"pin": {"format": "password"}, "list": {"items": {
            "properties": {"code": {"writeOnly": true}},
        }}}});
        let mut record = json!({
            "id": 1, "client_secret": "x", "has_password": true, "pin": "1", "password": "",
            "app": {"apiKey": "k", "name": "n"}, "list": [{"code": "c", "id": 2}],
        });
        let mut notes = Notes::default();
        remove(&mut record, Some(&schema), "", &mut notes);
        let left = json!({
            "id": 1, "has_password": true, "password": "", "app": {"name": "n"}, "list": [{"id": 2}],
        });
        assert_eq!(record, left);
        let said = notes.sentences("fields", None).join(" ");
        assert_eq!(said, "Secrets are not shown: client_secret, pin, app.apiKey, list.code.");
    }
}
