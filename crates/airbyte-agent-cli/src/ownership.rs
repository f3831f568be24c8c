//! Which connector a name, an environment variable or a stored account belongs to.
//!
//! The built-in connectors own their names. A spec from a file decides itself what it is called, so
//! it may bear the name of a built-in connector only if it sends credentials to the same servers.
//! Names that lead to the same environment variables count as one name. Code that looks up
//! credentials for a description must ask here first; this module does not know where credentials
//! are stored.

use std::cell::RefCell;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Credentials, Destination, Error, Hosted};

use crate::failure::usage_error;

/// The prefix of the variables of connectors and of this program.
const PREFIX: &str = "AIRBYTE_AGENT_";

/// This program's own variables, without the prefix. A name that ends with `_` stands for all
/// variables that begin with it.
const OF_PROGRAM: [&str; 5] = ["MCP_", "PASSPHRASE", "PASSPHRASE_FILE", "RECORDS", "STORE"];

const HELP: &str = "Give credentials of its own (--credentials @FILE, or 'credentials' in the file \
                    of a server), or another name to the spec (info.x-airbyte-connector-name)";

/// Whether a description is the very one that is compiled in.
pub(crate) fn is_built_in(connector: &Connector) -> bool {
    airbyte_agent::registry().iter().any(|known| std::ptr::eq(*known, connector))
}

/// A spec that bears the name of a built-in connector and sends credentials elsewhere.
struct Impostor<'c> {
    connector: &'c Connector,
    namesake: &'static Connector,
    /// The servers to which it sends credentials and the built-in connector does not.
    foreign_servers: String,
}

impl Impostor<'_> {
    /// A sentence that says what the spec does, and as its consequence what is `refused`.
    fn explain(&self, refused: &str) -> String {
        let (name, namesake) = (&self.connector.name, &self.namesake.name);
        let like = if name == namesake { String::new() } else { format!(" '{namesake}'") };
        format!(
            "the spec calls itself '{name}' like the built-in connector{like}, but sends \
             credentials to {}; {refused}",
            self.foreign_servers
        )
    }
}

/// The credentials of a connector among variables, which `variable` reads by their names.
///
/// # Errors
///
/// When the connector would take its credentials from a variable that belongs to another one.
pub(crate) fn credentials_from_variables(
    connector: &Connector,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Credentials, Error> {
    check_name(connector)?;
    let refused = RefCell::new(None);
    let credentials = Credentials::from_variables(connector, |name| {
        let value = variable(name)?;
        match check_variable(connector, name) {
            Ok(()) => Some(value),
            Err(error) => {
                refused.borrow_mut().get_or_insert(error);
                None
            }
        }
    });
    match refused.into_inner() {
        Some(error) => Err(error),
        None => Ok(credentials),
    }
}

/// A sentence that says where variables of the environment go, if the description is a spec from a file. Variables
/// belong to a name, and nothing says for which of several specs with this name they were set.
pub(crate) fn destination_note(connector: &Connector, names: &[String]) -> Option<String> {
    if airbyte_agent::registry().iter().any(|known| is_namesake(connector, known)) {
        return None;
    }
    let mut servers: Vec<String> =
        Destination::declared_by(connector).iter().map(destination_text).collect();
    servers.dedup();
    (!names.is_empty() && !servers.is_empty()).then(|| {
        let verb = if names.len() == 1 { "goes" } else { "go" };
        format!(
            "{} of the environment {verb} to {}, as the spec '{}' says",
            names.join(", "),
            servers.join(", "),
            connector.name
        )
    })
}

/// Refuses an impostor everything that belongs to the name of the built-in connector: its variables
/// and its stored accounts.
pub(crate) fn check_name(connector: &Connector) -> Result<(), Error> {
    let Some(impostor) = find_impostor(connector) else { return Ok(()) };
    let namesake = &impostor.namesake.name;
    Err(usage_error(format!(
        "{}. {HELP}",
        impostor.explain(&format!(
            "the variables {}* and the stored accounts of {namesake} are not used for it",
            prefix_of(namesake)
        ))
    )))
}

/// Refuses to store an account of an impostor under the name of the built-in connector.
pub(crate) fn check_storing(connector: &Connector) -> Result<(), Error> {
    let Some(impostor) = find_impostor(connector) else { return Ok(()) };
    Err(usage_error(format!(
        "{}. Give another name to the spec (info.x-airbyte-connector-name)",
        impostor.explain("no account is kept under that name")
    )))
}

/// Refuses an environment variable that belongs to another connector or to this program.
pub(crate) fn check_variable(connector: &Connector, variable: &str) -> Result<(), Error> {
    if is_built_in(connector) {
        return Ok(());
    }
    let name = &connector.name;
    let refuse = |owner: &str| {
        Err(usage_error(format!(
            "the spec '{name}' would read the environment variable {variable}, which belongs to \
             {owner}; it is not used for the spec. {HELP}"
        )))
    };
    let variable = normalized(variable);
    let Some(suffix) = variable.strip_prefix(PREFIX) else { return Ok(()) };
    let is_of_program =
        |known: &str| suffix == known || (known.ends_with('_') && suffix.starts_with(known));
    if OF_PROGRAM.into_iter().any(is_of_program) {
        return refuse("this program");
    }
    let owner = airbyte_agent::registry()
        .iter()
        .filter(|known| variable.starts_with(&prefix_of(&known.name)))
        .max_by_key(|known| known.name.len());
    match owner {
        Some(owner) if !is_namesake(connector, owner) => {
            refuse(&format!("the built-in connector '{}'", owner.name))
        }
        Some(_) => check_name(connector),
        None => Ok(()),
    }
}

/// Where this machine executes operations that the platform prepares: refuses a description that
/// bears the definition id of a built-in connector and would send its secrets elsewhere.
pub(crate) fn check_hosted(connector: &Connector, hosted: &Hosted) -> Result<(), Error> {
    if hosted.runs_here() { check_definition(connector) } else { Ok(()) }
}

fn check_definition(connector: &Connector) -> Result<(), Error> {
    let is_same = |known: &&&Connector| {
        !known.definition_id.is_empty()
            && known.definition_id.eq_ignore_ascii_case(&connector.definition_id)
    };
    let Some(known) = airbyte_agent::registry().iter().find(is_same) else { return Ok(()) };
    let Some(foreign_servers) = foreign_servers(connector, known) else { return Ok(()) };
    Err(usage_error(format!(
        "the spec '{}' bears the definition id of the built-in connector '{}', but sends \
         credentials to {foreign_servers}; secrets of this machine are not used for it",
        connector.name, known.name
    )))
}

fn find_impostor(connector: &Connector) -> Option<Impostor<'_>> {
    let mut known = airbyte_agent::registry().iter();
    let namesake = known.find(|known| is_namesake(connector, known))?;
    let foreign_servers = foreign_servers(connector, namesake)?;
    Some(Impostor { connector, namesake, foreign_servers })
}

/// The servers to which a description sends credentials, and to which the built-in connector does
/// not send them.
fn foreign_servers(connector: &Connector, known: &'static Connector) -> Option<String> {
    if std::ptr::eq(connector, known) {
        return None;
    }
    let declared = Destination::declared_by(known);
    let mut foreign: Vec<String> = Destination::declared_by(connector)
        .iter()
        .filter(|destination| !destination.is_declared_among(&declared))
        .map(destination_text)
        .collect();
    foreign.dedup();
    (!foreign.is_empty()).then(|| foreign.join(", "))
}

/// A destination with the settings that can change it. Without them, it may look like the right
/// one.
fn destination_text(destination: &Destination) -> String {
    let names: Vec<&str> = destination.decided_by().collect();
    if names.is_empty() {
        destination.to_string()
    } else {
        format!("{destination} (which '{}' decides)", names.join("', '"))
    }
}

/// Whether the variables of both connectors have the same names.
fn is_namesake(connector: &Connector, known: &Connector) -> bool {
    normalized(&connector.name) == normalized(&known.name)
}

/// The prefix of the variables of a connector.
fn prefix_of(connector: &str) -> String {
    format!("{PREFIX}{}_", normalized(connector))
}

/// A name in the form that it has in variables, however it was written.
fn normalized(name: &str) -> String {
    let replace = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.to_uppercase().chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector_named(name: &str) -> Connector {
        let mut connector = airbyte_agent::registry()[0].clone();
        connector.name = name.to_owned().into();
        connector
    }

    /// The environment variables that set options of a command.
    fn option_variables(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter_map(|arg| arg.get_env());
        let own = own.map(|name| name.to_string_lossy().into_owned());
        own.chain(command.get_subcommands().flat_map(option_variables)).collect()
    }

    #[test]
    fn variables_of_this_program_belong_to_no_connector() {
        let mut all = option_variables(&crate::help::command());
        assert!(all.len() >= 3, "{all:?}");
        let others = ["MCP_TOKEN", "PASSPHRASE", "PASSPHRASE_FILE", "STORE"];
        all.extend(others.map(|name| format!("{PREFIX}{name}")));
        for variable in all.iter().filter(|name| name.starts_with(PREFIX)) {
            let error = check_variable(&connector_named("other"), variable).unwrap_err();
            assert!(error.message().contains("this program"), "{variable}: {error}");
        }
        assert!(check_variable(&connector_named("store"), "AIRBYTE_AGENT_STORE_TOKEN").is_ok());
    }

    #[test]
    fn variables_of_a_built_in_connector_belong_to_it_alone() {
        for connector in airbyte_agent::registry() {
            check_name(connector).unwrap();
            check_storing(connector).unwrap();
            check_definition(connector).unwrap();
            let variable = format!("{}TOKEN", prefix_of(&connector.name));
            check_variable(connector, &variable).unwrap();
            assert!(check_variable(&connector_named("other"), &variable).is_err(), "{variable}");
            assert!(check_variable(&connector_named("other"), &variable.to_lowercase()).is_err());
            let other_owners = airbyte_agent::registry().iter().filter(|known| {
                !std::ptr::eq(**known, *connector) && variable.starts_with(&prefix_of(&known.name))
            });
            assert_eq!(other_owners.count(), 0, "{variable}");
            // A copy is not the built-in connector, but sends credentials to the same servers.
            let copy = (*connector).clone();
            assert!(!is_built_in(&copy) && check_name(&copy).is_ok());
            check_variable(&copy, &variable).unwrap();
            check_definition(&copy).unwrap();
        }
    }
}
