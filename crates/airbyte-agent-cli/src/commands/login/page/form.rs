//! What a form sends: the scheme, its fields, and settings of the connector.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::{AuthScheme, Connector, OAuthEndpoints};
use airbyte_agent_core::{Error, ErrorKind};
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::commands::login::app::App;
use crate::commands::login::fields;
use crate::ownership;
use crate::variables::credential_variable;

/// The name of the input for a field of a scheme.
pub(super) fn field(name: &str) -> String {
    format!("field.{name}")
}

/// The name of the input for a setting of the connector.
pub(super) fn setting(name: &str) -> String {
    format!("setting.{name}")
}

/// The fields of the app that a sign-in needs and the scheme does not have, with their titles.
pub(super) fn app_fields(scheme: &AuthScheme) -> Vec<(&'static str, &'static str)> {
    let signs_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    let all =
        [("client_id", "Client id of the app"), ("client_secret", "Client secret of the app")];
    let is_missing = |target: &str| fields::field_of_target(scheme, target).is_none();
    all.into_iter().filter(|(target, _)| signs_in && is_missing(target)).collect()
}

/// What a form has sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) csrf: String,
    pub(super) scheme: String,
    /// The fields of the scheme that are not empty.
    pub(super) fields: Map<String, Value>,
    /// The settings that are not empty.
    pub(super) settings: Map<String, Value>,
}

impl Sent {
    /// Reads the body of the request.
    pub(super) fn read(body: &[u8]) -> Self {
        let mut sent = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                "csrf" => value.clone_into(&mut sent.csrf),
                "scheme" => value.clone_into(&mut sent.scheme),
                other => {
                    if let Some(name) = other.strip_prefix("field.") {
                        sent.fields.insert(name.to_owned(), value.into());
                    } else if let Some(name) = other.strip_prefix("setting.") {
                        sent.settings.insert(name.to_owned(), value.into());
                    }
                }
            }
        }
        sent
    }
}

/// The account with the fields that do not come from a sign-in.
pub(super) fn with_other_fields(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    let mut missing = Vec::new();
    for field in scheme.fields.iter() {
        if fields::comes_from_sign_in(scheme, &field.name) {
            continue;
        }
        match fields::given_value(scheme, &field.name, given).and_then(Value::as_str) {
            Some(value) => account = account.field(field.name.clone(), value),
            None if field.required => missing.push(field.name.as_ref()),
            None => {}
        }
    }
    if missing.is_empty() {
        return Ok(account);
    }
    let message = format!("{} also needs {}", connector.title, missing.join(", "));
    Err(Error::new(ErrorKind::Authentication, message))
}

/// The app for which the user signs in: that of the form, or that of the environment.
pub(super) fn app(
    connector: &Connector,
    scheme: &AuthScheme,
    given: &Map<String, Value>,
) -> Result<App, Error> {
    let of_form = |target: &str| {
        let name = fields::field_of_target(scheme, target);
        let value = name.and_then(|name| fields::given_value(scheme, name, given));
        value.or_else(|| given.get(target)).and_then(Value::as_str).map(str::to_owned)
    };
    let of_environment = |target: &str| {
        let name = fields::field_of_target(scheme, target).unwrap_or(target);
        let name = credential_variable(connector, name);
        match std::env::var(&name).ok().filter(|value| !value.trim().is_empty()) {
            Some(value) => ownership::check_variable(connector, &name).map(|()| Some(value)),
            None => Ok(None),
        }
    };
    // Both come from the same place, so that no secret is sent with the client id of somebody else.
    if let Some(id) = of_form("client_id") {
        return Ok(App { id, secret: of_form("client_secret").map(SecretString::from) });
    }
    let Some(id) = of_environment("client_id")? else {
        let message = format!("signing in at {} needs the client id of an app", connector.title);
        return Err(Error::new(ErrorKind::Authentication, message));
    };
    Ok(App { id, secret: of_environment("client_secret")?.map(SecretString::from) })
}
