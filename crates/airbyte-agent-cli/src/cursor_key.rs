//! The key that seals the cursors of this program.

use airbyte_agent_accounts::{Options, Store};
use airbyte_agent_core::Client;

/// The same client with cursors that later runs of the program can resume by. Where there is no
/// place to keep a key, cursors end with this run, and a warning says so.
pub(crate) fn lasting(client: Client) -> Client {
    let key = Options::from_env().and_then(|options| Store::open(options).cursor_key());
    match key {
        Ok(key) => client.with_cursor_key(key),
        Err(error) => {
            tracing::warn!(%error, "cursors of this run cannot be used by a later one");
            client
        }
    }
}
