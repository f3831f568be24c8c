//! The command `platform workspaces`.

use super::session::PlatformSession;
use crate::args::platform::Workspaces;
use crate::failure::{Stop, usage_error};

/// Lists, shows, creates or removes workspaces.
pub(super) async fn run_workspaces(
    session: &PlatformSession,
    action: Workspaces,
) -> Result<(), Stop> {
    let platform = &session.platform;
    match action {
        Workspaces::List { contains } => {
            let text = contains.unwrap_or_default();
            session.print(&platform.workspaces_with(&text).await?)
        }
        Workspaces::Get { name } => {
            let name = name.as_deref().or(session.named_workspace.as_deref());
            session.print(&platform.resolve_workspace(name).await?)
        }
        Workspaces::Create { name } => session.print(&platform.create_workspace(&name).await?),
        Workspaces::Delete { name, yes } => {
            let info = platform.find_workspace(&name).await?;
            if !yes {
                let count = platform.workspace(&name).connectors().await?.len();
                let message = format!(
                    "this permanently removes the workspace '{name}' with its {count} connectors \
                     and their stored secrets: add --yes to confirm"
                );
                return Err(usage_error(message).into());
            }
            platform.delete_workspace(&info.id).await?;
            session.print(&info)
        }
    }
}
