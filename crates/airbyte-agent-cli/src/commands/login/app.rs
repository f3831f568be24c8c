//! The app at the vendor that a user signs in for: where its client id and its client secret come
//! from.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::provenance::{Provenance, Receiver, Sourced};
use airbyte_agent_core::{Error, ErrorKind};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::fields;
use crate::failure::usage_error;
use crate::variables::{Variables, credential_variable, used_note};
use crate::{notes, ownership, prompt};

/// The client id and the client secret of an app.
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
}

impl App {
    /// Takes the app from the command line, otherwise from the environment, from `.env`, or from
    /// the user's answers.
    pub(super) fn find(
        connector: &Connector,
        scheme: &AuthScheme,
        given: &Map<String, Value>,
    ) -> Result<Self, Error> {
        let variables = Variables::load_with_warnings();
        let field = |target: &'static str| {
            fields::field_of_target(scheme, target).unwrap_or(target).to_owned()
        };
        let variable = |from: Provenance, target: &'static str| {
            let name = credential_variable(connector, &field(target));
            let value = variables.get(from, &name);
            value
                .map(|value| ownership::check_variable(connector, &name).map(|()| value))
                .transpose()
        };
        // The vendor's description decides where they are sent.
        let release = |value: Sourced<String>| value.release(&Receiver::of_user());
        let find = |target: &'static str| {
            let name = field(target);
            let value = fields::given_value(scheme, &name, given).or_else(|| given.get(target));
            match value.and_then(Value::as_str) {
                Some(value) => Ok(Some(value.to_owned())),
                None => variable(Provenance::Environment, target)?.map(release).transpose(),
            }
        };
        let (id, secret) = (find("client_id")?, find("client_secret")?);
        if let Some(id) = id {
            return Ok(Self { id, secret: secret.map(SecretString::from) });
        }
        // Client id and secret of the folder are used together, so that no secret of the user is
        // sent with the client id of somebody else.
        let folder = variable(Provenance::Folder, "client_id")?.filter(|_| secret.is_none());
        if let Some(id) = folder {
            let secret = variable(Provenance::Folder, "client_secret")?;
            let names = [Some(&id), secret.as_ref()].into_iter().flatten().flat_map(Sourced::names);
            notes::print_notes([used_note(&names.cloned().collect::<Vec<_>>())]);
            let secret = secret.map(release).transpose()?;
            return Ok(Self { id: release(id)?, secret: secret.map(SecretString::from) });
        }
        Self::ask(connector, scheme)
    }

    /// Asks the user for client id and secret.
    fn ask(connector: &Connector, scheme: &AuthScheme) -> Result<Self, Error> {
        if !prompt::is_possible() {
            return Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "signing in at {} needs the client id of an app: {} and {} in the environment, \
                     or --credentials with client_id and client_secret",
                    connector.title,
                    credential_variable(connector, "client_id"),
                    credential_variable(connector, "client_secret")
                ),
            ));
        }
        let field =
            fields::field_of_target(scheme, "client_id").and_then(|name| scheme.field(name));
        if let Some(field) = field {
            prompt::print_paragraph(&field.description);
            prompt::print_paragraph(&field.obtain);
        }
        let id = prompt::ask_line("Client id of the app")?;
        if id.is_empty() {
            return Err(usage_error("signing in needs the client id of an app"));
        }
        let secret =
            prompt::ask_secret("Client secret of the app (not shown; Enter if it has none)")?;
        Ok(Self { id, secret: Some(secret).filter(|secret| !secret.expose_secret().is_empty()) })
    }

    /// Adds what renewals of the tokens need to the account.
    pub(super) fn add_to(self, scheme: &AuthScheme, mut account: Account) -> Account {
        if let Some(name) = fields::field_of_target(scheme, "client_id") {
            account = account.field(name, self.id);
        }
        let secret_field = fields::field_of_target(scheme, "client_secret");
        if let (Some(name), Some(secret)) = (secret_field, self.secret) {
            account = account.field(name, secret.expose_secret());
        }
        account
    }
}
