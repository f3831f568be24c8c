//! Errors of a call with what a model can do about them.

use serde_json::Value;

use super::wrong_arguments;
use crate::controls::is_hidden;
use crate::decision::PermittedCall;
use crate::error::{ArgumentProblem, Retry, ToolError, ToolErrorKind};
use crate::limits::ResultLimits;
use crate::prose;
use crate::result::tokens;
use crate::schema;
use airbyte_agent_description::{Json, Operation, Parameter};
use airbyte_agent_engine::{Error, ErrorKind};

/// The most arguments that are explained in one message.
const MOST_EXPLAINED: usize = 4;

/// Why a list is cut whose vendor goes in circles.
pub(super) const REPEATED: &str = "the list is cut: the vendor gave the same cursor twice. If this happens each time, \
                                   whoever runs this program has to correct `x-agent-pagination` of the operation";

/// The error of a call, with what is known about the arguments that it names.
pub(super) fn explain(error: Error, call: &PermittedCall<'_>) -> ToolError {
    let operation = call.permitted.operation();
    let kind = error.kind();
    let wrong = wrong_arguments::told(&error, operation);
    let text = match &wrong {
        Some(wrong) => wrong.problems.clone(),
        None => format!("{} {}", error.message(), error.body().unwrap_or_default()),
    };
    // The operation exists, so it is the operator's configuration that is used wrongly.
    let is_operator = kind == ErrorKind::Usage;
    let mut error = ToolError::from(error);
    if let Some(wrong) = &wrong {
        error = error.with_message(&wrong.message);
    }
    if is_operator || error.is_operator_problem() {
        let account = call.permitted.account();
        return error.for_operator(&account.name, &account.connector().title);
    }
    if kind != ErrorKind::Validation {
        return error;
    }
    let named: Vec<&Parameter> = operation
        .parameters
        .iter()
        .filter(|parameter| mentions(&text, &parameter.name))
        .take(MOST_EXPLAINED)
        .collect();
    let mut lines = Vec::new();
    for parameter in named {
        let allowed = choices(parameter);
        let description = prose::short(&parameter.description, 200);
        if !description.is_empty() {
            lines.push(format!("{}: {description}", schema::key(&parameter.name)));
        }
        let problem = if description.is_empty() { error.message().to_owned() } else { description };
        error = error.with_argument(ArgumentProblem {
            argument: schema::key(&parameter.name),
            problem,
            allowed,
            closest: Vec::new(),
        });
    }
    if lines.is_empty() {
        lines.push(format!("It takes: {}", signature(operation)));
    }
    error.with_advice(format!("Correct the call and try again. {}", lines.join(" ")))
}

/// Whether the text names the parameter: in quotes, as the engine writes names, or as a separate word.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        let quoted = |c: Option<char>| c.is_some_and(|c| matches!(c, '\'' | '"' | '`'));
        // A word without an underscore is an everyday word, and names nothing unless it is quoted.
        let whole = !before.is_some_and(is_part) && !after.is_some_and(is_part);
        quoted(before) || whole && name.contains('_')
    })
}

/// The values that a parameter allows, or that the items of its list allow; empty for any value.
fn choices(parameter: &Parameter) -> Vec<String> {
    let schema = &parameter.schema;
    let own = if schema.choices.is_empty() { schema.items.first() } else { Some(schema) };
    let choices = own.into_iter().flat_map(|schema| schema.choices.iter()).map(Json::value);
    choices
        .map(|choice| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned))
        .collect()
}

/// The names of the parameters, the optional ones with a question mark.
fn signature(operation: &Operation) -> String {
    let (required, optional): (Vec<&Parameter>, Vec<&Parameter>) = operation
        .parameters
        .iter()
        .filter(|parameter| !is_hidden(operation, parameter))
        .partition(|parameter| parameter.required);
    let mut names: Vec<String> = required.iter().map(|p| schema::key(&p.name)).collect();
    names.extend(optional.iter().take(12).map(|p| format!("{}?", schema::key(&p.name))));
    if optional.len() > 12 {
        names.push("…".to_owned());
    }
    if names.is_empty() { "no parameters.".to_owned() } else { names.join(", ") }
}

/// The error of a result that is longer than the limits, with what to ask for instead. `what` names the
/// data.
pub(super) fn too_large(
    data: &Value,
    what: &str,
    call: &PermittedCall<'_>,
    limits: &ResultLimits,
) -> ToolError {
    let text = data.to_string();
    let mut fields: Vec<(usize, &String)> = data
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (value.to_string().len(), name))
        .collect();
    fields.sort_by(|a, b| b.cmp(a));
    let largest: Vec<String> =
        fields.iter().take(5).map(|(bytes, name)| format!("{name} ({bytes} bytes)")).collect();
    let selector = call.selector;
    let message = format!(
        "{what} of {} is {} bytes, about {} tokens; a result may have {} bytes and {} tokens",
        call.permitted.operation().place(),
        text.len(),
        tokens::estimate(&text),
        limits.max_bytes,
        limits.max_tokens,
    );
    let mut advice = format!("Call again and name the fields you need in {selector}.");
    if !largest.is_empty() {
        advice.push_str(&format!(" Largest fields: {}.", largest.join(", ")));
    }
    if let Some((_, name)) = fields.iter().find(|(_, name)| data[name.as_str()].is_string()) {
        advice.push_str(&format!(" A part of a long text: {selector} [\"{name}[0:4000]\"]."));
    }
    ToolError::new(ToolErrorKind::TooLarge, message, Retry::Changed).with_advice(advice)
}
