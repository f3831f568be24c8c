//! The parameters of an operation in short: their names, and their types in a few words.

use super::super::group::Group;
use super::super::schema;
use super::parameters::{is_needed, shown};
use airbyte_agent_description::{Kind, Operation, Parameter, Schema};

/// How much is told about the parameters of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// The most optional parameters that are named.
    pub(super) optional: usize,
    /// Whether the values that a parameter allows are listed where they are few.
    pub(super) choices: bool,
}

/// The names of the parameters, the optional ones with a question mark. `…` stands for further optional
/// ones.
pub(super) fn names(group: &Group<'_>, operation: &Operation, detail: Detail) -> Vec<String> {
    let mut names = Vec::new();
    let mut optional = 0;
    for parameter in shown(operation) {
        let mark = if is_needed(group, parameter) { "" } else { "?" };
        if !mark.is_empty() {
            optional += 1;
            if optional > detail.optional {
                continue;
            }
        }
        let choices = if detail.choices { few_choices(parameter) } else { String::new() };
        names.push(format!("{}{mark}{choices}", parameter.name));
    }
    if optional > detail.optional {
        names.push("…".to_owned());
    }
    names
}

/// The values that a parameter allows, as `=OPEN|CLOSED`; empty where they are many or any.
fn few_choices(parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let with_choices = if schema.choices.is_empty() { schema.items.first() } else { Some(schema) };
    let texts: Vec<String> = with_choices
        .into_iter()
        .flat_map(|schema| schema.choices.iter())
        .filter_map(|choice| choice.value().as_str().map(str::to_owned))
        .collect();
    let all = texts.join("|");
    if texts.is_empty() || texts.len() > 5 || all.len() > 48 {
        String::new()
    } else {
        format!("={all}")
    }
}

/// The type of a parameter in a few words, such as `integer` or `array of OPEN|CLOSED`.
pub(super) fn kind(parameter: &Parameter) -> String {
    kind_of(&parameter.schema)
}

/// The type of a value in a few words.
pub(super) fn kind_of(schema: &Schema) -> String {
    let choices = |schema: &Schema| -> Option<String> {
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
