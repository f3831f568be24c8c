//! The local engine as the executor of a sandbox's platform.
//!
//! A hosted call to a sandbox runs the operation as the platform does: by the engine's local
//! transport, against the vendors that the same sandbox emulates, with credentials that they accept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::description::{Action, Connector};
use airbyte_agent_core::{
    Client, Credentials, Description, Error, ErrorKind, Local, find_operation,
};
use airbyte_agent_sandbox::{Account, ExecuteError, Executed, Execution, Executor};
use serde_json::{Map, Value, json};

use crate::sample;

/// Executes operations of its connectors against the vendors of a sandbox, with the credentials of
/// the platform's connector or with sample credentials.
#[derive(Clone, Debug)]
pub struct LocalEngine {
    descriptions: Arc<[Description]>,
    /// Clients by account and origin, so that connections and tokens are used again.
    clients: Arc<Mutex<HashMap<String, Client>>>,
}

impl LocalEngine {
    /// An executor for these connectors.
    pub fn new(connectors: impl IntoIterator<Item = impl Into<Description>>) -> Self {
        let descriptions = connectors.into_iter().map(Into::into).collect();
        Self { descriptions, clients: Arc::default() }
    }

    /// A client of the connector for the sandbox at `origin`, with credentials that the sandbox
    /// accepts.
    ///
    /// # Errors
    ///
    /// When the executor has no connector of this name.
    pub fn client(&self, connector: &str, origin: &str) -> Result<Client, Error> {
        self.client_as(connector, None, &Map::new(), origin)
    }

    /// The same, with the credentials and settings of an account if it has any.
    fn client_as(
        &self,
        connector: &str,
        credentials: Option<Credentials>,
        config: &Map<String, Value>,
        origin: &str,
    ) -> Result<Client, Error> {
        let mut known = self.descriptions.iter();
        let description = known.find(|known| known.name == connector).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there is no connector '{connector}'"))
        })?;
        let credentials = credentials.unwrap_or_else(|| sample::sample_credentials(description));
        let mut local = Local::new(credentials).via(origin);
        // The sandbox forgets its tokens with the process, so nothing is lost with them.
        local = local.on_token_refresh(|_| async { Ok(()) });
        for (name, value) in sample::sample_settings(description) {
            local = local.config(name, value);
        }
        for (name, value) in config.iter().filter(|(name, _)| is_engine_setting(description, name))
        {
            local = local.config(name.clone(), value.clone());
        }
        Client::local(description.clone(), local)
    }

    /// The client that was made before for this key, otherwise a new one.
    fn cached_client(
        &self,
        key: String,
        make: impl FnOnce() -> Result<Client, Error>,
    ) -> Result<Client, Error> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = make()?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

/// Whether the engine uses this setting. The platform stores further ones.
fn is_engine_setting(connector: &Connector, name: &str) -> bool {
    connector.variables().iter().any(|variable| variable.name == name)
        || connector.scoping.iter().any(|rule| rule.config_key == name)
        || connector.operations().any(|operation| {
            let mut sources = operation.parameters.iter().filter_map(|p| p.config.as_ref());
            sources.any(|config| config.source == name)
        })
}

impl Executor for LocalEngine {
    fn execute(
        &self,
        account: &Account,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution {
        let credentials_json = account.credentials.clone().map(Value::Object);
        let key = json!([
            account.connector,
            vendor_origin,
            account.scheme,
            credentials_json,
            account.config
        ]);
        let client = self.cached_client(key.to_string(), || {
            let credentials = credentials_json.as_ref().map(Credentials::from_json).transpose()?;
            let credentials = match (credentials, &account.scheme) {
                (Some(credentials), Some(scheme)) => Some(credentials.scheme(scheme.clone())),
                (credentials, _) => credentials,
            };
            self.client_as(&account.connector, credentials, &account.config, vendor_origin)
        });
        execute_operation(client, entity, action, params)
    }
}

fn execute_operation(
    client: Result<Client, Error>,
    entity: &str,
    action: &str,
    params: Value,
) -> Execution {
    let (entity, action) = (entity.to_owned(), action.to_owned());
    Box::pin(async move {
        let client = client.map_err(|error| execute_error(&error))?;
        let executed = run_operation(client, &entity, &action, params).await;
        executed.map_err(|error| execute_error(&error))
    })
}

async fn run_operation(
    client: Client,
    entity: &str,
    action: &str,
    params: Value,
) -> Result<Executed, Error> {
    let operation = find_operation(client.description(), entity, action)?;
    let (action, gives_file) = (operation.action, operation.download.is_some());
    let params = match params {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    let mut call = client.call(entity, action);
    call.set_all(params);
    if gives_file && action == Action::Download {
        let file = call.download().await?;
        let media_type = file.content_type().unwrap_or("application/octet-stream").to_owned();
        return Ok(Executed::Bytes { bytes: file.bytes().await?.into(), media_type });
    }
    let outcome = call.outcome().await?;
    Ok(Executed::Json { result: outcome.data, metadata: outcome.meta })
}

/// The platform's response to an error of the engine. It has the vendor's status where the platform
/// passes that on.
fn execute_error(error: &Error) -> ExecuteError {
    let status = match error.kind() {
        ErrorKind::Usage => 400,
        ErrorKind::Validation => error.status().unwrap_or(422),
        ErrorKind::Authentication => error.status().unwrap_or(401),
        ErrorKind::Permission => 403,
        ErrorKind::NotFound => 404,
        ErrorKind::RateLimited => 429,
        ErrorKind::Vendor => error.status().filter(|status| *status >= 400).unwrap_or(502),
        ErrorKind::Network | ErrorKind::Decode => 502,
        _ => 500,
    };
    let retry_after = error.retry_after().map(|wait| wait.as_secs().max(1));
    ExecuteError { status, message: error.to_string(), retry_after }
}
