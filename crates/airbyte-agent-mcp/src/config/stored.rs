//! Accounts that a login stored on this machine, as far as a server needs to know of them.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Local, Result};

/// Where a login stores accounts.
pub trait Stored {
    /// Puts credentials and settings of the stored account of this name, or of the usual one, on
    /// `local`; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    fn put(&self, connector: &Connector, name: Option<&str>, local: Local)
    -> Result<Option<Local>>;

    /// The command that stores such an account.
    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String>;
}

/// Nothing is stored.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct NothingStored;

impl Stored for NothingStored {
    fn put(&self, _: &Connector, _: Option<&str>, _: Local) -> Result<Option<Local>> {
        Ok(None)
    }

    fn command(&self, _: &Connector, _: Option<&str>) -> Option<String> {
        None
    }
}
