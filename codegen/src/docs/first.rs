//! The scheme and the operation with which examples begin: those that need the least preparation.

use airbyte_agent_description::{AuthKind, AuthScheme, ServerVariable};

use crate::model::{BuilderKind, EntityModel, Model, OperationModel, SchemeModel};

/// The scheme that is easiest to begin with: the first one that is not OAuth.
pub(super) fn first_scheme<'m, 'd>(model: &'m Model<'d>) -> Option<&'m SchemeModel<'d>> {
    let plain = |scheme: &&SchemeModel<'_>| !matches!(scheme.scheme.kind, AuthKind::OAuth2 { .. });
    model.schemes.iter().find(plain).or_else(|| model.schemes.first())
}

/// The operation that examples begin with: a list that needs as few arguments as possible.
pub(super) fn first_operation<'m, 'd>(
    model: &'m Model<'d>,
) -> Option<(&'m EntityModel<'d>, &'m OperationModel<'d>)> {
    let all = || {
        model
            .entities
            .iter()
            .flat_map(|entity| entity.operations.iter().map(move |op| (entity, op)))
    };
    let effort = |(_, operation): &(&EntityModel<'_>, &OperationModel<'_>)| {
        let required = operation.required().count();
        let checked = operation.operation.hints.preferred_for_check;
        (
            operation.kind() != BuilderKind::List,
            !operation.operation.hints.read_only,
            required,
            !checked,
        )
    };
    all().min_by_key(effort)
}

/// The options of a local connector, `auth` or `Local::new(auth).config(…)` with every server variable
/// that the user has to set, and whether there is such a variable.
pub(super) fn local_options(model: &Model<'_>, scheme: &AuthScheme, auth: &str) -> (String, bool) {
    let server = model.connector.server_of(scheme, |_| false);
    let is_required = |variable: &&ServerVariable| {
        variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
    };
    let configuration: Vec<String> = server
        .variables
        .iter()
        .filter(is_required)
        .map(|variable| {
            let example = if variable.example.is_empty() { "example" } else { &variable.example };
            format!(".config({:?}, {example:?})", variable.name)
        })
        .collect();
    if configuration.is_empty() {
        return (auth.to_owned(), false);
    }
    (format!("Local::new({auth}){}", configuration.concat()), true)
}
