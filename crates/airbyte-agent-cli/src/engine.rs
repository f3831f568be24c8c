//! The local engine as the executor of a sandbox's platform.
//!
//! A hosted call to a sandbox runs the operation like the platform does: by the connector's local
//! engine, against the vendors that the same sandbox emulates, with credentials they accept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_core::description::Action;
use airbyte_agent_core::{Client, Description, Error, ErrorKind, Local, find_operation};
use airbyte_agent_sandbox::{ExecuteError, Executed, Execution, Executor};
use serde_json::{Map, Value};

use crate::sample;

/// Runs operations of these connectors with sample credentials.
#[derive(Clone, Debug)]
pub struct LocalEngine {
    descriptions: Arc<[Description]>,
    /// Clients by connector and origin, so that connections and tokens are kept.
    clients: Arc<Mutex<HashMap<(String, String), Client>>>,
}

impl LocalEngine {
    /// An engine for these connectors.
    pub fn new(connectors: impl IntoIterator<Item = impl Into<Description>>) -> Self {
        let descriptions = connectors.into_iter().map(Into::into).collect();
        Self { descriptions, clients: Arc::default() }
    }

    /// A client of the connector for the sandbox at `origin`, with credentials it accepts.
    ///
    /// # Errors
    ///
    /// When there is no such connector.
    pub fn client(&self, connector: &str, origin: &str) -> Result<Client, Error> {
        let key = (connector.to_owned(), origin.to_owned());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let mut known = self.descriptions.iter();
        let description = known.find(|known| known.name == connector).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("there is no connector '{connector}'"))
        })?;
        let mut local = Local::new(sample::credentials(description)).via(origin);
        for (name, value) in sample::settings(description) {
            local = local.config(name, value);
        }
        let client = Client::local(description.clone(), local)?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

impl Executor for LocalEngine {
    fn execute(
        &self,
        connector: &str,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution {
        let client = self.client(connector, vendor_origin);
        let (entity, action) = (entity.to_owned(), action.to_owned());
        Box::pin(async move {
            let client = client.map_err(|error| refusal(&error))?;
            let ran = run(client, &entity, &action, params).await;
            ran.map_err(|error| refusal(&error))
        })
    }
}

async fn run(client: Client, entity: &str, action: &str, params: Value) -> Result<Executed, Error> {
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

/// The platform's answer to a failure of the engine: the vendor's own status where it has one that
/// the platform passes on.
fn refusal(error: &Error) -> ExecuteError {
    let status = match error.kind() {
        ErrorKind::Usage => 400,
        ErrorKind::Validation => error.status().unwrap_or(422),
        ErrorKind::Authentication => error.status().unwrap_or(401),
        ErrorKind::NotFound => 404,
        ErrorKind::RateLimited => 429,
        ErrorKind::Vendor => error.status().filter(|status| *status >= 400).unwrap_or(502),
        ErrorKind::Network | ErrorKind::Decode => 502,
        _ => 500,
    };
    let retry_after = error.retry_after().map(|wait| wait.as_secs().max(1));
    ExecuteError { status, message: error.to_string(), retry_after }
}
