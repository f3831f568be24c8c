//! Asks the user for the credentials and settings that a connector needs, field by field.

use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Credentials, Error};
use airbyte_agent_platform::CreateOptions;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use super::super::new_connector::{NewCredentials, set_option};
use super::super::session::PlatformSession;
use crate::args::platform::NewArgs;
use crate::failure::usage_error;
use crate::json_option::parse_json_object;
use crate::{prompt, redact};

/// Asks for the credentials of a scheme, which is named on the command line or chosen by the user.
pub(super) fn ask_credentials(
    session: &PlatformSession,
    connector: &Connector,
    args: &NewArgs,
) -> Result<NewCredentials, Error> {
    let scheme = choose_scheme(connector, args.auth_scheme.as_deref())?;
    let mut given = Map::new();
    for field in scheme.fields.iter() {
        let optional = if field.required { "" } else { ", may be left empty" };
        let question = format!("{}{optional}", question_text(&field.title, &field.name));
        let value = if field.secret {
            prompt::ask_secret(&format!("{question} (not shown)"))?.expose_secret().to_owned()
        } else {
            prompt::ask_line(&question)?
        };
        if !value.is_empty() {
            given.insert(field.name.to_string(), Value::String(value));
        }
    }
    redact::add_credentials(&session.redactor, connector, Some(&given), &session.variables);
    let credentials = Credentials::from_json(&Value::Object(given))?.scheme(scheme.name.clone());
    Ok(NewCredentials::typed(credentials))
}

fn choose_scheme<'c>(
    connector: &'c Connector,
    wanted: Option<&str>,
) -> Result<&'c AuthScheme, Error> {
    let all: Vec<&AuthScheme> = connector.auth.iter().collect();
    if let Some(name) = wanted {
        let names = || all.iter().map(|scheme| scheme.name.as_ref()).collect::<Vec<_>>().join(", ");
        let found = all.iter().find(|scheme| scheme.name == name).copied();
        return found.ok_or_else(|| {
            usage_error(format!("--auth-scheme: {} has {}", connector.name, names()))
        });
    }
    let index = if all.len() == 1 {
        0
    } else {
        let titles = all.iter().map(|it| question_text(&it.title, &it.name));
        prompt::ask_choice("How to authenticate?", &titles.collect::<Vec<String>>())?
    };
    all.get(index)
        .copied()
        .ok_or_else(|| usage_error(format!("{} needs no credentials", connector.name)))
}

/// Asks for the settings and variables that are required and not given.
pub(super) fn ask_settings(
    connector: &Connector,
    args: &NewArgs,
    mut options: CreateOptions,
) -> Result<CreateOptions, Error> {
    let given = match &args.config {
        Some(text) => parse_json_object("--config", text, "{}")?,
        None => Map::new(),
    };
    let settings = connector.hosting.to_be_given().filter(|setting| setting.required);
    let settings = settings.map(|setting| (&setting.name, &setting.title));
    let variables = connector.server.variables.iter().filter(|variable| {
        variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
    });
    let variables = variables.map(|variable| (&variable.name, &variable.description));
    for (name, title) in settings.chain(variables) {
        if given.contains_key(name.as_ref()) {
            continue;
        }
        let value = prompt::ask_line(&question_text(title, name))?;
        if !value.is_empty() {
            options = set_option(connector, options, name, Value::String(value))?;
        }
    }
    Ok(options)
}

/// The title of a field, with the name that scripts use.
fn question_text(title: &str, name: &str) -> String {
    if title.is_empty() { name.to_owned() } else { format!("{} [{name}]", title.trim()) }
}
