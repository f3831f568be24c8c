//! The part of a manual page that explains the fields of records, from their JSON Schema.

use serde_json::Value;

use super::page::Page;
use crate::schema_text::{json_schema_type_text, schema_members};

/// Depth to which nested objects are explained.
const DEPTH: usize = 2;

/// Adds a term for every field of a record, with the fields of nested objects.
pub(super) fn add_fields(page: &mut Page, schema: &Value) {
    add_nested_fields(page, schema, 4, 0);
}

fn add_nested_fields(page: &mut Page, schema: &Value, indent: usize, depth: usize) {
    for (name, property) in schema_members(schema).into_iter().flatten() {
        let name = if depth == 0 { name.clone() } else { format!(".{name}") };
        page.term(&name, &format!(" ({})", json_schema_type_text(property)), indent);
        let text = |key: &str| property.get(key).and_then(Value::as_str).unwrap_or_default();
        page.indented(text("description"), indent + 4);
        let choices: Vec<String> = property
            .get("enum")
            .and_then(Value::as_array)
            .map(|choices| choices.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        if !choices.is_empty() {
            page.indented(&format!("One of {}.", choices.join(", ")), indent + 4);
        }
        let inner = property.get("items").unwrap_or(property);
        match schema_members(inner) {
            Some(_) if depth + 1 < DEPTH => add_nested_fields(page, inner, indent + 4, depth + 1),
            Some(deeper) => {
                let names: Vec<&str> = deeper.keys().map(String::as_str).collect();
                page.indented(&format!("With {}.", names.join(", ")), indent + 4);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::PageStyle;
    use super::*;

    #[test]
    fn fields_are_explained_with_nested_fields() {
        let schema = json!({"properties": {
            "id": {"type": "integer", "description": "Number."},
            "at": {"type": ["string", "null"]},
            "state": {"type": "string", "enum": ["a", "b"]},
            "user": {"anyOf": [{"type": "null"}, {"properties": {
                "login": {"type": "string"}, "plan": {"properties": {"x": {}, "y": {}}},
            }}]},
            "tags": {"type": "array", "items": {"type": "string"}},
        }});
        let mut page = Page::new(PageStyle { width: 60, colours: false });
        add_fields(&mut page, &schema);
        let expected = "    id (integer)\n        Number.\n    at (string or null)\n    \
                        state (string)\n        One of a, b.\n    user (object)\n        \
                        .login (string)\n        .plan (object)\n            With x, y.\n    \
                        tags (array of string)\n";
        assert_eq!(page.finish(), expected);
    }
}
