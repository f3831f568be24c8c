//! The fields of records, as JSON Schema tells them.

use serde_json::{Map, Value};

use super::page::Page;

/// How deep objects inside are told.
const DEPTH: usize = 2;

/// The members that a schema declares, through `null` beside it.
pub(crate) fn members(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object).or_else(|| {
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema.get(key))?;
        choices.as_array()?.iter().find_map(members)
    })
}

/// A term for every field, with those inside it.
pub(super) fn tell(page: &mut Page, schema: &Value, indent: usize, depth: usize) {
    for (name, property) in members(schema).into_iter().flatten() {
        let name = if depth == 0 { name.clone() } else { format!(".{name}") };
        page.term(&name, &format!(" ({})", kind(property)), indent);
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
        match members(inner) {
            Some(_) if depth + 1 < DEPTH => tell(page, inner, indent + 4, depth + 1),
            Some(deeper) => {
                let names: Vec<&str> = deeper.keys().map(String::as_str).collect();
                page.indented(&format!("With {}.", names.join(", ")), indent + 4);
            }
            None => {}
        }
    }
}

/// The type in words.
fn kind(schema: &Value) -> String {
    let of_items = |kind: &str| match schema.get("items") {
        Some(items) if kind == "array" => format!("array of {}", self::kind(items)),
        _ => kind.to_owned(),
    };
    match schema.get("type") {
        Some(Value::String(kind)) => match schema.get("format").and_then(Value::as_str) {
            Some(format) => format!("{}, {format}", of_items(kind)),
            None => of_items(kind),
        },
        Some(Value::Array(kinds)) => {
            let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(of_items).collect();
            kinds.join(" or ")
        }
        _ if members(schema).is_some() => "object".to_owned(),
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_told_with_what_is_inside() {
        let schema = json!({"properties": {
            "id": {"type": "integer", "description": "Number."},
            "at": {"type": ["string", "null"]},
            "state": {"type": "string", "enum": ["a", "b"]},
            "user": {"anyOf": [{"type": "null"}, {"properties": {
                "login": {"type": "string"}, "plan": {"properties": {"x": {}, "y": {}}},
            }}]},
            "tags": {"type": "array", "items": {"type": "string"}},
        }});
        let mut page = Page::new(60, false);
        tell(&mut page, &schema, 4, 0);
        let expected = "    id (integer)\n        Number.\n    at (string or null)\n    \
                        state (string)\n        One of a, b.\n    user (object)\n        \
                        .login (string)\n        .plan (object)\n            With x, y.\n    \
                        tags (array of string)\n";
        assert_eq!(page.finish(), expected);
    }
}
