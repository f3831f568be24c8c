//! An operation on one line: `list(owner, repo, states?)`.

use super::super::account::Group;
use super::super::schema;
use super::operations::{is_supplied, shown};
use crate::description::{Kind, Operation, Parameter};

/// The names of the parameters, optional ones with a question mark, at most `optional` of those.
pub(super) fn names(group: &Group<'_>, operation: &Operation, optional: usize) -> String {
    let parameters = shown(operation);
    let is_required =
        |parameter: &&&Parameter| parameter.required && !is_supplied(group, parameter);
    let required: Vec<&str> =
        parameters.iter().filter(is_required).map(|p| p.name.as_ref()).collect();
    let rest: Vec<String> = parameters
        .iter()
        .filter(|parameter| !is_required(parameter))
        .map(|parameter| format!("{}?", parameter.name))
        .collect();
    let mut all: Vec<String> = required.into_iter().map(str::to_owned).collect();
    let more = rest.len() > optional;
    all.extend(rest.into_iter().take(optional));
    if more {
        all.push("…".to_owned());
    }
    all.join(", ")
}

/// What a parameter may be, in a few words: `integer`, `array of OPEN|CLOSED`.
pub(super) fn kind(parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let choices = |schema: &crate::description::Schema| -> Option<String> {
        let all: Vec<String> = schema
            .choices
            .iter()
            .map(|choice| {
                let value = choice.value();
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect();
        (!all.is_empty()).then(|| all.join("|"))
    };
    if schema::kind(schema) == Kind::Array
        && let Some(items) = schema.items.first()
    {
        let inner = choices(items).unwrap_or_else(|| schema::kind(items).as_str().to_owned());
        return format!("array of {inner}");
    }
    let kinds: Vec<&str> = schema.kinds.iter().map(|kind| kind.as_str()).collect();
    let plain = if kinds.is_empty() { "any".to_owned() } else { kinds.join(" or ") };
    choices(schema).unwrap_or(plain)
}
