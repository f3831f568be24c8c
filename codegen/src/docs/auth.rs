//! AUTH.md: every way to authenticate, the hosted platform, configuration.

use airbyte_agent_description::{
    ApiKeyLocation, AuthKind, AuthScheme, RefreshGrant, ServerVariable,
};
use indexmap::{IndexMap, IndexSet};

use super::first::local_options;
use super::{table, yes};
use crate::model::{Model, SchemeModel};
use crate::prose;
use crate::rust::{connect_example, imports};

/// The text of AUTH.md.
pub(crate) fn auth(model: &Model<'_>) -> String {
    let title = prose::markdown(&model.connector.title);
    let mut out = format!("# Authentication of {}\n\n", model.package());
    let sections: Vec<String> = model
        .schemes
        .iter()
        .map(|scheme| format!("[{}](#{})", heading(scheme), anchor(&heading(scheme))))
        .collect();
    let choices = match sections.len() {
        0 => "only [through Airbyte](#through-airbyte).".to_owned(),
        1 => format!(
            "directly with {}, or [through Airbyte](#through-airbyte), which keeps the credentials.",
            sections.concat()
        ),
        _ => format!(
            "directly with one of {}, or [through Airbyte](#through-airbyte), which keeps the credentials.",
            sections.join(", ")
        ),
    };
    out.push_str(&format!("{title} can be called {choices}\n\n"));
    for scheme in &model.schemes {
        out.push_str(&section(model, scheme));
    }
    if !model.schemes.is_empty() {
        out.push_str(&environment(model));
    }
    out.push_str(&hosted(model));
    out.push_str(&configuration(model));
    out
}

fn heading(scheme: &SchemeModel<'_>) -> String {
    let scheme = scheme.scheme;
    prose::cell(if scheme.title.is_empty() { &scheme.name } else { &scheme.title })
}

fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
            _ => None,
        })
        .collect()
}

fn section(model: &Model<'_>, scheme: &SchemeModel<'_>) -> String {
    let described = scheme.scheme;
    let mut out =
        format!("## {}\n\n{}\n\n", heading(scheme), prose::markdown(&described.description));
    out.push_str(&format!("The scheme is called {}. ", prose::code(&described.name)));
    out.push_str(&format!("{}\n\n", carried(&described.kind)));
    let rows: Vec<Vec<String>> = scheme
        .fields
        .iter()
        .map(|(_, field)| {
            let aliases: Vec<String> =
                field.aliases.iter().map(|alias| prose::code(alias)).collect();
            let also = if aliases.is_empty() {
                String::new()
            } else {
                format!(" Also accepted as {}.", aliases.join(", "))
            };
            vec![
                prose::code(&field.name),
                yes(field.required),
                yes(field.secret),
                format!("{}{also}", prose::cell(&prose::sentence(&field.description))),
                prose::cell(&field.obtain),
            ]
        })
        .collect();
    out.push_str(&table(&["Field", "Required", "Secret", "What it is", "Where to get it"], &rows));
    out.push_str(&scopes(scheme));
    let asks = |target: &str| described.mapping.iter().any(|mapping| mapping.target == target);
    if let Some(refresh) = &described.refresh {
        out.push_str(match refresh.grant {
            RefreshGrant::RefreshToken if !asks("refresh_token") => {
                "The vendor gives out no refresh token for this way to authenticate. When the access token \
                 expires, a new one has to be set.\n\n"
            }
            RefreshGrant::RefreshToken => {
                "The client renews an access token that has expired, once for all calls that wait for it. \
                 `Local::token_store` stores the new tokens and loads them again; a call whose new tokens \
                 cannot be stored fails. `Local::on_token_refresh` only passes them to your program.\n\n"
            }
            RefreshGrant::JwtBearer => {
                "The client gets access tokens for a signed assertion, and renews them when they \
                 expire.\n\n"
            }
            RefreshGrant::ClientCredentials => {
                "The client gets access tokens for the client's id and secret, and renews them when they \
                 expire.\n\n"
            }
        });
    }
    out.push_str(&address(described));
    let connect = connect_example(model, scheme).replace('\n', "\n    ");
    let (options, configured) = local_options(model, described, "auth");
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let auth_path = format!("auth::{}", scheme.class);
    let mut names = vec![class.as_str(), &auth_path];
    if configured {
        names.push("Local");
    }
    let uses = imports(library, &names, "");
    let env = if connect.contains("env::") { "use std::env;\n\n" } else { "" };
    out.push_str(&format!(
        "```rust,no_run\n\
         {env}{uses}\n\n\
         fn connect() -> Result<{class}, Box<dyn std::error::Error>> {{\n    \
             let auth = {connect};\n    \
             let {variable} = {class}::local({options})?;\n    \
             Ok({variable})\n\
         }}\n\
         ```\n\n"
    ));
    out
}

/// Where requests of the scheme go, if it has a server of its own.
fn address(scheme: &AuthScheme) -> String {
    let Some(own) = &scheme.server else { return String::new() };
    let url =
        own.server.url.render(|name| Ok::<_, std::convert::Infallible>(format!("{{{name}}}")));
    let url = prose::code(&url.unwrap_or_default());
    match &own.when {
        None => format!("Requests go to {url}.\n\n"),
        Some(name) => {
            format!("Requests go to {url} if {} is configured.\n\n", prose::code(name))
        }
    }
}

/// The sentence that says how a request carries the credential.
fn carried(kind: &AuthKind) -> String {
    match kind {
        AuthKind::Bearer => {
            "Requests carry the credential as `Authorization: Bearer …`.".to_owned()
        }
        AuthKind::Basic => {
            "Requests carry the credentials by HTTP basic authentication.".to_owned()
        }
        AuthKind::ApiKey { location, name } => {
            let place = match location {
                ApiKeyLocation::Header => "header",
                ApiKeyLocation::Query => "query parameter",
                ApiKeyLocation::Cookie => "cookie",
            };
            format!("Requests carry the credential in the {place} {}.", prose::code(name))
        }
        AuthKind::OAuth2 { header, prefix } => {
            let carried = prose::code(&format!("{header}: {prefix} …").replace("  ", " "));
            format!("Requests carry the access token as {carried}.")
        }
    }
}

fn scopes(scheme: &SchemeModel<'_>) -> String {
    let rows: Vec<Vec<String>> = scheme
        .scheme
        .scopes
        .iter()
        .map(|scope| {
            let entities: Vec<String> =
                scope.entities.iter().map(|name| prose::code(name)).collect();
            vec![
                if scope.name.is_empty() { String::new() } else { prose::code(&scope.name) },
                scope.mode.replace('_', " and "),
                entities.join(", "),
                prose::cell(&scope.description),
            ]
        })
        .collect();
    let mut out = table(&["Scope", "What it permits", "Entities that need it", "Remarks"], &rows);
    if let Some(oauth) = &scheme.scheme.oauth {
        let requested: Vec<String> = oauth.scopes.iter().map(|scope| prose::code(scope)).collect();
        if rows.is_empty() && !requested.is_empty() {
            out.push_str(&format!("Scopes to request: {}.\n\n", requested.join(", ")));
        }
    }
    out
}

fn environment(model: &Model<'_>) -> String {
    let (library, class) = (&model.library, &model.class);
    let prefix = model.environment_variable("");
    let field = model.schemes.iter().flat_map(|scheme| &scheme.fields).next();
    let example = field.map_or(String::new(), |(_, field)| {
        format!(", for example `{}`", model.environment_variable(&field.name))
    });
    let (options, configured) = match model.connector.auth.first() {
        Some(scheme) => local_options(model, scheme, "auth"),
        None => ("auth".to_owned(), false),
    };
    let choice =
        if model.schemes.len() > 1 { "Set those of one way to authenticate only." } else { "" };
    let mut names = vec!["Credentials", "DESCRIPTION", class.as_str(), "Result"];
    if configured {
        names.push("Local");
    }
    format!(
        "## From the environment\n\n\
         `Credentials::from_env` and the program `airbyte-agent` read the fields above from environment \
         variables. Their names are `{prefix}` followed by the field in capitals{example}. {choice}\n\n\
         ```rust,no_run\n\
         {}\n\n\
         fn connect() -> Result<{class}> {{\n    \
             let auth = Credentials::from_env(&DESCRIPTION);\n    \
             {class}::local({options})\n\
         }}\n\
         ```\n\n",
        imports(library, &names, ""),
    )
}

fn hosted(model: &Model<'_>) -> String {
    let (library, class) = (&model.library, &model.class);
    format!(
        "## Through Airbyte\n\n\
         The hosted platform keeps the vendor's credentials. Your program only needs the client id and secret of \
         your Airbyte organization, which `Hosted::from_env` reads from `AIRBYTE_CLIENT_ID` and \
         `AIRBYTE_CLIENT_SECRET`. The connector is found by the name of its workspace, or given with \
         `Hosted::connector_id`.\n\n\
         ```rust,no_run\n\
         {}\n\n\
         fn connect(id: &str, secret: &str) -> Result<{class}> {{\n    \
             let hosted = Hosted::new(id, secret).workspace(\"customer-123\");\n    \
             {class}::hosted(hosted)\n\
         }}\n\
         ```\n\n{}",
        imports(library, &[class, "Hosted", "Result"], ""),
        platform_settings(model),
    )
}

/// The settings with which a connector is created on the platform.
fn platform_settings(model: &Model<'_>) -> String {
    let rows: Vec<Vec<String>> = model
        .connector
        .hosting
        .to_be_given()
        .map(|setting| {
            let about = [&setting.title, &setting.schema.description];
            let about: Vec<String> = about
                .into_iter()
                .filter(|text| !text.is_empty())
                .map(|text| prose::cell(&prose::sentence(text)))
                .collect();
            vec![prose::code(&setting.name), yes(setting.required), about.join(" ")]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "These settings are given when the connector is created there: with `CreateOptions::setting` of \
         `airbyte-agent-platform`, or with `--config` of `airbyte-agent platform setup`.\n\n{}",
        table(&["Setting", "Required", "What it is"], &rows)
    )
}

fn configuration(model: &Model<'_>) -> String {
    let connector = model.connector;
    let needed = |variable: &ServerVariable| {
        let schemes = connector.schemes_with(&variable.name);
        let name = |scheme: &&AuthScheme| {
            let scheme_name = prose::code(&scheme.name);
            match scheme.server.as_ref().and_then(|own| own.when.as_ref()) {
                // Another setting leads to a server that does not need this one.
                Some(other) => format!("{scheme_name} unless {} is set", prose::code(other)),
                None => scheme_name,
            }
        };
        let is_plain = schemes.iter().all(|scheme| scheme.server.is_none());
        let names: Vec<String> = schemes.iter().map(name).collect();
        match names.len() {
            0 => String::new(),
            all if all == connector.auth.len() && is_plain => "yes".to_owned(),
            _ => format!("with {}", names.join(", ")),
        }
    };
    let mut rows: Vec<Vec<String>> = connector
        .variables()
        .into_iter()
        .map(|variable| {
            let (required, value) = match (&variable.default, &variable.derived_from) {
                (Some(default), _) => (String::new(), prose::code(default)),
                (None, Some(rule)) => {
                    (String::new(), format!("taken from {}", prose::code(&rule.field)))
                }
                (None, None) if variable.from_token => {
                    (String::new(), "taken from the token response".to_owned())
                }
                (None, None) => (needed(variable), String::new()),
            };
            let mut about = prose::cell(&variable.description);
            if !variable.choices.is_empty() {
                let choices: Vec<String> =
                    variable.choices.iter().map(|c| prose::code(c)).collect();
                about.push_str(&format!(" One of {}.", choices.join(", ")));
            }
            if !variable.example.is_empty() {
                about.push_str(&format!(" Example: {}.", prose::code(&variable.example)));
            }
            vec![prose::code(&variable.name), required, value, about]
        })
        .collect();
    for (key, parameters) in filled(model) {
        let parameters: Vec<String> = parameters.iter().map(|name| prose::code(name)).collect();
        rows.push(vec![
            prose::code(key),
            String::new(),
            String::new(),
            format!("The value of {} in calls that do not pass it.", parameters.join(", ")),
        ]);
    }
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "## Configuration\n\nThese settings are set with `Local::config(name, value)`, or with `--config` of the program.\n\n{}",
        table(&["Name", "Required", "Value when not set", "What it is"], &rows)
    )
}

/// Configuration keys and the parameters that get their values.
fn filled<'m>(model: &'m Model<'_>) -> IndexMap<&'m str, IndexSet<&'m str>> {
    let mut filled: IndexMap<&str, IndexSet<&str>> = IndexMap::new();
    for scoping in model.connector.scoping.iter() {
        filled.entry(&scoping.config_key).or_default().insert(&scoping.parameter);
    }
    for operation in model.connector.operations() {
        for parameter in operation.parameters.iter() {
            if let Some(config) = &parameter.config {
                filled.entry(&config.source).or_default().insert(&parameter.name);
            }
        }
    }
    filled
}
