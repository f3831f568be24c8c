//! What a connector needs, asked for field by field.

use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Credentials, Error};
use airbyte_agent_platform::CreateOptions;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use super::super::account::Account;
use super::super::args::NewArgs;
use super::super::kind::{Secrets, place};
use crate::failure::usage;
use crate::json_option;
use crate::mask::Mask;
use crate::prompt;

/// Credentials of the scheme that is named or chosen.
pub(super) fn ask_credentials(
    account: &Account,
    connector: &Connector,
    args: &NewArgs,
) -> Result<Secrets, Error> {
    let scheme = scheme(connector, args.auth_scheme.as_deref())?;
    let mut given = Map::new();
    for field in scheme.fields.iter() {
        let optional = if field.required { "" } else { ", may be left empty" };
        let question = format!("{}{optional}", named(&field.title, &field.name));
        let value = if field.secret {
            prompt::secret(&format!("{question} (not shown)"))?.expose_secret().to_owned()
        } else {
            prompt::line(&question)?
        };
        if !value.is_empty() {
            given.insert(field.name.to_string(), Value::String(value));
        }
    }
    let mask = Mask::new(connector, Some(&given), &account.variables);
    let credentials = Credentials::from_json(&Value::Object(given))?.scheme(scheme.name.clone());
    Ok(Secrets::typed(credentials, mask))
}

fn scheme<'c>(connector: &'c Connector, wanted: Option<&str>) -> Result<&'c AuthScheme, Error> {
    let all: Vec<&AuthScheme> = connector.auth.iter().collect();
    if let Some(name) = wanted {
        let known = || all.iter().map(|scheme| scheme.name.as_ref()).collect::<Vec<_>>().join(", ");
        let found = all.iter().find(|scheme| scheme.name == name).copied();
        return found
            .ok_or_else(|| usage(format!("--auth-scheme: {} has {}", connector.name, known())));
    }
    let place = if all.len() == 1 {
        0
    } else {
        let titles = all.iter().map(|it| named(&it.title, &it.name));
        prompt::choice("How to authenticate?", &titles.collect::<Vec<String>>())?
    };
    all.get(place).copied().ok_or_else(|| usage(format!("{} needs no credentials", connector.name)))
}

/// The settings and variables that have to be given and are not.
pub(super) fn ask_settings(
    connector: &Connector,
    args: &NewArgs,
    mut options: CreateOptions,
) -> Result<CreateOptions, Error> {
    let given = match &args.config {
        Some(text) => json_option::object("--config", text, "{}")?,
        None => Map::new(),
    };
    let hosting = &connector.hosting;
    let settings = hosting.settings.iter().filter(|setting| {
        setting.required && hosting.constants.iter().all(|it| it.path != setting.path)
    });
    let settings = settings.map(|setting| (&setting.name, &setting.title));
    let variables = connector.server.variables.iter().filter(|variable| {
        variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
    });
    let variables = variables.map(|variable| (&variable.name, &variable.description));
    for (name, title) in settings.chain(variables) {
        if given.contains_key(name.as_ref()) {
            continue;
        }
        let value = prompt::line(&named(title, name))?;
        if !value.is_empty() {
            options = place(connector, options, name, Value::String(value))?;
        }
    }
    Ok(options)
}

/// A title and the name that scripts use.
fn named(title: &str, name: &str) -> String {
    if title.is_empty() { name.to_owned() } else { format!("{} [{name}]", title.trim()) }
}
