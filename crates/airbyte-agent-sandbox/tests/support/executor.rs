//! The engine as the executor of a sandbox's platform.

use airbyte_agent_core::description::{Action, Connector};
use airbyte_agent_core::{Client, Credentials, Error, Local, find_operation};
use airbyte_agent_sandbox::{Account, ExecuteError, Executed, Execution, Executor};
use serde_json::Value;

/// Executes the operations of one connector with the engine, against the sandbox that asks for it.
pub(crate) struct EngineExecutor {
    pub(crate) description: Connector,
    /// Credentials for connectors that the sandbox itself set up.
    pub(crate) credentials: Credentials,
}

impl Executor for EngineExecutor {
    fn execute(
        &self,
        account: &Account,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution {
        let credentials = match &account.credentials {
            Some(given) => Credentials::from_json(&given.clone().into()).unwrap(),
            None => self.credentials.clone(),
        };
        let credentials = match &account.scheme {
            Some(scheme) => credentials.scheme(scheme.clone()),
            None => credentials,
        };
        let site = account.config.get("site").cloned().unwrap_or_else(|| "east".into());
        let local = Local::new(credentials).via(vendor_origin).config("site", site);
        let client = Client::local(self.description.clone(), local);
        let (entity, action) = (entity.to_owned(), action.to_owned());
        Box::pin(async move {
            let client = client.map_err(|error| execute_error(&error))?;
            let result = execute(&client, &entity, &action, params).await;
            result.map_err(|error| execute_error(&error))
        })
    }
}

async fn execute(
    client: &Client,
    entity: &str,
    action: &str,
    params: Value,
) -> Result<Executed, Error> {
    let action = find_operation(client.description(), entity, action)?.action;
    let mut call = client.call(entity, action);
    call.set_all(params.as_object().cloned().unwrap_or_default());
    if action == Action::Download {
        let download = call.download().await?;
        let media_type = download.content_type().unwrap_or_default().to_owned();
        return Ok(Executed::Bytes { bytes: download.bytes().await?.into(), media_type });
    }
    let outcome = call.outcome().await?;
    Ok(Executed::Json { result: outcome.data, metadata: outcome.meta })
}

fn execute_error(error: &Error) -> ExecuteError {
    ExecuteError {
        status: error.status().unwrap_or(400),
        message: error.to_string(),
        retry_after: error.retry_after().map(|wait| wait.as_secs()),
    }
}
