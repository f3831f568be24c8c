//! Hints for failures: a command line that works, or the one that explains more.
//!
//! A hint repeats names that exist, options without values, and arguments (`-p`) of parameters that exist.
//! Everything else on the command line may be a credential.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Entity, OAuthEndpoints, Operation};
use airbyte_agent_core::{Description, Error, ErrorKind, closest};

use crate::{example, registry};

/// The connector, entity and operation that the names of a command line probably stand for. A
/// misspelt name stands for the closest one that exists.
struct LikelyTarget<'n> {
    description: Description,
    /// The names after the connector.
    names: &'n [String],
}

impl<'n> LikelyTarget<'n> {
    fn find(spec: Option<&Path>, names: &'n [String]) -> Option<Self> {
        let (description, names) = match (spec, names) {
            (Some(path), names) => (registry::load_spec(path).ok()?, names),
            (None, [name, rest @ ..]) => (closest_connector(name)?, rest),
            (None, []) => return None,
        };
        Some(Self { description, names })
    }

    fn entity<'c>(&self, connector: &'c Connector) -> Option<&'c Entity> {
        let name = self.names.first()?;
        let names = connector.entities.iter().map(|entity| entity.name.as_ref());
        connector.entity(closest_name(name, names)?)
    }

    fn operation<'c>(&self, entity: &'c Entity) -> Option<&'c Operation> {
        let name = self.names.get(1)?;
        let names = entity.operations.iter().map(|operation| operation.action.as_str());
        let action = closest_name(name, names)?.parse().ok()?;
        entity.operation(action)
    }
}

fn closest_connector(name: &str) -> Option<Description> {
    let names = airbyte_agent::registry().iter().map(|connector| connector.name.as_ref());
    airbyte_agent::connector(closest_name(name, names)?).ok()
}

/// The name itself if it exists, otherwise the closest one.
fn closest_name<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    names.clone().find(|known| *known == name).or_else(|| closest(name, names).first().copied())
}

/// Whether a refusal is about the scopes of a token that a sign-in got.
fn lacks_scope(error: &Error, connector: &Connector) -> bool {
    let mut schemes = connector.auth.iter();
    let signs_in =
        schemes.any(|scheme| scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in));
    signs_in && error.message().to_ascii_lowercase().contains("scope")
}

/// What the user has given besides names, and a command line of a hint repeats.
#[derive(Default)]
pub(crate) struct Given<'a> {
    /// Options without values.
    pub(crate) options: Vec<&'a str>,
    /// The values of `-p`.
    pub(crate) arguments: &'a [String],
}

/// A hint for a failure of `exec`.
pub(crate) fn hint_for_exec(
    error: &Error,
    spec: Option<&Path>,
    names: &[String],
    given: &Given<'_>,
) -> Option<String> {
    let command = |connector: &Connector, operation: &Operation| {
        example::completed_command(connector, operation, spec, &given.options, given.arguments)
    };
    let Some(target) = LikelyTarget::find(spec, names) else {
        // A spec that cannot be read has said what is wrong with it.
        if spec.is_some() {
            return None;
        }
        return (error.kind() == ErrorKind::Usage).then(|| {
            "'airbyte-agent search WORDS' finds operations, 'airbyte-agent connectors' lists the \
             connectors"
                .to_owned()
        });
    };
    let connector: &Connector = &target.description;
    let entity = target.entity(connector);
    let operation = entity.and_then(|entity| target.operation(entity));
    let is_before_sending = error.status().is_none();
    match (error.kind(), operation) {
        (ErrorKind::Usage, Some(operation)) if !names_match(operation, connector, spec, names) => {
            Some(command(connector, operation))
        }
        (ErrorKind::Usage, None) => Some(describe_command(connector, entity, None, spec)),
        (ErrorKind::Validation, Some(operation)) if is_before_sending => {
            if error.message().contains("missing required") {
                Some(command(connector, operation))
            } else if error.message().contains("needs the setting") {
                Some(format!(
                    "{} explains the settings, which --config and variables give",
                    describe_command(connector, None, None, spec)
                ))
            } else {
                Some(format!(
                    "{} explains the arguments",
                    describe_command(connector, entity, Some(operation), spec)
                ))
            }
        }
        (ErrorKind::Authentication, _) if is_before_sending => Some(format!(
            "{} explains which credentials are needed; --sandbox needs none",
            describe_command(connector, None, None, spec)
        )),
        (ErrorKind::Permission, _) if lacks_scope(error, connector) => Some(format!(
            "'{} --scopes SCOPES' signs in with further scopes; the app at the vendor has to have them",
            example::command_start("login", connector, spec)
        )),
        (ErrorKind::Authentication, _) => Some(format!(
            "'{}' finds out whether credentials work",
            example::command_start("check", connector, spec)
        )),
        // Where a permission is missing, the vendor has accepted the credentials.
        _ => None,
    }
}

/// A hint for a failure of a command that takes only names.
pub(crate) fn hint_for_names(
    error: &Error,
    spec: Option<&Path>,
    names: &[String],
) -> Option<String> {
    if error.kind() != ErrorKind::Usage {
        return None;
    }
    let Some(target) = LikelyTarget::find(spec, names) else {
        return Some("'airbyte-agent connectors' lists the connectors".to_owned());
    };
    let connector: &Connector = &target.description;
    let entity = target.entity(connector);
    let operation = entity.and_then(|entity| target.operation(entity));
    Some(describe_command(connector, entity, operation, spec))
}

/// Whether the names are spelt exactly like those of the operation.
fn names_match(
    operation: &Operation,
    connector: &Connector,
    spec: Option<&Path>,
    names: &[String],
) -> bool {
    let expected = [operation.entity.as_ref(), operation.action.as_str()];
    let given: Vec<&str> = names.iter().map(String::as_str).collect();
    match spec {
        Some(_) => given == expected,
        None => given.first() == Some(&connector.name.as_ref()) && given[1..] == expected,
    }
}

/// The command that explains the connector, the entity or the operation, in quotes.
fn describe_command(
    connector: &Connector,
    entity: Option<&Entity>,
    operation: Option<&Operation>,
    spec: Option<&Path>,
) -> String {
    let mut text = example::command_start("describe", connector, spec);
    if let Some(entity) = entity {
        text.push(' ');
        text.push_str(&entity.name);
    }
    if let Some(operation) = operation {
        text.push(' ');
        text.push_str(operation.action.as_str());
    }
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_repeat_only_names_that_exist() {
        for (kind, message, names, expected) in [
            (ErrorKind::Usage, "", "gitub isues lst", Some("exec github issues list -p owner=")),
            (ErrorKind::Usage, "", "github isues", Some("'airbyte-agent describe github issues'")),
            (ErrorKind::Usage, "", "github", Some("'airbyte-agent describe github'")),
            (ErrorKind::Usage, "", "zzz", Some("airbyte-agent search")),
            (ErrorKind::Usage, "", "github issues list", None),
            (
                ErrorKind::Validation,
                "missing required argument",
                "github issues list",
                Some("exec"),
            ),
            (ErrorKind::Validation, "unknown argument", "github issues list", Some("describe")),
            (ErrorKind::Authentication, "", "github issues list", Some("--sandbox")),
            (ErrorKind::Network, "", "github issues list", None),
        ] {
            let names: Vec<String> = names.split(' ').map(str::to_owned).collect();
            let hint = hint_for_exec(&Error::new(kind, message), None, &names, &Given::default());
            match expected {
                None => assert_eq!(hint, None, "{names:?}"),
                Some(part) => {
                    let hint = hint.unwrap_or_default();
                    assert!(hint.contains(part), "{names:?}: {hint}");
                }
            }
        }
    }
}
