//! A JSON value as a Rust expression of a given type that is written as exactly that value.

use serde_json::{Map, Value, json};

use crate::model::Model;
use crate::types::{Member, Rust, Shape};

/// The expression, and the value that it is written as: members in the order of the Rust type,
/// numbers of its kind. `None` when the type cannot hold the value.
pub(crate) fn literal(model: &Model<'_>, rust: &Rust, value: &Value) -> Option<(String, Value)> {
    match rust {
        Rust::Boxed(inner) => literal(model, inner, value),
        Rust::String => value.as_str().map(|text| (format!("{text:?}"), value.clone())),
        Rust::Integer => value.as_i64().map(|number| (number.to_string(), json!(number))),
        Rust::Number => value.as_f64().map(|number| (format!("{number:?}"), json!(number))),
        Rust::Boolean => value.as_bool().map(|is| (is.to_string(), json!(is))),
        Rust::Value if value.is_null() => None,
        Rust::Value => Some((format!("json!({value})"), value.clone())),
        Rust::List(item) => {
            let items: Option<Vec<_>> =
                value.as_array()?.iter().map(|value| literal(model, item, value)).collect();
            let (code, values): (Vec<String>, Vec<Value>) = items?.into_iter().unzip();
            // An empty list has no type of its own.
            (!code.is_empty()).then(|| (format!("[{}]", code.join(", ")), Value::Array(values)))
        }
        Rust::Table(item) => {
            let (key, value) = value.as_object()?.iter().next()?;
            let (code, value) = literal(model, item, value)?;
            Some((format!("[({key:?}, {code})]"), json!({key: value})))
        }
        Rust::Named(name) => match &model.types.get(name)?.shape {
            Shape::Enum(variants) => {
                let (variant, _) = variants.iter().find(|(_, wire)| value == wire)?;
                Some((format!("types::{name}::{variant}"), value.clone()))
            }
            Shape::Struct { members, open } => {
                structure(model, name, members, *open, value.as_object()?)
            }
        },
    }
}

fn structure(
    model: &Model<'_>,
    name: &str,
    members: &[Member],
    open: bool,
    object: &Map<String, Value>,
) -> Option<(String, Value)> {
    let (mut required, mut setters, mut values) = (Vec::new(), String::new(), Map::new());
    for member in members {
        let Some(value) = object.get(&member.wire) else {
            if member.required {
                return None;
            }
            continue;
        };
        if member.nullable && value.is_null() && !member.required && member.rust != Rust::Value {
            setters.push_str(&format!(".clear_{}()", member.ident.trim_matches('_')));
            values.insert(member.wire.clone(), Value::Null);
            continue;
        }
        let (code, value) = literal(model, &member.rust, value)?;
        if member.required {
            required.push(code);
        } else {
            setters.push_str(&format!(".{}({code})", member.ident));
        }
        values.insert(member.wire.clone(), value);
    }
    for (key, value) in object {
        if values.contains_key(key) {
            continue;
        }
        if !open {
            return None;
        }
        setters.push_str(&format!(".param({key:?}, json!({value}))"));
        values.insert(key.clone(), value.clone());
    }
    Some((format!("types::{name}::new({}){setters}", required.join(", ")), Value::Object(values)))
}
