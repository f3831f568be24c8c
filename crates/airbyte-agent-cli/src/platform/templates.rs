//! `platform templates` and `platform definitions`.

use serde_json::json;

use super::account::Account;
use super::args::{Definitions, Templates};
use crate::failure::Stop;

pub(super) async fn templates(account: &Account, what: Templates) -> Result<(), Stop> {
    let platform = &account.platform;
    match what {
        Templates::List { global: false } => account.show(&platform.templates().await?, None),
        Templates::List { global: true } => account.show(&platform.global_templates().await?, None),
        Templates::Register { connector, name } => {
            let connector = airbyte_agent::connector(&connector)?;
            let name = name.as_deref().unwrap_or(&connector.title);
            let there = platform.register_template(&connector.definition_id, name).await?;
            let template = there.value;
            let told = json!({
                "id": template.id,
                "name": template.name,
                "connector": connector.name,
                "mode": template.mode,
                "existed": there.existed,
            });
            account.show(&told, None)
        }
    }
}

pub(super) async fn definitions(account: &Account, what: Definitions) -> Result<(), Stop> {
    match what {
        Definitions::List { contains } => {
            let text = contains.unwrap_or_default();
            account.show(&account.platform.definitions(&text).await?, None)
        }
        Definitions::Find { name } => {
            account.show(&account.platform.definition(&name).await?, None)
        }
    }
}
