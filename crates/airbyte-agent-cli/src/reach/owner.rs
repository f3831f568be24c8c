//! Whose is it: a name, an environment variable, a connector of the platform.
//!
//! The built-in connectors own their names. A spec from a file may bear such a name only where it
//! sends credentials to the same servers; names that lead to the same variables count as one.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Destination, Error};

use crate::failure::usage;

/// How variables of connectors, and those of this program, begin.
const PREFIX: &str = "AIRBYTE_AGENT_";

/// This program's own variables, and with `_` at the end all that begin so.
const OF_PROGRAM: [&str; 4] = ["MCP_", "PASSPHRASE", "PASSPHRASE_FILE", "STORE"];

/// Whether a description is the very one that is compiled in.
pub(super) fn is_built_in(connector: &Connector) -> bool {
    airbyte_agent::registry().iter().any(|known| std::ptr::eq(*known, connector))
}

/// A spec that bears the name of a built-in connector and sends credentials elsewhere.
struct Impostor<'c> {
    connector: &'c Connector,
    namesake: &'static Connector,
    /// Where it sends them.
    strange: String,
}

impl Impostor<'_> {
    /// What it is and what is not done, before what would help.
    fn told(&self, not_done: &str) -> String {
        let (name, namesake) = (&self.connector.name, &self.namesake.name);
        let like = if name == namesake { String::new() } else { format!(" '{namesake}'") };
        format!(
            "the spec calls itself '{name}' like the built-in connector{like}, but sends \
             credentials to {}; {not_done}",
            self.strange
        )
    }
}

/// Refuses everything that belongs to the name of a connector which is not that connector.
pub(crate) fn check_name(connector: &Connector) -> Result<(), Error> {
    let Some(impostor) = impostor(connector) else { return Ok(()) };
    let namesake = &impostor.namesake.name;
    Err(usage(format!(
        "{}. {HELP}",
        impostor.told(&format!(
            "the variables {}* and the stored accounts of {namesake} are not used for it",
            prefix(namesake)
        ))
    )))
}

const HELP: &str = "Give credentials of its own (--credentials @FILE, or 'credentials' in the file \
                    of a server), or another name to the spec (info.x-airbyte-connector-name)";

/// Refuses to keep an account under the name of a connector which is not that connector.
pub(crate) fn check_keeping(connector: &Connector) -> Result<(), Error> {
    let Some(impostor) = impostor(connector) else { return Ok(()) };
    Err(usage(format!(
        "{}. Give another name to the spec (info.x-airbyte-connector-name)",
        impostor.told("no account is kept under that name")
    )))
}

/// Refuses an environment variable that belongs to somebody else than this connector.
pub(crate) fn check_variable(connector: &Connector, variable: &str) -> Result<(), Error> {
    if is_built_in(connector) {
        return Ok(());
    }
    let name = &connector.name;
    let refused = |owner: &str| {
        Err(usage(format!(
            "the spec '{name}' would read the environment variable {variable}, which belongs to \
             {owner}; it is not used for the spec. {HELP}"
        )))
    };
    let variable = normal(variable);
    let Some(own) = variable.strip_prefix(PREFIX) else { return Ok(()) };
    let is_of_program =
        |known: &str| own == known || (known.ends_with('_') && own.starts_with(known));
    if OF_PROGRAM.into_iter().any(is_of_program) {
        return refused("this program");
    }
    let owner = airbyte_agent::registry()
        .iter()
        .filter(|known| variable.starts_with(&prefix(&known.name)))
        .max_by_key(|known| known.name.len());
    match owner {
        Some(owner) if !is_namesake(connector, owner) => {
            refused(&format!("the built-in connector '{}'", owner.name))
        }
        Some(_) => check_name(connector),
        None => Ok(()),
    }
}

/// Refuses to run operations here with secrets for a connector of the platform that is built in,
/// by a description that would send them elsewhere.
pub(super) fn check_definition(connector: &Connector) -> Result<(), Error> {
    let is_same = |known: &&&Connector| {
        !known.definition_id.is_empty()
            && known.definition_id.eq_ignore_ascii_case(&connector.definition_id)
    };
    let Some(known) = airbyte_agent::registry().iter().find(is_same) else { return Ok(()) };
    let Some(strange) = strange(connector, known) else { return Ok(()) };
    Err(usage(format!(
        "the spec '{}' bears the definition id of the built-in connector '{}', but sends \
         credentials to {strange}; secrets of this machine are not used for it",
        connector.name, known.name
    )))
}

fn impostor(connector: &Connector) -> Option<Impostor<'_>> {
    let mut known = airbyte_agent::registry().iter();
    let namesake = known.find(|known| is_namesake(connector, known))?;
    let strange = strange(connector, namesake)?;
    Some(Impostor { connector, namesake, strange })
}

/// Where a description sends credentials besides where the built-in one sends them.
fn strange(connector: &Connector, known: &'static Connector) -> Option<String> {
    if std::ptr::eq(connector, known) {
        return None;
    }
    let declared = Destination::declared_by(known);
    let mut strange: Vec<String> = Destination::declared_by(connector)
        .iter()
        .filter(|one| !one.is_declared_among(&declared))
        .map(told)
        .collect();
    strange.dedup();
    (!strange.is_empty()).then(|| strange.join(", "))
}

/// A destination, and by what it can be changed: as it stands it may look like the right one.
fn told(destination: &Destination) -> String {
    let names: Vec<&str> = destination.decided_by().collect();
    if names.is_empty() {
        destination.to_string()
    } else {
        format!("{destination} (which '{}' decides)", names.join("', '"))
    }
}

/// Whether the variables of both have the same names.
fn is_namesake(connector: &Connector, known: &Connector) -> bool {
    normal(&connector.name) == normal(&known.name)
}

/// How the variables of a connector begin.
fn prefix(connector: &str) -> String {
    format!("{PREFIX}{}_", normal(connector))
}

/// A name as variables have it, whoever writes it.
fn normal(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.to_uppercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Connector {
        let mut connector = airbyte_agent::registry()[0].clone();
        connector.name = name.to_owned().into();
        connector
    }

    /// The variables that options of a command take.
    fn variables(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter_map(|arg| arg.get_env());
        let own = own.map(|name| name.to_string_lossy().into_owned());
        own.chain(command.get_subcommands().flat_map(variables)).collect()
    }

    #[test]
    fn variables_of_this_program_are_nobody_elses() {
        let mut all = variables(&crate::help::command());
        assert!(all.len() >= 3, "{all:?}");
        let others = ["MCP_TOKEN", "PASSPHRASE", "PASSPHRASE_FILE", "STORE"];
        all.extend(others.map(|name| format!("{PREFIX}{name}")));
        for variable in all.iter().filter(|name| name.starts_with(PREFIX)) {
            let error = check_variable(&named("other"), variable).unwrap_err();
            assert!(error.message().contains("this program"), "{variable}: {error}");
        }
        assert!(check_variable(&named("store"), "AIRBYTE_AGENT_STORE_TOKEN").is_ok());
    }

    #[test]
    fn a_built_in_connector_has_its_own_variables_to_itself() {
        for connector in airbyte_agent::registry() {
            check_name(connector).unwrap();
            check_keeping(connector).unwrap();
            check_definition(connector).unwrap();
            let variable = format!("{}TOKEN", prefix(&connector.name));
            check_variable(connector, &variable).unwrap();
            assert!(check_variable(&named("other"), &variable).is_err(), "{variable}");
            assert!(check_variable(&named("other"), &variable.to_lowercase()).is_err());
            let further = airbyte_agent::registry().iter().filter(|known| {
                !std::ptr::eq(**known, *connector) && variable.starts_with(&prefix(&known.name))
            });
            assert_eq!(further.count(), 0, "{variable}");
            // A copy is no built-in connector, and leads where that leads.
            let copy = (*connector).clone();
            assert!(!is_built_in(&copy) && check_name(&copy).is_ok());
            check_variable(&copy, &variable).unwrap();
            check_definition(&copy).unwrap();
        }
    }
}
