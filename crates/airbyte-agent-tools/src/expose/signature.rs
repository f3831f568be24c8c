//! An operation on one line: `list(owner, repo, states?)`.

use super::super::account::Group;
use super::super::schema;
use super::operations::{is_supplied, shown};
use airbyte_agent_description::{Kind, Operation, Parameter};

/// How much is said of the parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// Most optional parameters.
    pub(super) optional: usize,
    /// Whether the values allowed are listed where they are few.
    pub(super) choices: bool,
}

/// The names of the parameters, optional ones with a question mark; `…` stands for more of those.
pub(super) fn names(group: &Group<'_>, operation: &Operation, detail: Detail) -> Vec<String> {
    let is_required = |parameter: &Parameter| parameter.required && !is_supplied(group, parameter);
    let mut names = Vec::new();
    let mut optional = 0;
    for parameter in shown(operation) {
        let mark = if is_required(parameter) { "" } else { "?" };
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

/// `=OPEN|CLOSED`, or nothing where there are many or none.
fn few_choices(parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let own = if schema.choices.is_empty() { schema.items.first() } else { Some(schema) };
    let texts: Vec<String> = own
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

/// What a parameter may be, in a few words: `integer`, `array of OPEN|CLOSED`.
pub(super) fn kind(parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let choices = |schema: &airbyte_agent_description::Schema| -> Option<String> {
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
