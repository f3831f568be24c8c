//! Values with which the arguments of prompts and the variables of resource templates can be completed.
//!
//! They come from what the policy permits, so nothing that it excludes is completed.

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};

use crate::shared::Shared;
use crate::{prompts, reference};

/// The values for an argument, those that begin with what was written first. There are none for a prompt that does not
/// exist: the public conformance suite asks for one of its own.
///
/// # Errors
///
/// When there is no such template, or a template or a prompt has no such argument.
pub(crate) async fn complete(
    shared: &Shared,
    request: &CompleteRequestParams,
) -> Result<CompletionInfo, ErrorData> {
    let name = request.argument.name.as_str();
    let (has_argument, connector) = match &request.r#ref {
        Reference::Resource(template) => (reference::has_variable(&template.uri, name), None),
        Reference::Prompt(prompt) => prompts::has_argument(shared, &prompt.name, name),
        _ => (None, None),
    };
    match has_argument {
        Some(true) => {}
        Some(false) => {
            let message = format!("there is no argument '{name}' there");
            return Err(ErrorData::invalid_params(message, None));
        }
        None if matches!(request.r#ref, Reference::Prompt(_)) => {
            return Ok(CompletionInfo::default());
        }
        None => {
            let message = "there is no such resource template";
            return Err(ErrorData::invalid_params(message, None));
        }
    }
    let known = |name: &str| {
        let arguments = request.context.as_ref()?.arguments.as_ref()?;
        arguments.get(name).cloned().filter(|value| !value.is_empty())
    };
    let connector = connector.map(str::to_owned).or_else(|| known("connector"));
    let (entity, action) = (known("entity"), known("action"));
    let values = values(shared, name, connector, (entity, action), known("argument")).await;
    Ok(fitting(values, &request.argument.value))
}

/// All values for an argument, as far as what was resolved before decides them.
async fn values(
    shared: &Shared,
    name: &str,
    connector: Option<String>,
    (entity, action): (Option<String>, Option<String>),
    argument: Option<String>,
) -> Vec<String> {
    if name == "connector" {
        let usable = shared.connectors().map(|connector| connector.name.as_ref());
        let usable = usable.filter(|name| !shared.tools.callable_accounts(name, None).is_empty());
        return usable.map(str::to_owned).collect();
    }
    let Some(connector) = connector else { return Vec::new() };
    let entity = entity.as_deref();
    match name {
        "account" => accounts(shared, &connector, entity.zip(action.as_deref())),
        "entity" => reference::members(shared, &connector, None).await,
        "action" if entity.is_some() => reference::members(shared, &connector, entity).await,
        "argument" | "value" => {
            let (Some(entity), Some(action)) = (entity, action.as_deref()) else {
                return Vec::new();
            };
            let schemas = reference::arguments(shared, (&connector, entity, action)).await;
            match (name, argument) {
                ("argument", _) => schemas.keys().cloned().collect(),
                (_, Some(argument)) => {
                    schemas.get(&argument).map(reference::choices).unwrap_or_default()
                }
                _ => Vec::new(),
            }
        }
        // Free text.
        _ => Vec::new(),
    }
}

/// The accounts of a connector with which an operation may be called, or any where none is named.
fn accounts(shared: &Shared, connector: &str, operation: Option<(&str, &str)>) -> Vec<String> {
    let operation = match operation {
        None => None,
        Some((entity, action)) => {
            let known = shared.connectors().find(|known| known.name == connector);
            let action = action.parse().ok();
            match known.zip(action).and_then(|(known, action)| known.operation(entity, action)) {
                Some(operation) => Some(operation),
                None => return Vec::new(),
            }
        }
    };
    let names = shared.tools.callable_accounts(connector, operation);
    names.into_iter().map(str::to_owned).collect()
}

/// The values that contain what was written, with their number.
fn fitting(values: Vec<String>, written: &str) -> CompletionInfo {
    let wanted = written.to_lowercase();
    let mut fitting: Vec<(bool, String)> = values
        .into_iter()
        .filter_map(|value| {
            let folded = value.to_lowercase();
            folded.contains(&wanted).then(|| (!folded.starts_with(&wanted), value))
        })
        .collect();
    fitting.sort_by_key(|(is_inside, _)| *is_inside);
    let total = u32::try_from(fitting.len()).ok();
    let more = fitting.len() > CompletionInfo::MAX_VALUES;
    let first = fitting.into_iter().take(CompletionInfo::MAX_VALUES).map(|(_, value)| value);
    CompletionInfo::with_pagination(first.collect(), total, more).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_text_comes_first_and_no_more_than_a_hundred() {
        let values = ["HIGH", "low", "highest", "not high"].map(str::to_owned);
        assert_eq!(fitting(values.to_vec(), "Hi").values, ["HIGH", "highest", "not high"]);
        let many: Vec<String> = (0..250).map(|n| format!("value-{n}")).collect();
        let found = fitting(many, "");
        assert_eq!((found.values.len(), found.total, found.has_more), (100, Some(250), Some(true)));
        assert!(fitting(Vec::new(), "x").values.is_empty());
    }
}
