//! Operations that the platform prepares and this machine executes.
//!
//! The platform checks and authorizes the call and returns a bundle: arguments, the stored
//! configuration with references in the places of secrets, and a mapping that says which parts of
//! it are credentials. The operation itself is taken from the connector's own description, and the
//! response has the form of the vendor's API.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::envelope;
use super::hydrate::{self, Hydrated};
use super::request::PlatformRequest;
use super::secrets::SecretProvider;
use super::session::{Reading, Session};
use crate::arguments::{self, Arguments};
use crate::auth::{Account, Credentials};
use crate::description::{Action, Connector, RefreshGrant};
use crate::download::Download;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::local::{Local, LocalTransport, known_settings};
use crate::selection;
use crate::transport::{CheckedCall, Reply, Transport as _};

/// A call that is ready to be executed by this machine.
pub(super) struct PreparedCall {
    session: Session,
    transport: LocalTransport,
    /// The call that is sent to the vendor.
    arguments: Arguments,
}

impl Session {
    /// Lets the platform prepare a call, and fills the secrets into it.
    pub(super) async fn prepare(
        &self,
        call: &CheckedCall<'_>,
        request: &PlatformRequest,
        provider: &dyn SecretProvider,
    ) -> Result<PreparedCall> {
        let response = self.authorized(request, Reading::Whole).await?;
        let body = self.read(response, request).await?;
        let what = &request.what;
        let answer: Value = serde_json::from_slice(&body)
            .map_err(|_| Error::decode(format!("{what}: the platform's response is not JSON")))?;
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
        let credentials = hydrate::credentials(&stored, mapping);
        let clean = |error: Error| error.cleaned(|text| self.redact(text));
        let transport = self
            .local_transport(call.connector, credentials, mapping.is_empty(), &settings)
            .map_err(clean)?;
        let completed = complete(call, params, &transport);
        let arguments = completed.map_err(clean)?;
        Ok(PreparedCall { session: self.clone(), transport, arguments })
    }

    /// The transport that executes the operations of a connector with these credentials and settings.
    fn local_transport(
        &self,
        connector: &Connector,
        mut credentials: Map<String, Value>,
        is_whole: bool,
        settings: &Value,
    ) -> Result<LocalTransport> {
        if is_whole {
            // Without a mapping, the bundle contains settings among the credentials.
            credentials
                .retain(|name, _| connector.auth.iter().any(|scheme| scheme.field(name).is_some()));
        }
        let known = known_settings(connector);
        let settings = settings.as_object().into_iter().flatten();
        let settings: Map<String, Value> = settings
            .filter(|(name, value)| known.contains(&name.as_str()) && !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        self.0.transports.get(connector, &credentials, &settings, || {
            let local = self.local(connector, &credentials, &settings)?;
            LocalTransport::new(connector.clone().into(), local.options)
        })
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
        // Secrets that the vendor issues later, such as tokens, are also removed from texts of this
        // session.
        local.options.redactor = self.0.wire.redactor.clone();
        Ok(local)
    }
}

/// The arguments of a bundle, after a check that the bundle is for this call.
fn checked(bundle: &Value, call: &CheckedCall<'_>) -> Result<Map<String, Value>> {
    let name = call.name;
    let text = |member: &str| bundle.get(member).and_then(Value::as_str);
    let action = text("action").and_then(|action| action.parse::<Action>().ok());
    if text("entity").is_some_and(|entity| entity != call.operation.entity)
        || (text("action").is_some() && action != Some(call.operation.action))
    {
        return Err(Error::decode(format!("{name}: the platform prepared another operation")));
    }
    let kind = text("connector_definition_id").unwrap_or_default();
    if !kind.is_empty() && !kind.eq_ignore_ascii_case(&call.connector.definition_id) {
        return Err(Error::decode(format!(
            "{name}: the platform prepared a call of another connector ({kind}), not of {}",
            call.connector.name
        )));
    }
    match bundle.get("params") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(params)) => Ok(params.clone()),
        Some(_) => Err(Error::decode(format!("{name}: the prepared arguments are no object"))),
    }
}

/// The prepared arguments, completed by the settings and by defaults of the description.
fn complete(
    call: &CheckedCall<'_>,
    params: Map<String, Value>,
    transport: &LocalTransport,
) -> Result<Arguments> {
    let completion = transport.completion()?;
    let (connector, operation, name) = (call.connector, call.operation, call.name);
    let texts = call.options.text_rules();
    let arguments = arguments::complete(connector, operation, name, params, completion, texts)?;
    if call.options.is_confined() {
        selection::confine(operation, name, &arguments)?;
    }
    Ok(arguments)
}

impl PreparedCall {
    /// Executes the call. The response is the vendor's own, so its fields still have to be
    /// selected; the platform would have done so.
    pub(super) async fn send(self, call: CheckedCall<'_>) -> Result<Reply> {
        let call = CheckedCall { arguments: &self.arguments, ..call };
        let mut reply = self.transport.send(call).await.map_err(|error| self.cleaned(error))?;
        reply.layout = Layout { is_unselected: true, ..Layout::described() };
        Ok(reply.answered_by(Arc::new(self.transport)))
    }

    /// Executes the call and opens the file.
    pub(super) async fn open(self, call: CheckedCall<'_>) -> Result<Download> {
        let call = CheckedCall { arguments: &self.arguments, ..call };
        self.transport.open(call).await.map_err(|error| self.cleaned(error))
    }

    fn cleaned(&self, error: Error) -> Error {
        error.cleaned(|text| self.session.redact(text))
    }
}
