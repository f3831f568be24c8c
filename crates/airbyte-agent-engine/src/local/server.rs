//! The base URL, with server variables that are checked before they become part of an address.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use url::Url;

use crate::description::{AuthScheme, Connector, Server, ServerVariable, suggestion};
use crate::endpoint::{self, Endpoint, Source};
use crate::error::{Error, Result};

/// Values that documents use as placeholders for the user's own.
const PLACEHOLDERS: [&str; 4] = ["yourcompany", "yoursubdomain", "placeholder", "changeme"];

/// Joins base URL and target as texts; an empty path stays empty.
pub(super) fn absolute(base: &Url, target: &str) -> Result<Url> {
    let text = format!("{}{target}", base.as_str().trim_end_matches('/'));
    Url::parse(&text).map_err(|_| Error::internal("base URL and path do not make an address"))
}

/// The configuration, completed by defaults and by values that credentials contain.
pub(crate) fn configuration(
    connector: &Connector,
    scheme: &AuthScheme,
    given: &Map<String, Value>,
    credential: impl Fn(&str) -> Option<String>,
) -> Result<Map<String, Value>> {
    let mut config = Map::new();
    for variable in connector.variables() {
        let derived = variable.derived_from.as_ref().and_then(|rule| {
            let value = credential(&rule.field)?;
            let (_, behind) = value.rsplit_once(rule.delimiter.as_ref())?;
            (!behind.is_empty()).then(|| behind.to_owned())
        });
        if let Some(value) = derived.or_else(|| variable.default.as_ref().map(ToString::to_string))
        {
            config.insert(variable.name.to_string(), Value::String(value));
        }
    }
    for (name, value) in given {
        if value.is_null() {
            continue;
        }
        check_known(connector, name)?;
        if let Some(variable) = connector.variables().into_iter().find(|v| v.name == *name) {
            check_variable(connector, variable, value)?;
        }
        config.insert(name.clone(), value.clone());
    }
    let server = connector.server_of(scheme, |name| config.contains_key(name));
    for variable in server.variables.iter() {
        if !config.contains_key(variable.name.as_ref()) && !variable.from_token {
            let example = match variable.example.as_ref() {
                "" => String::new(),
                example => format!(", for example '{example}'"),
            };
            let instead = scheme.server.as_ref().and_then(|own| own.when.as_ref());
            let instead = instead.map_or(String::new(), |name| format!(" (or '{name}' instead)"));
            return Err(Error::validation(format!(
                "{} needs the setting '{}'{example}{instead}",
                connector.name, variable.name
            )));
        }
    }
    Ok(config)
}

/// The names of all settings that something uses.
pub(crate) fn known_settings(connector: &Connector) -> Vec<&str> {
    let mut known: Vec<&str> =
        connector.variables().into_iter().map(|variable| variable.name.as_ref()).collect();
    known.extend(connector.scoping.iter().map(|rule| rule.config_key.as_ref()));
    for operation in connector.operations() {
        known.extend(
            operation.parameters.iter().filter_map(|p| Some(p.config.as_ref()?.source.as_ref())),
        );
    }
    // Names in token URLs (`{{subdomain}}`).
    for scheme in connector.auth.iter() {
        known.extend(scheme.refresh.iter().flat_map(|refresh| refresh.url.names()));
        known.extend(scheme.oauth.iter().flat_map(|oauth| oauth.token_url.names()));
        known.extend(scheme.oauth.iter().flat_map(|oauth| oauth.authorization_url.names()));
    }
    known.sort_unstable();
    known.dedup();
    known
}

/// If a connector has settings, a setting that nothing uses is taken for a typing error.
fn check_known(connector: &Connector, name: &str) -> Result<()> {
    let known = known_settings(connector);
    if known.is_empty() || known.contains(&name) {
        return Ok(());
    }
    Err(Error::validation(format!(
        "{} has no setting '{name}'{}",
        connector.name,
        suggestion(name, &known)
    )))
}

fn check_variable(connector: &Connector, variable: &ServerVariable, value: &Value) -> Result<()> {
    let name = &variable.name;
    let Some(text) = value.as_str() else {
        return Err(Error::validation(format!("the setting '{name}' must be a text")));
    };
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let is_placeholder = text.contains(['{', '}', '<', '>'])
        || text.trim().is_empty()
        || words.iter().any(|word| {
            let word = word.to_ascii_lowercase();
            word == "your" || (words.len() == 1 && PLACEHOLDERS.contains(&word.as_str()))
        });
    if is_placeholder {
        return Err(Error::validation(format!(
            "the setting '{name}' of {} is a placeholder: put your own value in its place",
            connector.name
        )));
    }
    let default_is_choice =
        variable.default.as_ref().is_none_or(|default| variable.choices.contains(default));
    if !variable.choices.is_empty()
        && default_is_choice
        && !variable.choices.iter().any(|c| c == text)
    {
        return Err(Error::validation(format!(
            "the setting '{name}' must be one of {}",
            variable.choices.join(", ")
        )));
    }
    Ok(())
}

/// The base URL with the values of all variables. Fields of the token response take precedence over
/// settings.
pub(super) fn base_url(
    connector: &Connector,
    server: &Server,
    config: &Map<String, Value>,
    extracted: &BTreeMap<String, String>,
) -> Result<Endpoint> {
    endpoint::fill(&format!("the address of {}", connector.name), &server.url, |name| {
        let configured = config.get(name).and_then(Value::as_str);
        let answered = extracted.get(name).map(String::as_str);
        let text = answered.or(configured).ok_or_else(|| {
            Error::authentication(format!(
                "the token endpoint did not say '{name}', which the address of {} needs",
                connector.name
            ))
        })?;
        let is_derived = |v: &ServerVariable| v.name == name && v.derived_from.is_some();
        let source = match answered {
            // A value that the user gave as well counts as a value of the user.
            Some(_) if answered != configured => Source::Answer,
            _ if server.variables.iter().any(is_derived) => Source::Credential,
            _ => Source::Setting,
        };
        Ok(endpoint::Value { text: text.to_owned(), source })
    })
}
