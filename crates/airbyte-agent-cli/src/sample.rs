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
    let needs_value = |variable: &&ServerVariable| {
        variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
    };
    let own = scheme(connector).map(|scheme| connector.server_of(scheme, |_| false));
    let server = own.unwrap_or(&connector.server);
    server.variables.iter().filter(needs_value).map(|variable| {
        let value = match (variable.choices.first(), variable.example.as_ref()) {
            (Some(choice), _) => choice.to_string(),
            (None, "") => "sandbox".to_owned(),
            (None, example) => example.to_owned(),
        };
        (variable.name.to_string(), value)
    })
}
