//! `platform workspaces`.

use super::account::Account;
use super::args::Workspaces;
use crate::failure::{Stop, usage};

pub(super) async fn workspaces(account: &Account, what: Workspaces) -> Result<(), Stop> {
    let platform = &account.platform;
    match what {
        Workspaces::List { contains } => {
            let text = contains.unwrap_or_default();
            account.show(&platform.workspaces_with(&text).await?, None)
        }
        Workspaces::Get { name } => {
            let name = name.as_deref().or(account.named.as_deref());
            account.show(&platform.resolve_workspace(name).await?, None)
        }
        Workspaces::Create { name } => account.show(&platform.create_workspace(&name).await?, None),
        Workspaces::Delete { name, yes } => {
            let info = platform.find_workspace(&name).await?;
            if !yes {
                let count = platform.workspace(&name).connectors().await?.len();
                let message = format!(
                    "this removes the workspace '{name}' with its {count} connectors and their \
                     stored secrets for good: say --yes to do it"
                );
                return Err(usage(message).into());
            }
            platform.delete_workspace(&info.id).await?;
            account.show(&info, None)
        }
    }
}
