//! Which parameters of an operation a model is told about.

use super::super::controls::is_hidden;
use super::super::group::Group;
use super::super::policy::Policy;
use super::super::prose;
use airbyte_agent_description::{Action, Operation, Parameter};

/// The names of the parameters that a model need not know, because the cursor sets them.
pub(super) fn hidden_names(operation: &Operation) -> Vec<&str> {
    let parameters = operation.parameters.iter();
    parameters.filter(|p| is_hidden(operation, p)).map(|p| p.name.as_ref()).collect()
}

/// The parameters that a model is told about; the required ones come first.
pub(super) fn shown(operation: &Operation) -> Vec<&Parameter> {
    let (required, optional): (Vec<_>, Vec<_>) = operation
        .parameters
        .iter()
        .filter(|parameter| !is_hidden(operation, parameter))
        .partition(|parameter| parameter.required);
    required.into_iter().chain(optional).collect()
}

/// The text without the sentences that point to an operation, such as `users.list`, that is not there or may
/// not be called.
pub(super) fn without_absent(text: &str, group: &Group<'_>, policy: &Policy) -> String {
    let is_absent = |name: &str| {
        let Some((entity, action)) = name.split_once('.') else { return false };
        let Ok(action) = action.parse::<Action>() else { return false };
        let operation = group.connector().operation(entity, action);
        !operation.is_some_and(|operation| group.permits(policy, operation))
    };
    let names: Vec<&str> =
        text.split('`').skip(1).step_by(2).filter(|name| is_absent(name)).collect();
    prose::without(text, &names)
}

/// Whether a call has to give the parameter a value: it is required, and neither a default nor the
/// configuration of every account supplies it.
pub(super) fn is_needed(group: &Group<'_>, parameter: &Parameter) -> bool {
    parameter.required && !is_supplied(group, parameter)
}

fn is_supplied(group: &Group<'_>, parameter: &Parameter) -> bool {
    let has_default = parameter.default.is_some() && parameter.send_default;
    has_default
        || group.accounts().all(|account| {
            let config = account.client.config();
            let is_set = |key: &str| config.get(key).is_some_and(|value| !value.is_null());
            let scoping = &account.connector().scoping;
            parameter.config.as_ref().is_some_and(|inject| is_set(&inject.source))
                || scoping
                    .iter()
                    .any(|rule| rule.parameter == parameter.name && is_set(&rule.config_key))
        })
}
