//! GraphQL payloads: the document with its field selection, and the variables.

use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::description::{GraphQl, Piece, Variable, VariableValue};
use crate::error::{Error, Result};

/// Name of the argument that selects fields.
const SELECTOR: &str = "fields";

/// `{query, variables, operationName}`.
pub(super) fn payload(graphql: &GraphQl, arguments: &Arguments) -> Result<Value> {
    let mut payload = Map::new();
    payload.insert("query".to_owned(), Value::String(document(graphql, arguments)?));
    let mut variables = Map::new();
    for Variable { name, value } in graphql.variables.iter() {
        let resolved = resolve(value, arguments);
        // A null goes out only where the spec says that it means something and the caller said it.
        let asked = graphql.nullable.contains(name) && is_explicit_null(value, arguments);
        match resolved {
            Some(Value::Null) | None if !asked => {}
            resolved => {
                variables.insert(name.to_string(), resolved.unwrap_or(Value::Null));
            }
        }
    }
    if !variables.is_empty() {
        payload.insert("variables".to_owned(), Value::Object(variables));
    }
    if let Some(name) = &graphql.operation_name {
        payload.insert("operationName".to_owned(), json!(name));
    }
    Ok(Value::Object(payload))
}

fn document(graphql: &GraphQl, arguments: &Arguments) -> Result<String> {
    let chosen = match arguments.get(SELECTOR) {
        Some(Value::Array(entries)) if !entries.is_empty() => {
            let entries: Result<Vec<String>> = entries.iter().map(selection).collect();
            Some(entries?.join(" "))
        }
        _ => None,
    };
    graphql
        .document(chosen.as_deref())
        .ok_or_else(|| Error::validation(format!("'{SELECTOR}' must name at least one field")))
}

/// One entry of the selection: `title`, `author.login`, or GraphQL text that closes all it opens.
fn selection(entry: &Value) -> Result<String> {
    let text = entry.as_str().unwrap_or_default().trim();
    let is_name = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if text.split('.').all(is_name) {
        let parts: Vec<&str> = text.split('.').collect();
        return Ok(format!("{}{}", parts.join(" { "), " }".repeat(parts.len() - 1)));
    }
    if is_balanced(text) {
        return Ok(text.to_owned());
    }
    Err(Error::validation(format!(
        "'{SELECTOR}' must hold field names such as 'title' or 'author.login', got '{text}'"
    )))
}

/// Whether a text is a selection that cannot reach outside of its place in the document.
fn is_balanced(text: &str) -> bool {
    let mut open = Vec::new();
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                chars.next();
            }
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '(' | '[' => open.push(c),
            '}' | ')' | ']' => {
                let matching = match c {
                    '}' => '{',
                    ')' => '(',
                    _ => '[',
                };
                if open.pop() != Some(matching) {
                    return false;
                }
            }
            '#' => return false,
            _ => {}
        }
    }
    open.is_empty()
        && !quoted
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '.')
}

/// The value of a variable; `None` when a piece of it is missing.
fn resolve(value: &VariableValue, arguments: &Arguments) -> Option<Value> {
    match value {
        VariableValue::Parameter(name) => arguments.get(name.as_ref()).cloned(),
        VariableValue::Constant(json) => Some(json.value()),
        VariableValue::Text(template) => {
            let mut out = String::new();
            for piece in template.pieces.iter() {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Name(name) => match arguments.get(name.as_ref()).cloned()? {
                        Value::Null => return None,
                        Value::String(text) => out.push_str(&text),
                        other => out.push_str(&other.to_string()),
                    },
                }
            }
            Some(Value::String(out))
        }
        VariableValue::Object(members) => {
            let mut out = Map::new();
            for member in members.iter() {
                let value = resolve(&member.value, arguments).unwrap_or(Value::Null);
                out.insert(member.name.to_string(), value);
            }
            Some(Value::Object(out))
        }
        VariableValue::Array(items) => {
            let resolve = |item| resolve(item, arguments).unwrap_or(Value::Null);
            Some(Value::Array(items.iter().map(resolve).collect()))
        }
    }
}

fn is_explicit_null(value: &VariableValue, arguments: &Arguments) -> bool {
    match value {
        VariableValue::Parameter(name) => arguments.get(name.as_ref()).is_some_and(Value::is_null),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_are_written_as_graphql_and_cannot_escape() {
        for (entry, expected) in [
            ("title", Some("title")),
            ("author.login", Some("author { login }")),
            ("a.b.c", Some("a { b { c } }")),
            ("labels(first: 5) { nodes { name } }", Some("labels(first: 5) { nodes { name } }")),
            ("... on Bot { login }", Some("... on Bot { login }")),
            ("id } } mutation { x", None),
            ("id # }", None),
            ("", None),
            ("1a", None),
        ] {
            assert_eq!(selection(&json!(entry)).ok().as_deref(), expected, "{entry}");
        }
    }
}
