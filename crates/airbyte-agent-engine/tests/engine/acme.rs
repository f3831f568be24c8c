//! A connector for an invented vendor, and clients of it.

use std::time::Duration;

use airbyte_agent_engine::description::{Connector, RetryPolicy};
use airbyte_agent_engine::{Client, Credentials, Local};

/// Appears in every credential; must appear in no message.
pub const CANARY: &str = "canary-3f9a";

pub fn description() -> Connector {
    airbyte_agent_spec::Spec::parse(include_str!("acme.yaml"))
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Waits short enough for tests.
pub fn impatient() -> RetryPolicy {
    RetryPolicy { initial_delay_ms: 5, ..RetryPolicy::STANDARD }
}

pub fn token() -> Credentials {
    Credentials::new().field("token", format!("{CANARY}-token"))
}

pub fn oauth() -> Credentials {
    Credentials::new()
        .field("access_token", format!("{CANARY}-access-0"))
        .field("refresh_token", format!("{CANARY}-refresh-0"))
        .field("client_id", "app")
        .field("client_secret", format!("{CANARY}-secret"))
}

pub fn local(origin: &str, credentials: Credentials) -> Local {
    Local::new(credentials)
        .config("origin", origin)
        .retry(impatient())
        .timeout(Duration::from_secs(10))
}

pub fn client(origin: &str) -> Client {
    Client::local(description(), local(origin, token())).unwrap()
}
