//! Variables: checked by their declared types, turned back into the caller's arguments.

use airbyte_agent_description::{GraphQl, Variable, VariableValue};
use serde_json::{Map, Value};

use super::document::{Operation, Shape, Type};
use crate::pattern::Pattern;
use crate::wire::{Arguments, same};

/// What is wrong with the variables, in the words servers use.
pub(crate) fn check(asked: &Operation, sent: &Map<String, Value>, problems: &mut Vec<String>) {
    for name in &asked.used {
        if !asked.variables.iter().any(|variable| variable.name == *name) {
            problems.push(format!("Variable \"${name}\" is not defined."));
        }
    }
    for variable in &asked.variables {
        let name = &variable.name;
        if !asked.used.contains(name) {
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
    for name in sent.keys() {
        if !asked.variables.iter().any(|variable| variable.name == *name) {
            problems.push(format!("Variable \"${name}\" is sent but not declared."));
        }
    }
}

fn fits(kind: &Type, value: &Value) -> bool {
    if value.is_null() {
        return !kind.required;
    }
    match &kind.shape {
        Shape::List(inner) => match value {
            Value::Array(items) => items.iter().all(|item| fits(inner, item)),
            single => fits(inner, single),
        },
        Shape::Named(name) => match name.as_str() {
            "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "String" => value.is_string(),
            "ID" => value.is_string() || value.is_i64(),
            // Enumerations, input objects and custom scalars.
            _ => true,
        },
    }
}

/// Finds the arguments from which these variables were made.
pub(crate) fn invert(declared: &GraphQl, sent: &Map<String, Value>, arguments: &mut Arguments) {
    members(&declared.variables, sent, "", arguments);
}

fn members(declared: &[Variable], sent: &Map<String, Value>, at: &str, arguments: &mut Arguments) {
    for variable in declared {
        if let Some(value) = sent.get(variable.name.as_ref()) {
            let at = format!("{at}{}", variable.name);
            one(&variable.value, value, &at, arguments);
        }
    }
    if !at.is_empty() {
        for name in sent.keys().filter(|name| !declared.iter().any(|v| v.name == ***name)) {
            arguments.problems.push(format!("variable `{at}{name}` is not declared"));
        }
    }
}

fn one(declared: &VariableValue, value: &Value, at: &str, arguments: &mut Arguments) {
    match (declared, value) {
        (VariableValue::Parameter(name), value) => {
            arguments.values.insert(name.to_string(), value.clone());
        }
        (VariableValue::Text(template), Value::String(text)) => {
            match Pattern::of(template).captures(text) {
                Some(found) => {
                    for (name, text) in found {
                        arguments.values.insert(name, text.into());
                    }
                }
                None => {
                    arguments.problems.push(format!("variable `{at}`: `{text}` does not fit"));
                }
            }
        }
        (VariableValue::Constant(expected), value) if !same(&expected.value(), value) => {
            let expected = &expected.0;
            arguments.problems.push(format!("variable `{at}` is to be {expected}, not {value}"));
        }
        (VariableValue::Object(inner), Value::Object(map)) => {
            members(inner, map, &format!("{at}."), arguments);
        }
        (VariableValue::Array(inner), Value::Array(items)) => {
            for (declared, item) in inner.iter().zip(items) {
                one(declared, item, at, arguments);
            }
        }
        (VariableValue::Constant(_), _) | (_, Value::Null) => {}
        (_, value) => arguments.problems.push(format!("variable `{at}` must not be {value}")),
    }
}
