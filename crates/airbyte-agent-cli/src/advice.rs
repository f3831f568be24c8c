//! What to do about a failure: a command line that works, or the one that explains.
//!
//! Nothing that stood on the command line is repeated but names that exist: the rest may be a
//! credential.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Entity, Operation};
use airbyte_agent_core::{Description, Error, ErrorKind, closest};

use crate::{example, registry};

/// What the names of a command mean once slips of the pen are mended, as far as they go.
struct Meant {
    description: Option<Description>,
    names: Vec<String>,
}

impl Meant {
    fn new(spec: Option<&Path>, names: &[String]) -> Self {
        let found = match (spec, names) {
            (Some(path), names) => registry::load(path).ok().map(|found| (found, names)),
            (None, [name, rest @ ..]) => connector(name).map(|found| (found, rest)),
            (None, []) => None,
        };
        match found {
            Some((description, names)) => {
                Self { description: Some(description), names: names.to_vec() }
            }
            None => Self { description: None, names: Vec::new() },
        }
    }

    fn entity<'c>(&self, connector: &'c Connector) -> Option<&'c Entity> {
        let name = self.names.first()?;
        let names = connector.entities.iter().map(|entity| entity.name.as_ref());
        connector.entity(nearest(name, names)?)
    }

    fn operation<'c>(&self, entity: &'c Entity) -> Option<&'c Operation> {
        let name = self.names.get(1)?;
        let names = entity.operations.iter().map(|operation| operation.action.as_str());
        let action = nearest(name, names)?.parse().ok()?;
        entity.operation(action)
    }
}

fn connector(name: &str) -> Option<Description> {
    let names = airbyte_agent::registry().iter().map(|connector| connector.name.as_ref());
    airbyte_agent::connector(nearest(name, names)?).ok()
}

/// The name itself if it exists, else the closest one.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    names.clone().find(|known| *known == name).or_else(|| closest(name, names).first().copied())
}

/// Advice on a failure of `exec`.
pub(crate) fn on_exec(error: &Error, spec: Option<&Path>, names: &[String]) -> Option<String> {
    let meant = Meant::new(spec, names);
    let Some(description) = &meant.description else {
        return (error.kind() == ErrorKind::Usage).then(|| {
            "'airbyte-agent search WORDS' finds operations, 'airbyte-agent connectors' lists the \
             connectors"
                .to_owned()
        });
    };
    let connector: &Connector = description;
    let entity = meant.entity(connector);
    let operation = entity.and_then(|entity| meant.operation(entity));
    let before_sending = error.status().is_none();
    match (error.kind(), operation) {
        (ErrorKind::Usage, Some(operation)) if !is_exactly(operation, connector, spec, names) => {
            Some(example::command(connector, operation, spec))
        }
        (ErrorKind::Usage, None) => Some(explains(connector, entity, None, spec)),
        (ErrorKind::Validation, Some(operation)) if before_sending => {
            if error.message().contains("missing required") {
                Some(example::command(connector, operation, spec))
            } else {
                Some(format!(
                    "{} explains the arguments",
                    explains(connector, entity, Some(operation), spec)
                ))
            }
        }
        (ErrorKind::Authentication, _) if before_sending => Some(format!(
            "{} tells which credentials there are; --sandbox needs none",
            explains(connector, None, None, spec)
        )),
        (ErrorKind::Authentication | ErrorKind::Permission, _) => Some(format!(
            "'{}' finds out whether credentials work",
            example::start("check", connector, spec)
        )),
        _ => None,
    }
}

/// Advice on a failure of a command that takes names only.
pub(crate) fn on_names(error: &Error, spec: Option<&Path>, names: &[String]) -> Option<String> {
    if error.kind() != ErrorKind::Usage {
        return None;
    }
    let meant = Meant::new(spec, names);
    let Some(description) = &meant.description else {
        return Some("'airbyte-agent connectors' lists the connectors".to_owned());
    };
    let connector: &Connector = description;
    let entity = meant.entity(connector);
    let operation = entity.and_then(|entity| meant.operation(entity));
    Some(explains(connector, entity, operation, spec))
}

fn is_exactly(
    operation: &Operation,
    connector: &Connector,
    spec: Option<&Path>,
    names: &[String],
) -> bool {
    let meant = [operation.entity.as_ref(), operation.action.as_str()];
    let given: Vec<&str> = names.iter().map(String::as_str).collect();
    match spec {
        Some(_) => given == meant,
        None => given.first() == Some(&connector.name.as_ref()) && given[1..] == meant,
    }
}

/// The command that explains what is nearest to what was meant.
fn explains(
    connector: &Connector,
    entity: Option<&Entity>,
    operation: Option<&Operation>,
    spec: Option<&Path>,
) -> String {
    let mut text = example::start("describe", connector, spec);
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
    fn advice_repeats_only_what_exists() {
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
            let advice = on_exec(&Error::new(kind, message), None, &names);
            match expected {
                None => assert_eq!(advice, None, "{names:?}"),
                Some(part) => {
                    let advice = advice.unwrap_or_default();
                    assert!(advice.contains(part), "{names:?}: {advice}");
                }
            }
        }
    }
}
