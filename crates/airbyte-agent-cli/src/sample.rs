//! Credentials and settings that a sandbox accepts, for calls that have none of their own.

use airbyte_agent_core::Credentials;
use airbyte_agent_core::description::{AuthScheme, Connector, RefreshGrant, ServerVariable};

/// The first scheme that needs no signing key, because a sample value is no valid key.
fn sample_scheme(connector: &Connector) -> Option<&AuthScheme> {
    let signs = |scheme: &&AuthScheme| {
        scheme.refresh.as_ref().is_some_and(|refresh| refresh.grant == RefreshGrant::JwtBearer)
    };
    connector.auth.iter().find(|scheme| !signs(scheme)).or(connector.auth.first())
}

/// Sample credentials for the first scheme that needs no signing key.
pub(crate) fn sample_credentials(connector: &Connector) -> Credentials {
    let Some(scheme) = sample_scheme(connector) else { return Credentials::new() };
    let fields = sample_fields(connector).into_iter();
    let credentials = Credentials::new().scheme(scheme.name.clone());
    fields.fold(credentials, |credentials, (name, value)| credentials.field(name, value))
}

/// The names and values of the fields of the sample credentials.
pub(crate) fn sample_fields(connector: &Connector) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for field in sample_scheme(connector).into_iter().flat_map(|scheme| scheme.fields.iter()) {
        let mut value = format!("sandbox-{}", field.name);
        let mut variables = connector.server.variables.iter();
        // A setting that is derived from this credential must be found in it.
        let rule =
            variables.find_map(|v| v.derived_from.as_ref().filter(|r| r.field == field.name));
        if let Some(rule) = rule {
            value = format!("{value}{}sandbox", rule.delimiter);
        }
        fields.push((field.name.to_string(), value));
    }
    fields
}

/// Sample values for the settings that the address of the connector needs with the sample
/// credentials.
pub(crate) fn sample_settings(connector: &Connector) -> impl Iterator<Item = (String, String)> {
    let server = sample_scheme(connector).map(|scheme| connector.server_of(scheme, |_| false));
    server.unwrap_or(&connector.server).variables.iter().filter_map(sample_variable)
}

/// The same for all schemes of the connector.
pub(crate) fn all_sample_settings(connector: &Connector) -> impl Iterator<Item = (String, String)> {
    connector.variables().into_iter().filter_map(sample_variable)
}

/// A value for a variable that has neither a default nor another source.
fn sample_variable(variable: &ServerVariable) -> Option<(String, String)> {
    if variable.default.is_some() || variable.derived_from.is_some() || variable.from_token {
        return None;
    }
    let value = match (variable.choices.first(), variable.example.as_ref()) {
        (Some(choice), _) => choice.to_string(),
        (None, "") => "sandbox".to_owned(),
        (None, example) => example.to_owned(),
    };
    Some((variable.name.to_string(), value))
}
