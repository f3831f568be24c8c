//! A page of this machine on which a user gives the credentials of an account, for programs that have no terminal, such
//! as servers that clients start.
//!
//! It is reached at 127.0.0.1 only, at an address with a secret that is made for it, and closes after its use. What is
//! entered goes the same way as in `login`: it is tried, and stored as an account. Nothing of it is logged or given back.

mod flow;
mod form;
mod html;
mod server;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_accounts::{Options, Store};
use airbyte_agent_core::{Description, Error, ErrorKind};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use self::flow::Flow;
use crate::failure::usage_error;
use crate::ownership;

/// What a page is for.
pub(crate) struct Wanted {
    /// The connector of the account.
    pub(crate) description: Description,
    /// The name under which the account is stored.
    pub(crate) account: String,
    /// The settings that are known already.
    pub(crate) settings: Map<String, Value>,
    /// The origin to which every request goes instead.
    pub(crate) via: Option<String>,
    /// The port of this machine, 0 for a free one.
    pub(crate) port: u16,
    /// How long the page is open.
    pub(crate) longest: Duration,
    /// Takes the stored account into use.
    pub(crate) use_account: Box<dyn Fn() -> Result<(), Error> + Send + Sync>,
}

/// A page that is open.
pub(crate) struct OpenPage {
    /// The address, which is a secret.
    pub(crate) address: String,
    /// How it ended. The page closes when this is dropped.
    pub(crate) ended: oneshot::Receiver<Result<(), Error>>,
}

/// Opens a page.
///
/// # Errors
///
/// When nothing can be stored on this machine, when the account must not be stored under its name, and when the port is
/// taken.
pub(crate) async fn open(wanted: Wanted) -> Result<OpenPage, Error> {
    ownership::check_storing(&wanted.description)?;
    if wanted.description.auth.is_empty() {
        let message = format!("{} takes no credentials", wanted.description.title);
        return Err(Error::new(ErrorKind::Usage, message));
    }
    // A passphrase that is not in the environment would be asked for at the terminal.
    let store = Store::open(Options::from_env()?);
    store.place()?;
    let longest = wanted.longest;
    let address = (Ipv4Addr::LOCALHOST, wanted.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| usage_error(format!("cannot open a page to sign in: {error}")))?;
    let port = listener.local_addr().map_err(|error| usage_error(error.to_string()))?.port();
    let flow = Arc::new(Flow::new(wanted, store, port)?);
    let address = flow.address();
    let (sender, ended) = oneshot::channel();
    tokio::spawn(server::serve(listener, flow, longest, sender));
    Ok(OpenPage { address, ended })
}
