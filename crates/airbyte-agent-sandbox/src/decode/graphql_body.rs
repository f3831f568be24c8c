//! A GraphQL request: its variables become the arguments from which they were made.

use airbyte_agent_description::{GraphQl, Json, Location, Operation, Variable, VariableValue};
use serde_json::{Map, Value};

use super::Arguments;
use super::values::{check, same_value};
use crate::graphql::{DeclaredDocument, GraphqlRequest, Known, check_variables};
use crate::pattern::Pattern;

/// Decodes a GraphQL request as a request for `operation`.
pub(super) fn decode_graphql(
    operation: &Operation,
    declared: &GraphQl,
    document: &DeclaredDocument,
    sent: &GraphqlRequest,
    arguments: &mut Arguments,
) {
    arguments.fit = document.fit(sent);
    if arguments.fit == 0 {
        arguments.problems.push("the document is not one of this operation".to_owned());
    }
    if let Some(requested) = sent.document.operation(sent.operation_name.as_deref()) {
        check_variables(requested, &sent.variables, &mut arguments.problems);
        if arguments.fit > 0 {
            let schema = operation.response.schema.as_ref().map(Json::value);
            let known = Known {
                declared: document.document(),
                records: operation.response.records.as_ref(),
                schema: schema.as_ref(),
            };
            known.check(&sent.document, requested, &mut arguments.problems);
        }
    }
    add_members(&declared.variables, &sent.variables, "", arguments);
    let of_graphql = operation.parameters.iter().filter(|p| p.location == Location::GraphQl);
    for parameter in of_graphql {
        let value = arguments.values.get(parameter.name.as_ref());
        if let Some(value) = value.filter(|value| !value.is_null()) {
            let at = format!("variable `{}`", parameter.name);
            check(&parameter.schema, value, &at, &mut arguments.problems);
        }
    }
}

/// Adds the arguments of which the members of an object were made. `path` leads to the object and
/// ends with a dot; it is empty for the variables themselves.
fn add_members(
    declared: &[Variable],
    sent: &Map<String, Value>,
    path: &str,
    arguments: &mut Arguments,
) {
    for variable in declared {
        if let Some(value) = sent.get(variable.name.as_ref()) {
            add_value(&variable.value, value, &format!("{path}{}", variable.name), arguments);
        }
    }
    if !path.is_empty() {
        for name in sent.keys().filter(|name| !declared.iter().any(|v| v.name == ***name)) {
            arguments.problems.push(format!("variable `{path}{name}` is not declared"));
        }
    }
}

fn add_value(declared: &VariableValue, value: &Value, path: &str, arguments: &mut Arguments) {
    match (declared, value) {
        (VariableValue::Parameter(name), value) => {
            arguments.values.insert(name.to_string(), value.clone());
        }
        (VariableValue::Text(template), Value::String(text)) => {
            if let Some(found) = Pattern::of(template).captures(text) {
                for (name, text) in found {
                    arguments.values.insert(name, text.into());
                }
            } else {
                let problem = format!("variable `{path}`: `{text}` does not fit its template");
                arguments.problems.push(problem);
            }
        }
        (VariableValue::Constant(expected), value) if !same_value(&expected.value(), value) => {
            let expected = &expected.0;
            arguments.problems.push(format!("variable `{path}` must be {expected}, not {value}"));
        }
        (VariableValue::Object(inner), Value::Object(map)) => {
            add_members(inner, map, &format!("{path}."), arguments);
        }
        (VariableValue::Array(inner), Value::Array(items)) => {
            for (declared, item) in inner.iter().zip(items) {
                add_value(declared, item, path, arguments);
            }
        }
        (VariableValue::Constant(_), _) | (_, Value::Null) => {}
        (_, value) => {
            arguments.problems.push(format!("variable `{path}` must not be {value}"));
        }
    }
}
