//! What a new connector on the platform is created from: credentials, settings and variables.

use airbyte_agent_core::description::{Connector, Kind, Schema};
use airbyte_agent_core::provenance::{Provenance, Sourced};
use airbyte_agent_core::{Credentials, Error, suggestion};
use airbyte_agent_platform::CreateOptions;
use serde_json::{Map, Value, json};

use super::session::PlatformSession;
use crate::args::platform::NewArgs;
use crate::failure::validation_error;
use crate::json_option::parse_json_object;
use crate::variables::{Variables, used_note};
use crate::{notes, redact, sample};

/// The credentials of a new connector. The session's redactor knows them.
pub(super) struct NewCredentials {
    credentials: Option<Sourced<Credentials>>,
    scheme: Option<String>,
    /// What is used of the folder and what is not.
    notes: Vec<String>,
}

impl NewCredentials {
    /// Credentials that the user has typed.
    pub(super) fn typed(credentials: Credentials) -> Self {
        Self { credentials: Some(as_typed(credentials)), scheme: None, notes: Vec::new() }
    }

    /// Prints what is used of the folder and what is not.
    pub(super) fn announce(self) -> Self {
        notes::print_notes(&self.notes);
        self
    }

    /// Whether no credentials were found.
    pub(super) fn is_empty(&self) -> bool {
        self.credentials.is_none()
    }

    /// The credentials in the form in which they are sent to the platform.
    ///
    /// # Errors
    ///
    /// An error of the kind `usage` if a folder decides to which account they would be sent, and the
    /// credentials do not come from the same folder.
    pub(super) fn release(self, session: &PlatformSession) -> Result<Credentials, Error> {
        let released = self.credentials.map(|credentials| credentials.release(&session.receiver));
        let credentials = released.transpose()?.unwrap_or_default();
        Ok(match self.scheme {
            Some(scheme) => credentials.scheme(scheme),
            None => credentials,
        })
    }
}

/// Marks a value as typed by the user, who gives it for this call.
pub(super) fn as_typed<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Provenance::Given).named("what is typed in")
}

/// Finds the credentials: the given ones, otherwise those of the environment or of the folder. For
/// a sandbox, sample values replace missing credentials.
pub(super) fn find_credentials(
    session: &PlatformSession,
    connector: &Connector,
    args: &NewArgs,
) -> Result<NewCredentials, Error> {
    let text = args.credentials.as_deref();
    let given = text.map(|text| parse_json_object("--credentials", text, r#"{"api_key": "…"}"#));
    let given = given.transpose()?;
    redact::add_credentials(&session.redactor, connector, given.as_ref(), &session.variables);
    let mut notes = Vec::new();
    let credentials = match given {
        Some(given) => {
            let given = Credentials::from_json(&Value::Object(given))?;
            let given = Some(given).filter(|given| !given.is_empty());
            given.map(|given| Sourced::new(given, Provenance::Given).named("--credentials"))
        }
        None => credentials_from_variables(&session.variables, connector, &mut notes)?,
    };
    let credentials = match credentials {
        None if session.is_sandbox() => {
            Some(Sourced::new(sample::sample_credentials(connector), Provenance::Given))
        }
        other => other,
    };
    Ok(NewCredentials { credentials, scheme: args.auth_scheme.clone(), notes })
}

/// The credentials of the environment, otherwise those of the folder. Adds to the notes what is used of the
/// folder and what is not.
fn credentials_from_variables(
    variables: &Variables,
    connector: &Connector,
    notes: &mut Vec<String>,
) -> Result<Option<Sourced<Credentials>>, Error> {
    let folder = variables.credentials(Provenance::Folder, connector)?;
    let environment = variables.credentials(Provenance::Environment, connector)?;
    let Some(environment) = environment else {
        notes.extend(folder.iter().map(|credentials| used_note(credentials.names())));
        return Ok(folder);
    };
    let names = folder.as_ref().map(Sourced::names).unwrap_or_default();
    notes.extend(variables.unused_note(names, "those of the environment go first"));
    Ok(Some(environment))
}

/// The name, the template, the settings and the variables of the new connector.
pub(super) fn create_options(
    session: &PlatformSession,
    connector: &Connector,
    args: &NewArgs,
) -> Result<CreateOptions, Error> {
    let given = match &args.config {
        Some(text) => parse_json_object("--config", text, r#"{"subdomain": "acme"}"#)?,
        None => Map::new(),
    };
    let mut options = CreateOptions::new();
    if let Some(name) = &args.name {
        options = options.name(name);
    }
    if let Some(id) = &args.template {
        options = options.template(id);
    }
    if session.is_sandbox() {
        for (name, value) in sample::all_sample_settings(connector) {
            options = options.variable(name, value);
        }
        for setting in connector.hosting.settings.iter().filter(|setting| setting.required) {
            options = options.setting(setting.name.clone(), sample_value(&setting.schema));
        }
    }
    for (name, value) in given {
        options = set_option(connector, options, &name, value)?;
    }
    Ok(options)
}

/// Sets a member of `--config`. The user need not know whether the platform has it as a setting of
/// the connector or as a variable of the vendor's address.
pub(super) fn set_option(
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
    Err(validation_error(format!("--config: there is no setting '{name}'{hint}")))
}

/// A value that a sandbox accepts for a setting.
fn sample_value(schema: &Schema) -> Value {
    match schema.kinds.first() {
        Some(Kind::Integer | Kind::Number) => json!(1),
        Some(Kind::Boolean) => json!(true),
        Some(Kind::Array) => json!(["sandbox/sandbox"]),
        Some(Kind::Object) => json!({}),
        _ if schema.format == "date-time" => json!("2026-01-01T00:00:00Z"),
        _ => json!("sandbox"),
    }
}
