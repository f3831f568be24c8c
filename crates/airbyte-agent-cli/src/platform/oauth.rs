//! `platform oauth`: a person signs in at the third party, and a connector comes of it.

use std::io::Write as _;

use airbyte_agent_platform::SignedIn;
use serde_json::json;

use super::account::Account;
use super::args::Oauth;
use super::kind;
use crate::args::Format;
use crate::failure::Stop;

pub(super) async fn oauth(account: &Account, what: Oauth) -> Result<(), Stop> {
    let workspace = account.workspace();
    match what {
        Oauth::ConsentUrl { connector, redirect_url, new } => {
            let connector = airbyte_agent::connector(&connector)?;
            let options = kind::options(account, &connector, &new)?;
            let begun = workspace.start_sign_in(connector.clone(), &redirect_url, &options).await;
            let address = begun.map_err(|error| {
                Stop::from(error).with_hint(|error| {
                    let lacks_template = error.message().contains("template");
                    let register = "airbyte-agent platform templates register";
                    lacks_template.then(|| format!("'{register} {}' makes one", connector.name))
                })
            })?;
            if account.format == Format::Table {
                // To be copied: a table would break it.
                writeln!(std::io::stdout(), "{address}")?;
                return Ok(());
            }
            account.show(&json!({"consent_url": address.as_str()}), None)
        }
        Oauth::Finish { connector, address, new } => {
            let connector = airbyte_agent::connector(&connector)?;
            let options = kind::options(account, &connector, &new)?;
            let ended = SignedIn::read(&address)?;
            let id = workspace.finish_sign_in(connector.clone(), ended, &options).await?;
            let told =
                json!({"id": id, "connector": connector.name, "workspace": workspace.name()});
            account.show(&told, None)
        }
    }
}
