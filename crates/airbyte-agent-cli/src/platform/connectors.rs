//! `platform connectors`.

use airbyte_agent_core::{Error, ErrorKind};
use serde_json::json;

use super::account::Account;
use super::args::{Connectors, NewArgs};
use super::kind;
use crate::failure::Stop;

pub(super) async fn connectors(account: &Account, what: Connectors) -> Result<(), Stop> {
    let workspace = account.workspace();
    match what {
        Connectors::List { connector: None } => account.show(&workspace.connectors().await?, None),
        Connectors::List { connector: Some(name) } => {
            let definition = &airbyte_agent::connector(&name)?.definition_id;
            account.show(&workspace.connectors_of(definition).await?, None)
        }
        Connectors::Get { id } => account.show(&workspace.connector(&id).await?, None),
        Connectors::Create { connector, new, if_missing } => {
            create(account, &connector, &new, if_missing).await
        }
        Connectors::Delete { id } => {
            workspace.delete_connector(&id).await?;
            account.show(&json!({"id": id, "workspace": workspace.name()}), None)
        }
        Connectors::Check { id } => {
            let found = workspace.check_connector(&id).await?;
            if found.status == "failed" {
                let why = found.message.as_deref().unwrap_or("it does not say why");
                let message = format!("the platform's check of connector {id} failed: {why}");
                return Err(Error::new(ErrorKind::Authentication, message).into());
            }
            account.show(&json!({"id": id, "status": found.status}), None)
        }
    }
}

async fn create(
    account: &Account,
    connector: &str,
    new: &NewArgs,
    if_missing: bool,
) -> Result<(), Stop> {
    let connector = airbyte_agent::connector(connector)?;
    let options = kind::options(account, &connector, new)?;
    let (credentials, mask) = kind::secrets(account, &connector, new)?.release(account)?;
    let workspace = account.workspace();
    let (id, existed) = if if_missing {
        let there = workspace.ensure_connector(connector.clone(), credentials, options).await?;
        (there.value, there.existed)
    } else {
        (workspace.create_connector(connector.clone(), credentials, options).await?, false)
    };
    let told = json!({
        "id": id,
        "connector": connector.name,
        "workspace": workspace.name(),
        "existed": existed,
    });
    account.show(&told, Some(&mask))
}
