//! The command `platform oauth`: creates a connector by a person's sign-in at the third party.

use std::io::Write as _;

use airbyte_agent_platform::SignedIn;
use serde_json::json;

use super::new_connector;
use super::session::PlatformSession;
use crate::args::format::Format;
use crate::args::platform::Oauth;
use crate::failure::Stop;
use crate::terminal;

/// Starts or finishes a sign-in.
pub(super) async fn run_oauth(session: &PlatformSession, action: Oauth) -> Result<(), Stop> {
    let workspace = session.workspace();
    match action {
        Oauth::ConsentUrl { connector, redirect_url, new } => {
            let connector = airbyte_agent::connector(&connector)?;
            let options = new_connector::create_options(session, &connector, &new)?;
            let consent = workspace.start_sign_in(connector.clone(), &redirect_url, &options).await;
            let address = consent.map_err(|error| {
                Stop::from(error).with_hint(|error| {
                    let lacks_template = error.message().contains("template");
                    let register = "airbyte-agent platform templates register";
                    lacks_template.then(|| format!("'{register} {}' creates one", connector.name))
                })
            })?;
            if session.format == Format::Table {
                // A table would wrap the address, which is to be copied.
                writeln!(terminal::stdout(), "{address}")?;
                return Ok(());
            }
            session.print(&json!({"consent_url": address.as_str()}))
        }
        Oauth::Finish { connector, address, new } => {
            let connector = airbyte_agent::connector(&connector)?;
            let options = new_connector::create_options(session, &connector, &new)?;
            let signed_in = SignedIn::read(&address)?;
            let id = workspace.finish_sign_in(connector.clone(), signed_in, &options).await?;
            session.print(
                &json!({"id": id, "connector": connector.name, "workspace": workspace.name()}),
            )
        }
    }
}
