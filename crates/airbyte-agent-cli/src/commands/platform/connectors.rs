//! The command `platform connectors`.

use airbyte_agent_core::{Error, ErrorKind};
use serde_json::json;

use super::new_connector;
use super::session::PlatformSession;
use crate::args::platform::{Connectors, NewArgs};
use crate::failure::Stop;

/// Lists, shows, creates, removes or checks connectors of the workspace.
pub(super) async fn run_connectors(
    session: &PlatformSession,
    action: Connectors,
) -> Result<(), Stop> {
    let workspace = session.workspace();
    match action {
        Connectors::List { connector: None } => session.print(&workspace.connectors().await?),
        Connectors::List { connector: Some(name) } => {
            let definition = &airbyte_agent::connector(&name)?.definition_id;
            session.print(&workspace.connectors_of(definition).await?)
        }
        Connectors::Get { id } => session.print(&workspace.connector(&id).await?),
        Connectors::Create { connector, new, if_missing } => {
            create_connector(session, &connector, &new, if_missing).await
        }
        Connectors::Delete { id } => {
            workspace.delete_connector(&id).await?;
            session.print(&json!({"id": id, "workspace": workspace.name()}))
        }
        Connectors::Check { id } => {
            let check = workspace.check_connector(&id).await?;
            if check.status == "failed" {
                let why = check.message.as_deref().unwrap_or("the platform does not say why");
                let message = format!("the platform's check of connector {id} failed: {why}");
                return Err(Error::new(ErrorKind::Authentication, message).into());
            }
            session.print(&json!({"id": id, "status": check.status}))
        }
    }
}

async fn create_connector(
    session: &PlatformSession,
    connector: &str,
    new: &NewArgs,
    if_missing: bool,
) -> Result<(), Stop> {
    let connector = airbyte_agent::connector(connector)?;
    let options = new_connector::create_options(session, &connector, new)?;
    let credentials = new_connector::find_credentials(session, &connector, new)?.announce();
    let credentials = credentials.release(session)?;
    let workspace = session.workspace();
    let (id, existed) = if if_missing {
        let ensured = workspace.ensure_connector(connector.clone(), credentials, options).await?;
        (ensured.value, ensured.existed)
    } else {
        (workspace.create_connector(connector.clone(), credentials, options).await?, false)
    };
    let report = json!({
        "id": id,
        "connector": connector.name,
        "workspace": workspace.name(),
        "existed": existed,
    });
    session.print(&report)
}
