//! Which parameters of an operation a model is told about.

use super::super::controls::is_hidden;
use super::super::group::Group;
use airbyte_agent_description::{Operation, Parameter};

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
