//! Operations that the platform prepares and this machine runs.
//!
//! The platform checks and authorizes the call and gives a bundle: arguments, the stored
//! configuration with references in the places of secrets, and which part of it is a credential.
//! The operation itself is that of the connector's own description.

use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::envelope;
use super::hydrate::{self, Hydrated};
use super::request::PlatformRequest;
use super::secrets::SecretProvider;
use super::session::Session;
use crate::arguments::Arguments;
use crate::auth::{Account, Credentials};
use crate::call::Call;
use crate::client::Client;
use crate::description::{Action, Connector, RefreshGrant};
use crate::error::{Error, Result};
use crate::local::{Local, known_settings};
use crate::transport::{Layout, Prepared, Reply};

/// A call that is ready to be run on this machine.
pub(super) struct Here {
    session: Session,
    call: Call,
    action: Action,
    /// What the caller passed, on which paging builds.
    arguments: Arguments,
}

impl Session {
    /// Has the platform prepare a call, and puts the secrets into it.
    pub(super) async fn prepare(
        &self,
        call: &Prepared<'_>,
        arguments: Arguments,
        request: &PlatformRequest,
        provider: &dyn SecretProvider,
    ) -> Result<Here> {
        let response = self.authorized(request).await?;
        let body = self.read(response, request).await?;
        let what = &request.what;
        let answer: Value = serde_json::from_slice(&body)
            .map_err(|_| Error::decode(format!("{what}: the platform's answer is not JSON")))?;
        if let Some(error) = envelope::failure(&answer, what, |text| self.redact(text)) {
            return Err(error);
        }
        let bundle = answer
            .get("bundle")
            .filter(|bundle| bundle.as_object().is_some_and(|members| !members.is_empty()));
        let bundle = bundle.ok_or_else(|| {
            Error::decode(format!("{what}: the platform prepared nothing to be run here"))
        })?;
        let params = checked(bundle, call)?;
        let none = Value::Null;
        let stored = bundle.get("source_config").unwrap_or(&none);
        let values = bundle.get("config_values").filter(|values| values.is_object());
        let hydrated = Hydrated::fetch(&[stored, values.unwrap_or(&none)], provider).await?;
        for secret in hydrated.secrets() {
            self.conceal(secret);
        }
        let stored = hydrated.fill(stored);
        let settings = values.map_or_else(|| stored.clone(), |values| hydrated.fill(values));
        let mapping = bundle.get("replication_auth_key_mapping").and_then(Value::as_object);
        let no_mapping = Map::new();
        let mapping = mapping.unwrap_or(&no_mapping);
        let found = hydrate::credentials(&stored, mapping);
        let client = self.engine(call.connector, found, mapping.is_empty(), &settings)?;
        let mut run = client.call(&call.operation.entity, call.operation.action);
        run.set_all(params);
        *run.options() = call.options.clone();
        Ok(Here { session: self.clone(), call: run, action: call.operation.action, arguments })
    }

    /// The client that runs the operations of a connector with these credentials and settings.
    fn engine(
        &self,
        connector: &Connector,
        mut found: Map<String, Value>,
        is_whole: bool,
        settings: &Value,
    ) -> Result<Client> {
        if is_whole {
            // Without a mapping settings stand among the credentials.
            found
                .retain(|name, _| connector.auth.iter().any(|scheme| scheme.field(name).is_some()));
        }
        let known = known_settings(connector);
        let settings = settings.as_object().into_iter().flatten();
        let settings: Map<String, Value> = settings
            .filter(|(name, value)| known.contains(&name.as_str()) && !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let make = || {
            let local = self.local(connector, &found, &settings)?;
            Client::local(connector.clone(), local)
        };
        let client = self.0.engines.get(connector, &found, &settings, make);
        client.map_err(|error| error.cleaned(|text| self.redact(text)))
    }

    fn local(
        &self,
        connector: &Connector,
        credentials: &Map<String, Value>,
        settings: &Map<String, Value>,
    ) -> Result<Local> {
        let credentials = Credentials::from_json(&Value::Object(credentials.clone()))?;
        let account = Account::new(connector, &credentials)?;
        let refresh = account.scheme(connector).refresh.as_ref();
        if refresh.is_some_and(|refresh| refresh.grant == RefreshGrant::RefreshToken)
            && account.secret("refresh_token").is_some()
        {
            return Err(Error::usage(format!(
                "this account of {} renews its tokens, and there is nowhere to keep the new ones: \
                 it cannot be used with secrets on this machine",
                connector.name
            )));
        }
        let mut local = Local::new(credentials).timeout(self.timeout());
        local.options.config.clone_from(settings);
        local.options.http = Some(self.0.wire.network.http.clone());
        local.options.retry.clone_from(&self.0.options.retry);
        local.options.max_attempts = self.0.options.max_attempts;
        local.options.via.clone_from(&self.0.options.via);
        Ok(local)
    }
}

/// The arguments of a bundle, once it is clear that it is about this call.
fn checked(bundle: &Value, call: &Prepared<'_>) -> Result<Map<String, Value>> {
    let place = call.operation.place();
    let text = |name: &str| bundle.get(name).and_then(Value::as_str);
    let action = text("action").and_then(|action| action.parse::<Action>().ok());
    if text("entity").is_some_and(|entity| entity != call.operation.entity)
        || (text("action").is_some() && action != Some(call.operation.action))
    {
        return Err(Error::decode(format!("{place}: the platform prepared another operation")));
    }
    let kind = text("connector_definition_id").unwrap_or_default();
    if !kind.is_empty() && !kind.eq_ignore_ascii_case(&call.connector.definition_id) {
        return Err(Error::decode(format!(
            "{place}: the platform prepared a call of another connector ({kind}), not of {}",
            call.connector.name
        )));
    }
    match bundle.get("params") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(params)) => Ok(params.clone()),
        Some(_) => Err(Error::decode(format!("{place}: the prepared arguments are no object"))),
    }
}

impl Here {
    /// Runs the call; the answer is written as the platform would have written it.
    pub(super) async fn reply(self) -> Result<Reply> {
        let session = self.session;
        let options = self.call.clone().options().clone();
        let outcome = self.call.outcome().await;
        let outcome = outcome.map_err(|error| error.cleaned(|text| session.redact(text)))?;
        let result = envelope::finish(outcome.data, self.action, &options);
        let body = json!({
            "status": "success", "result": result, "connector_metadata": outcome.meta,
        });
        let body = body.to_string().into();
        Ok(Reply::new(200, HeaderMap::new(), body, Layout::Platform).with_arguments(self.arguments))
    }

    /// Runs the call; a file.
    pub(super) async fn file(self) -> Result<crate::download::Download> {
        let session = self.session;
        self.call.download().await.map_err(|error| error.cleaned(|text| session.redact(text)))
    }
}
