//! What the examples share: where calls go, and credentials from the environment.

#![allow(dead_code, reason = "no example needs everything")]

use std::env;

use airbyte_agent::{Credentials, Hosted, Local, Result};

/// Straight to the vendor; to a sandbox instead when `AIRBYTE_AGENT_VIA` has its address
/// (`airbyte-agent sandbox` starts one).
pub(crate) fn local<A: Into<Credentials>>(credentials: A) -> Local<A> {
    let local = Local::new(credentials);
    match env::var("AIRBYTE_AGENT_VIA") {
        Ok(address) => local.via(address),
        Err(_) => local,
    }
}

/// Through the platform, with client id and secret from `AIRBYTE_CLIENT_ID` and
/// `AIRBYTE_CLIENT_SECRET`; in a sandbox as above.
pub(crate) fn hosted(workspace: &str) -> Result<Hosted> {
    let hosted = Hosted::from_env()?.workspace(workspace);
    Ok(match env::var("AIRBYTE_AGENT_VIA") {
        Ok(address) => hosted.via(address),
        Err(_) => hosted,
    })
}

/// A variable of the environment, or an error that says which one is missing.
pub(crate) fn secret(name: &str) -> std::result::Result<String, String> {
    env::var(name).map_err(|_| format!("set {name}"))
}
