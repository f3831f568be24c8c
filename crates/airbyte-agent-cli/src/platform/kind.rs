//! From options to what a connector is made of: credentials, settings, variables.

use airbyte_agent_core::description::{Connector, Kind, Schema};
use airbyte_agent_core::{Credentials, Error, suggestion};
use airbyte_agent_platform::CreateOptions;
use serde_json::{Map, Value, json};

use super::account::Account;
use super::args::NewArgs;
use crate::failure::validation;
use crate::mask::Mask;
use crate::{json_option, reach, sample};

/// Credentials, and what keeps them out of the output.
pub(super) struct Secrets {
    pub(super) credentials: Credentials,
    pub(super) mask: Mask,
}

/// The credentials given, else those of the environment; samples for a sandbox.
pub(super) fn secrets(
    account: &Account,
    connector: &Connector,
    args: &NewArgs,
) -> Result<Secrets, Error> {
    let text = args.credentials.as_deref();
    let given = text.map(|text| json_option::object("--credentials", text, r#"{"api_key": "…"}"#));
    let given = given.transpose()?;
    let mask = Mask::new(connector, given.as_ref(), &account.variables);
    let mut credentials = match given {
        Some(given) => Credentials::from_json(&Value::Object(given))?,
        None => reach::credentials(connector, |name| account.variables.get(name))?,
    };
    if account.is_sandbox() && credentials.is_empty() {
        credentials = sample::credentials(connector);
    }
    if let Some(scheme) = &args.auth_scheme {
        credentials = credentials.scheme(scheme);
    }
    Ok(Secrets { credentials, mask })
}

/// Everything else that a connector is made of.
pub(super) fn options(
    account: &Account,
    connector: &Connector,
    args: &NewArgs,
) -> Result<CreateOptions, Error> {
    let given = match &args.config {
        Some(text) => json_option::object("--config", text, r#"{"subdomain": "acme"}"#)?,
        None => Map::new(),
    };
    let mut options = CreateOptions::new();
    if let Some(name) = &args.name {
        options = options.name(name);
    }
    if let Some(id) = &args.template {
        options = options.template(id);
    }
    if account.is_sandbox() {
        for (name, value) in sample::all_settings(connector) {
            options = options.variable(name, value);
        }
        for setting in connector.hosting.settings.iter().filter(|setting| setting.required) {
            options = options.setting(setting.name.clone(), sample_of(&setting.schema));
        }
    }
    for (name, value) in given {
        options = place(connector, options, &name, value)?;
    }
    Ok(options)
}

/// One name for settings of the platform's connector and for parts of the vendor's address: which
/// is which is the platform's business.
pub(super) fn place(
    connector: &Connector,
    options: CreateOptions,
    name: &str,
    value: Value,
) -> Result<CreateOptions, Error> {
    let settings = || connector.hosting.settings.iter().map(|setting| setting.name.as_ref());
    let variables = || connector.variables().into_iter().map(|variable| variable.name.as_ref());
    if settings().any(|known| known == name) {
        return Ok(options.setting(name, value));
    }
    if variables().any(|known| known == name) {
        return Ok(options.variable(name, value));
    }
    let known: Vec<&str> = settings().chain(variables()).collect();
    let hint = match known.as_slice() {
        [] => format!(": {} has none", connector.name),
        known => match suggestion(name, known) {
            hint if hint.is_empty() => format!(": {} has {}", connector.name, known.join(", ")),
            hint => hint,
        },
    };
    Err(validation(format!("--config: there is no setting '{name}'{hint}")))
}

/// A value that a sandbox takes.
fn sample_of(schema: &Schema) -> Value {
    match schema.kinds.first() {
        Some(Kind::Integer | Kind::Number) => json!(1),
        Some(Kind::Boolean) => json!(true),
        Some(Kind::Array) => json!(["sandbox/sandbox"]),
        Some(Kind::Object) => json!({}),
        _ if schema.format == "date-time" => json!("2026-01-01T00:00:00Z"),
        _ => json!("sandbox"),
    }
}
