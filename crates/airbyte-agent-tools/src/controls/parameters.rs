//! How parameters of an operation and controls relate.

use airbyte_agent_description::{Kind, Location, Next, Operation, Parameter};
use airbyte_agent_engine::selection::{ARGUMENT, chosen_by};

use super::Control;

/// Whether a model need not know a parameter, because a control does its work.
pub(crate) fn is_hidden(operation: &Operation, parameter: &Parameter) -> bool {
    // Headers are the matter of programs: what a model needs of them, controls and the engine do.
    if parameter.location == Location::Header && !parameter.required {
        return true;
    }
    if is_selection(operation, parameter) || is_field_selection(operation, parameter) {
        return true;
    }
    if parameter.required || !operation.action.is_array() {
        return false;
    }
    let name = &parameter.name;
    let is_size = operation.paging.size.as_ref().is_some_and(|size| size.parameter == *name);
    is_size
        || match &operation.paging.next {
            Next::None { .. } | Next::Unknown { .. } => false,
            Next::Link { feed, .. } => feed.iter().any(|(_, into)| into == name),
            Next::Cursor { into, .. }
            | Next::LastRecord { into, .. }
            | Next::Offset { into, .. }
            | Next::Page { into, .. } => into == name,
        }
}

/// Whether a parameter chooses the fields of a GraphQL document.
fn is_selection(operation: &Operation, parameter: &Parameter) -> bool {
    chosen_by(operation).is_some()
        && !parameter.required
        && parameter.name == ARGUMENT
        && parameter.schema.kinds.contains(&Kind::Array)
}

/// Whether a parameter chooses the fields that the vendor sends.
fn is_field_selection(operation: &Operation, parameter: &Parameter) -> bool {
    let selection = operation.field_selection.as_ref();
    selection.is_some_and(|selection| selection.parameter == parameter.name)
}

/// Whether a control takes over the parameter of its name, and gives it its value.
pub(super) fn is_replaced(control: Control, operation: &Operation) -> bool {
    operation.parameter(control.name()).is_some_and(|parameter| is_hidden(operation, parameter))
}

/// The operation's own parameter that chooses fields, if it has one.
pub(crate) fn own_selection(operation: &Operation) -> Option<&Parameter> {
    operation.parameter(Control::Fields.name()).filter(|parameter| {
        parameter.location != Location::Body
            && parameter.schema.kinds.iter().any(|kind| matches!(kind, Kind::Array | Kind::String))
    })
}

/// Whether an explicit `null` removes the value of a parameter.
pub(crate) fn is_clearable(parameter: &Parameter) -> bool {
    !parameter.required
        && parameter.schema.nullable
        && !parameter.schema.kinds.is_empty()
        && matches!(parameter.location, Location::Body | Location::GraphQl)
}
