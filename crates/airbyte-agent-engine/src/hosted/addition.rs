//! Finds additions in a call: what our specs have beyond the published ones, so that Airbyte's
//! platform does not know it.

use serde_json::Value;

use crate::arguments::Arguments;
use crate::description::{Operation, Schema};

/// A part of a call that the platform does not know.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Addition {
    /// The operation as a whole.
    Operation,
    /// An argument, or a member inside one, by its dotted name.
    Argument(String),
}

/// The first part of a call that the platform does not know; `None` when it knows everything.
pub(super) fn find(operation: &Operation, arguments: &Arguments) -> Option<Addition> {
    if operation.is_addition {
        return Some(Addition::Operation);
    }
    operation.parameters.iter().find_map(|parameter| {
        let value = arguments.get(parameter.name.as_ref())?;
        if parameter.is_addition {
            return Some(Addition::Argument(parameter.name.to_string()));
        }
        let inside = find_inside(&parameter.schema, value)?;
        Some(Addition::Argument(format!("{}.{inside}", parameter.name)))
    })
}

/// The dotted name of the first member of a value that is an addition.
fn find_inside(schema: &Schema, value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => schema.properties.iter().find_map(|property| {
            let member = members.get(property.name.as_ref())?;
            if property.is_addition {
                return Some(property.name.to_string());
            }
            let inside = find_inside(&property.schema, member)?;
            Some(format!("{}.{inside}", property.name))
        }),
        Value::Array(items) => {
            let schema = schema.items.first()?;
            items.iter().find_map(|item| find_inside(schema, item))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::description::build::*;

    const CREATE: Operation =
        Operation::by(Method::Post, "", "things", Action::Create, template!("/things")).parameters(
            list![
                body("name", STRING),
                body("colour", STRING).addition(),
                body(
                    "parts",
                    ARRAY.items(list![OBJECT.properties(list![
                        optional("size", INTEGER),
                        optional("weight", INTEGER).addition(),
                    ])])
                ),
            ],
        );

    #[test]
    fn what_the_platform_does_not_know_is_found_at_any_depth() {
        let argument = |name: &str| Some(Addition::Argument(name.to_owned()));
        for (arguments, expected) in [
            (json!({}), None),
            (json!({"name": "a", "parts": [{"size": 1}]}), None),
            (json!({"name": "a", "colour": "red"}), argument("colour")),
            (json!({"parts": [{"size": 1}, {"weight": 2}]}), argument("parts.weight")),
        ] {
            let arguments = arguments.as_object().cloned().unwrap_or_default();
            assert_eq!(find(&CREATE, &arguments), expected, "{arguments:?}");
        }
        let whole = CREATE.addition();
        assert_eq!(find(&whole, &Arguments::new()), Some(Addition::Operation));
    }
}
