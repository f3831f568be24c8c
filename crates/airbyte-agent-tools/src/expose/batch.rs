//! The tool `batch`, which makes several calls of other tools together.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::controls;
use super::super::decision::{BatchedDecision, Decision};
use super::super::definition::{ToolDefinition, ToolHints};
use super::super::effect::Effect;
use super::super::error::{Retry, ToolError, ToolErrorKind};
use super::super::json_text;
use super::super::schema;
use super::super::toolset::{Exposure, Toolset};
use super::entity_action::take_text;

/// The most calls of a batch.
pub(super) const MOST_CALLS: usize = 20;

/// The longest name of a result, in characters.
const LONGEST_NAME: usize = 40;

/// No call of the tool changes data.
const HINTS: ToolHints =
    ToolHints { read_only: true, destructive: false, idempotent: true, open_world: true };

/// The definition of the tool.
pub(super) fn definition(tools: &Toolset, name: String) -> ToolDefinition {
    let form = match tools.current_exposure() {
        Exposure::PerOperation => "tool, and its arguments",
        Exposure::PerConnector => "connector, and the arguments of its tool",
        Exposure::SearchExecute => "the arguments of execute",
    };
    let members = [
        ("as".to_owned(), schema::plain("string", "Name of its result."), false),
        ("tool".to_owned(), schema::plain("string", ""), false),
    ];
    let calls = json!({
        "type": "array",
        "items": schema::object(members, true),
        "description": format!("Each with {form}; or tool and arguments, for any other tool."),
    });
    ToolDefinition {
        name,
        title: "Make several reads together".to_owned(),
        description: format!(
            "Makes up to {MOST_CALLS} independent reads at once, in one answer: results has the result or error \
             of each by name. They share the length of one result, so ask for few fields and records."
        ),
        input_schema: Value::Object(schema::object([("calls".to_owned(), calls, true)], false)),
        output_schema: None,
        hints: HINTS,
    }
}

/// Takes the calls of a batch out of its arguments. `decide` decides what one of them leads to: a call of the
/// tool of this name, or of an operation where there is no name.
pub(super) fn decide<'t>(
    mut arguments: Map<String, Value>,
    decide: impl Fn(&str, Map<String, Value>) -> Result<Decision<'t>, ToolError>,
) -> Result<Decision<'t>, ToolError> {
    let calls = calls(arguments.remove("calls").unwrap_or_default())?;
    if let Some(name) = arguments.keys().next() {
        let problem = format!("'{name}' is no argument of a batch: put it into one of its calls");
        return Err(ToolError::argument(name, problem));
    }
    let mut names = BTreeSet::new();
    let mut all = Vec::with_capacity(calls.len());
    for (position, call) in calls.into_iter().enumerate() {
        let mut members = object(call, position)?;
        let name = name(&mut members, position)?;
        if !names.insert(name.clone()) {
            let problem = format!("two calls have the name '{name}'; give each 'as' of its own");
            return Err(ToolError::argument("as", problem));
        }
        let tool = take_text(&mut members, "tool")?;
        let given = match members.remove("arguments") {
            Some(inner) if !tool.is_empty() => object(inner, position)?,
            Some(inner) => {
                members.insert("arguments".to_owned(), inner);
                members
            }
            None => members,
        };
        let decision = decide(&tool, given.clone()).and_then(only_read);
        all.push(BatchedDecision { name, tool, given: Value::Object(given), decision });
    }
    Ok(Decision::Batch(all))
}

/// The calls: a list, or that list as JSON text.
fn calls(given: Value) -> Result<Vec<Value>, ToolError> {
    let wrong = |problem: String| Err(ToolError::argument("calls", problem));
    let calls = match given {
        Value::Array(calls) => calls,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Array(calls)) => {
                json_text::check("calls", &text)?;
                calls
            }
            _ => return wrong("'calls' must be a list of calls".to_owned()),
        },
        Value::Null => return wrong("'calls' is missing: the list of the calls".to_owned()),
        _ => return wrong("'calls' must be a list of calls".to_owned()),
    };
    match calls.len() {
        0 => wrong("'calls' is empty: it must have at least one call".to_owned()),
        1..=MOST_CALLS => Ok(calls),
        many => wrong(format!(
            "'calls' has {many} calls, and a batch at most {MOST_CALLS}; nothing was sent"
        )),
    }
}

/// A call as an object. Models also write objects as text.
fn object(call: Value, position: usize) -> Result<Map<String, Value>, ToolError> {
    let problem = || format!("call {} of the batch must be an object", position + 1);
    match call {
        Value::Object(members) => Ok(members),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(members)) => json_text::check("calls", &text).map(|()| members),
            _ => Err(ToolError::argument("calls", problem())),
        },
        _ => Err(ToolError::argument("calls", problem())),
    }
}

/// The name of the result of a call: the one that it gives, or else its number.
fn name(call: &mut Map<String, Value>, position: usize) -> Result<String, ToolError> {
    let name = match call.remove("as") {
        Some(value) => controls::text("as", &value)?,
        None => String::new(),
    };
    if name.is_empty() {
        return Ok((position + 1).to_string());
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.chars().count() > LONGEST_NAME || !name.chars().all(is_plain) {
        let problem = format!(
            "'as' of call {} must be up to {LONGEST_NAME} letters, digits, '_', '-' and '.'",
            position + 1
        );
        return Err(ToolError::argument("as", problem));
    }
    Ok(name)
}

/// Refuses what is no part of a batch: changes, calls that a person has to approve, and files.
fn only_read(decision: Decision<'_>) -> Result<Decision<'_>, ToolError> {
    let Decision::Call(call) = &decision else { return Ok(decision) };
    if call.controls.dry_run {
        return Ok(decision);
    }
    let operation = call.permitted.operation();
    let place = operation.place();
    let (kind, why) = if Effect::of(operation).is_change() {
        (ToolErrorKind::NotPermitted, format!("{place} changes data, and a batch only reads"))
    } else if call.permitted.needs_approval() {
        let why = format!("the user is asked before {place}, and nobody is asked in a batch");
        (ToolErrorKind::NotApproved, why)
    } else if operation.download.is_some() {
        (ToolErrorKind::NotPermitted, format!("{place} gives a file, and a batch gives records"))
    } else {
        return Ok(decision);
    };
    Err(ToolError::new(kind, format!("{why}: it was not sent"), Retry::Changed)
        .with_advice("Make this call by itself, outside of the batch."))
}
