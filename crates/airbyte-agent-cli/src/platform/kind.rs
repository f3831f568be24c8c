//! From options to what a connector is made of: credentials, settings, variables.

use airbyte_agent_core::description::{Connector, Kind, Schema};
use airbyte_agent_core::provenance::{Provenance, Sourced};
use airbyte_agent_core::{Credentials, Error, suggestion};
use airbyte_agent_platform::CreateOptions;
use serde_json::{Map, Value, json};

use super::account::Account;
use super::args::NewArgs;
use crate::failure::validation;
use crate::mask::Mask;
use crate::variables::{Variables, used_text};
use crate::{json_option, note, sample};

/// Credentials, and what keeps them out of the output.
pub(super) struct Secrets {
    credentials: Option<Sourced<Credentials>>,
    scheme: Option<String>,
    mask: Mask,
}

impl Secrets {
    /// Those that somebody typed in.
    pub(super) fn typed(credentials: Credentials, mask: Mask) -> Self {
        let credentials = typed_in(credentials);
        Self { credentials: Some(credentials), scheme: None, mask }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.credentials.is_none()
    }

    /// The credentials for the platform, and what hides them.
    ///
    /// # Errors
    ///
    /// `Usage` when a folder says to whom they would go and they are not the folder's own.
    pub(super) fn release(self, account: &Account) -> Result<(Credentials, Mask), Error> {
        let released = self.credentials.map(|found| found.release(&account.receiver));
        let credentials = released.transpose()?.unwrap_or_default();
        let credentials = match self.scheme {
            Some(scheme) => credentials.scheme(scheme),
            None => credentials,
        };
        Ok((credentials, self.mask))
    }
}

/// What a person types in is said for this one call.
pub(super) fn typed_in<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Provenance::Given).named("what is typed in")
}

/// The credentials given, else those of the environment, else those of the folder; samples for a
/// sandbox.
pub(super) fn secrets(
    account: &Account,
    connector: &Connector,
    args: &NewArgs,
) -> Result<Secrets, Error> {
    let text = args.credentials.as_deref();
    let given = text.map(|text| json_option::object("--credentials", text, r#"{"api_key": "…"}"#));
    let given = given.transpose()?;
    let mask = Mask::new(connector, given.as_ref(), &account.variables);
    let credentials = match given {
        Some(given) => {
            let given = Credentials::from_json(&Value::Object(given))?;
            let given = Some(given).filter(|given| !given.is_empty());
            given.map(|given| Sourced::new(given, Provenance::Given).named("--credentials"))
        }
        None => found(&account.variables, connector)?,
    };
    let credentials = match credentials {
        None if account.is_sandbox() => {
            Some(Sourced::new(sample::credentials(connector), Provenance::Given))
        }
        other => other,
    };
    Ok(Secrets { credentials, scheme: args.auth_scheme.clone(), mask })
}

/// The credentials of the environment, else of the folder; says what the folder has to do with it.
fn found(
    variables: &Variables,
    connector: &Connector,
) -> Result<Option<Sourced<Credentials>>, Error> {
    let folder = variables.credentials(Provenance::Folder, connector)?;
    let Some(found) = variables.credentials(Provenance::Environment, connector)? else {
        note::note(folder.iter().map(|found| used_text(found.names())));
        return Ok(folder);
    };
    let names = folder.as_ref().map(Sourced::names).unwrap_or_default();
    note::note(variables.unused(names, "those of the environment go first"));
    Ok(Some(found))
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
