//! The key that seals cursors, so that a later run of the program can resume a list.

use airbyte_agent_accounts::{Options, Store};
use airbyte_agent_core::Client;

/// Gives the client the key that this user's store keeps. Where no key can be stored, the client
/// stays as it is, its cursors are valid in this run only, and the second value says why.
pub(crate) fn with_stored_key(client: Client) -> (Client, Option<String>) {
    let key = Options::from_env().and_then(|options| Store::open(options).cursor_key());
    match key {
        Ok(key) => (client.with_cursor_key(key), None),
        Err(error) => (client, Some(error.message().to_owned())),
    }
}

/// The same for a server, which logs that no key can be stored and continues. The second value says whether there is one.
pub(crate) fn with_stored_key_or_log(client: Client) -> (Client, bool) {
    let (client, why) = with_stored_key(client);
    let has_key = why.is_none();
    if let Some(why) = why {
        tracing::warn!(%why, "cursors of this run cannot be used by a later one");
    }
    (client, has_key)
}
