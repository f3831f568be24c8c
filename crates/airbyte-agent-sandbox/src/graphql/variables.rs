//! The variables of a GraphQL request, held against the types that its document declares.

use serde_json::{Map, Value};

use super::document::{Operation, Shape, Type};

/// Adds what is wrong with the variables of a request, in the words that GraphQL servers use.
pub(crate) fn check_variables(
    operation: &Operation,
    sent: &Map<String, Value>,
    problems: &mut Vec<String>,
) {
    let is_declared =
        |name: &String| operation.variables.iter().any(|variable| variable.name == *name);
    for name in operation.used.iter().filter(|name| !is_declared(name)) {
        problems.push(format!("Variable \"${name}\" is not defined."));
    }
    for variable in &operation.variables {
        let name = &variable.name;
        if !operation.used.contains(name) {
            problems.push(format!("Variable \"${name}\" is never used."));
        }
        match sent.get(name) {
            None if variable.kind.required && !variable.has_default => problems.push(format!(
                "Variable \"${name}\" of required type \"{}\" was not provided.",
                variable.kind.text
            )),
            None => {}
            Some(value) if fits(&variable.kind, value) => {}
            Some(value) => problems.push(format!(
                "Variable \"${name}\" got invalid value {value}; expected type \"{}\".",
                variable.kind.text
            )),
        }
    }
    for name in sent.keys().filter(|name| !is_declared(name)) {
        problems.push(format!("Variable \"${name}\" is sent but not declared."));
    }
}

fn fits(kind: &Type, value: &Value) -> bool {
    if value.is_null() {
        return !kind.required;
    }
    match &kind.shape {
        // A single value stands for a list of one.
        Shape::List(item) => match value {
            Value::Array(items) => items.iter().all(|value| fits(item, value)),
            single => fits(item, single),
        },
        Shape::Named(name) => match name.as_str() {
            "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "String" => value.is_string(),
            "ID" => value.is_string() || value.is_i64(),
            // Enumerations, input objects and scalars of the vendor are not known.
            _ => true,
        },
    }
}
