//! Turns a JSON value into a Rust expression of a given type, which is serialized as exactly that value.

use serde_json::{Map, Value, json};

use crate::model::Model;
use crate::types::{Member, Rust, Shape};

/// The deepest nesting of a value that is made for a type.
pub(crate) const DEPTH: usize = 8;

/// The expression, and the JSON value as which it is serialized. Its members are in the order of
/// the Rust type and without those that the type does not have, and its numbers are of the type's
/// kind. `None` if the type cannot represent the value.
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
            // The compiler cannot infer the type of an empty list.
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

/// A value of the type with its required members; `None` if they are nested without end.
pub(crate) fn of_type(model: &Model<'_>, rust: &Rust, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match rust {
        Rust::Boxed(inner) => of_type(model, inner, depth)?,
        Rust::String | Rust::Value => json!("value"),
        Rust::Integer => json!(1),
        Rust::Number => json!(1.5),
        Rust::Boolean => json!(true),
        Rust::List(item) => json!([of_type(model, item, depth)?]),
        Rust::Table(item) => json!({"key": of_type(model, item, depth)?}),
        Rust::Named(named) => match &model.types.get(named)?.shape {
            Shape::Enum(variants) => json!(variants.first()?.1),
            Shape::Struct { members, .. } => {
                let members = members.iter().filter(|member| member.required).map(|member| {
                    let value = of_type(model, &member.rust, depth)?;
                    Some((member.wire.clone(), value))
                });
                Value::Object(members.collect::<Option<_>>()?)
            }
        },
    })
}

fn structure(
    model: &Model<'_>,
    name: &str,
    members: &[Member],
    open: bool,
    object: &Map<String, Value>,
) -> Option<(String, Value)> {
    let (mut required, mut setters, mut values) = (Vec::new(), String::new(), Map::new());
    // Required members are written first, as they are declared first in the type.
    let declared =
        |required: bool| members.iter().filter(move |member| member.required == required);
    for member in declared(true).chain(declared(false)) {
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
        // A type that contains itself is nested without end, unlike its schema.
        let made = literal(model, &member.rust, value)
            .or_else(|| literal(model, &member.rust, &of_type(model, &member.rust, DEPTH)?));
        let Some((code, value)) = made else {
            if member.required {
                return None;
            }
            continue;
        };
        if member.required {
            required.push(code);
        } else {
            setters.push_str(&format!(".{}({code})", member.ident));
        }
        values.insert(member.wire.clone(), value);
    }
    for (key, value) in object {
        if !open || members.iter().any(|member| member.wire == *key) {
            continue;
        }
        setters.push_str(&format!(".param({key:?}, json!({value}))"));
        values.insert(key.clone(), value.clone());
    }
    Some((format!("types::{name}::new({}){setters}", required.join(", ")), Value::Object(values)))
}
