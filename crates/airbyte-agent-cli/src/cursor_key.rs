//! The key that seals the cursors of this program.

use airbyte_agent_accounts::{Options, Store};
use airbyte_agent_core::Client;

/// The same client with cursors that later runs of the program can resume by. Where there is no
/// place to keep a key, cursors end with this run; the second part says why.
pub(crate) fn lasting(client: Client) -> (Client, Option<String>) {
    let key = Options::from_env().and_then(|options| Store::open(options).cursor_key());
    match key {
        Ok(key) => (client.with_cursor_key(key), None),
        Err(error) => (client, Some(error.message().to_owned())),
    }
}

/// The same for a server, which goes on with its own cursors in any case.
pub(crate) fn lasting_for_server(client: Client) -> Client {
    let (client, why) = lasting(client);
    if let Some(why) = why {
        tracing::warn!(%why, "cursors of this run cannot be used by a later one");
    }
    client
}
