//! The commands `platform templates` and `platform definitions`.

use serde_json::json;

use super::session::PlatformSession;
use crate::args::platform::{Definitions, Templates};
use crate::failure::Stop;

/// Lists templates, or registers one.
pub(super) async fn run_templates(
    session: &PlatformSession,
    action: Templates,
) -> Result<(), Stop> {
    let platform = &session.platform;
    match action {
        Templates::List { global: false } => session.print(&platform.templates().await?),
        Templates::List { global: true } => session.print(&platform.global_templates().await?),
        Templates::Register { connector, name } => {
            let connector = airbyte_agent::connector(&connector)?;
            let name = name.as_deref().unwrap_or(&connector.title);
            let registered = platform.register_template(&connector.definition_id, name).await?;
            let template = registered.value;
            session.print(&json!({
                "id": template.id,
                "name": template.name,
                "connector": connector.name,
                "mode": template.mode,
                "existed": registered.existed,
            }))
        }
    }
}

/// Lists the kinds of connectors that the platform has, or finds one by its name.
pub(super) async fn run_definitions(
    session: &PlatformSession,
    action: Definitions,
) -> Result<(), Stop> {
    match action {
        Definitions::List { contains } => {
            let text = contains.unwrap_or_default();
            session.print(&session.platform.definitions(&text).await?)
        }
        Definitions::Find { name } => session.print(&session.platform.definition(&name).await?),
    }
}
