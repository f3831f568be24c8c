//! Credentials and settings that a sandbox accepts, for calls that bring none of their own.

use airbyte_agent_core::Credentials;
use airbyte_agent_core::description::{AuthScheme, Connector, RefreshGrant, ServerVariable};

/// The first scheme that can do without a signing key.
fn scheme(connector: &Connector) -> Option<&AuthScheme> {
    let signs = |scheme: &&AuthScheme| {
        scheme.refresh.as_ref().is_some_and(|refresh| refresh.grant == RefreshGrant::JwtBearer)
    };
    connector.auth.iter().find(|scheme| !signs(scheme)).or(connector.auth.first())
}

/// Sample values for the first scheme that can do without a signing key.
pub(crate) fn credentials(connector: &Connector) -> Credentials {
    let Some(scheme) = scheme(connector) else { return Credentials::new() };
    let mut credentials = Credentials::new().scheme(scheme.name.clone());
    for field in scheme.fields.iter() {
        let mut value = format!("sandbox-{}", field.name);
        let mut variables = connector.server.variables.iter();
        // A setting that hides in this credential has to be found there.
        let rule =
            variables.find_map(|v| v.derived_from.as_ref().filter(|r| r.field == field.name));
        if let Some(rule) = rule {
            value = format!("{value}{}sandbox", rule.delimiter);
        }
        credentials = credentials.field(field.name.clone(), value);
    }
    credentials
}

/// Sample values for the settings without which a connector has no address.
pub(crate) fn settings(connector: &Connector) -> impl Iterator<Item = (String, String)> {
    let own = scheme(connector).map(|scheme| connector.server_of(scheme, |_| false));
    own.unwrap_or(&connector.server).variables.iter().filter_map(sample)
}

/// The same for every way to authenticate.
pub(crate) fn all_settings(connector: &Connector) -> impl Iterator<Item = (String, String)> {
    connector.variables().into_iter().filter_map(sample)
}

/// A value for a variable that has none by itself.
fn sample(variable: &ServerVariable) -> Option<(String, String)> {
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
