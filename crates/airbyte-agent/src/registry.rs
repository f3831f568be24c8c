//! The connectors compiled in, found by name.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Description, Error, ErrorKind, Result, suggestion};

use crate::connectors::{ALL, NAMES};

/// The descriptions of the connectors compiled in, ordered by name: which are there is decided by
/// the features of this crate.
///
/// ```
/// for connector in airbyte_agent::registry() {
///     println!("{}: {} operations", connector.name, connector.operations().count());
/// }
/// ```
pub fn registry() -> &'static [&'static Connector] {
    ALL
}

/// The description of a connector by its name, such as `zendesk-support`.
///
/// ```
/// use airbyte_agent::{Client, Credentials, connector};
///
/// # fn main() -> airbyte_agent::Result<()> {
/// # if airbyte_agent::registry().is_empty() { return Ok(()) }
/// # let name = airbyte_agent::registry()[0].name.as_ref();
/// let credentials = Credentials::new().field("token", "secret");
/// let client = Client::local(connector(name)?, credentials);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] when no connector of that name is compiled in; the message names the one
/// that is meant, if the name looks like a misspelling.
pub fn connector(name: &str) -> Result<Description> {
    if let Some(connector) = ALL.iter().find(|connector| connector.name == name) {
        return Ok(Description::from(*connector));
    }
    if NAMES.contains(&name) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "the connector '{name}' is not compiled in: enable the feature \"{name}\" of airbyte-agent"
            ),
        ));
    }
    let names: Vec<&str> = ALL.iter().map(|connector| connector.name.as_ref()).collect();
    let hint = suggestion(name, &names);
    Err(Error::new(ErrorKind::Usage, format!("there is no connector '{name}'{hint}")))
}
