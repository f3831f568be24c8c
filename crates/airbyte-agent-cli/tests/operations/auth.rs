//! Tests of every scheme of every connector, with every name of its fields: good credentials are
//! accepted, bad ones lead to an error of the kind `authentication`, and expired tokens are renewed.

use airbyte_agent_core::description::{AuthScheme, Connector, CredentialField, RefreshGrant};
use airbyte_agent_core::{CheckStatus, Client, Credentials, ErrorKind, Local};
use airbyte_agent_sandbox::Sandbox;

/// Credentials for the fields of a scheme; `name` chooses among the names of each field.
fn credentials<'s>(
    connector: &Connector,
    scheme: &'s AuthScheme,
    fields: impl Iterator<Item = &'s CredentialField>,
    name: impl Fn(&'s CredentialField) -> &'s str,
    value: &str,
) -> Credentials {
    let mut credentials = Credentials::new().scheme(scheme.name.clone());
    for field in fields {
        // A setting that hides in a credential has to be found there.
        let ending = connector.server.variables.iter().find_map(|variable| {
            let rule = variable.derived_from.as_ref()?;
            (rule.field == field.name).then(|| format!("{}eu1", rule.delimiter))
        });
        let value = format!("{value}-{}{}", field.name, ending.unwrap_or_default());
        credentials = credentials.field(name(field).to_owned(), value);
    }
    credentials
}

fn client(
    connector: &'static Connector,
    scheme: &AuthScheme,
    sandbox: &Sandbox,
    credentials: Credentials,
) -> Client {
    let mut local = Local::new(credentials).via(sandbox.url());
    for variable in connector.server_of(scheme, |_| false).variables.iter() {
        if variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token {
            let choice = variable.choices.first().map(ToString::to_string);
            let example = Some(variable.example.to_string()).filter(|text| !text.is_empty());
            let value = choice.or(example).unwrap_or_else(|| "sandbox".to_owned());
            local = local.config(variable.name.to_string(), value);
        }
    }
    Client::local(connector, local).unwrap_or_else(|error| panic!("{}: {error}", connector.name))
}

/// The error of a check, or nothing if the check succeeds.
async fn complaint(client: &Client) -> Option<(Option<ErrorKind>, String)> {
    let report = client.check().await;
    (report.status != CheckStatus::Healthy).then(|| {
        let text = report.error.as_ref().map_or_else(String::new, ToString::to_string);
        (report.error.map(|error| error.kind()), text)
    })
}

#[tokio::test]
async fn every_scheme_of_every_connector_works_under_every_name_of_its_fields() {
    let mut wrong = Vec::new();
    for connector in airbyte_agent::registry().iter().copied() {
        let sandbox = Sandbox::builder().connector(connector).start().await.unwrap();
        assert!(!connector.auth.is_empty(), "{}", connector.name);
        for scheme in connector.auth.iter() {
            // Needs a key that can sign; the engine's own tests have one.
            let signs = |refresh: &airbyte_agent_core::description::Refresh| {
                refresh.grant == RefreshGrant::JwtBearer
            };
            if scheme.refresh.as_ref().is_some_and(signs) {
                continue;
            }
            let place = format!("{} {}", connector.name, scheme.name);
            let all = || scheme.fields.iter();
            let required = || scheme.fields.iter().filter(|field| field.required);
            let own = |field: &'static CredentialField| field.name.as_ref();
            let mut cases = vec![
                ("all fields".to_owned(), credentials(connector, scheme, all(), own, "good")),
                ("what it needs".to_owned(), credentials(connector, scheme, required(), own, "ok")),
            ];
            for field in scheme.fields.iter() {
                for alias in field.aliases.iter() {
                    let name = |other: &'static CredentialField| {
                        if other.name == field.name { alias.as_ref() } else { other.name.as_ref() }
                    };
                    let given = credentials(connector, scheme, all(), name, "other");
                    cases.push((format!("{} as {alias}", field.name), given));
                }
            }
            for (case, credentials) in cases {
                if let Some((_, why)) =
                    complaint(&client(connector, scheme, &sandbox, credentials)).await
                {
                    wrong.push(format!("{place}, {case}: {why}"));
                }
            }

            let bad = credentials(connector, scheme, all(), own, "invalid");
            match complaint(&client(connector, scheme, &sandbox, bad)).await {
                Some((Some(ErrorKind::Authentication), why)) if !why.contains("invalid-") => {}
                other => wrong.push(format!("{place}: bad credentials gave {other:?}")),
            }
        }
        sandbox.shutdown().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
