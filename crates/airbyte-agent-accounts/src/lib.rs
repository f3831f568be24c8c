//! Named accounts: credentials that stay on this machine between runs.
//!
//! An [`Account`] holds what a connector needs to authenticate: credential fields, settings, and
//! the tokens that renewals replace. A [`Store`] keeps it in the keyring of the operating system
//! or, where there is none, in a sealed file. Beside them stands an index without secrets, so
//! that listing accounts unlocks nothing.
//!
//! ```no_run
//! use airbyte_agent_accounts::{Options, Store};
//! use airbyte_agent_core::{Client, Description};
//!
//! # fn example(description: Description) -> airbyte_agent_core::Result<()> {
//! let store = Store::open(Options::from_env()?);
//! if let Some(account) = store.get("github", "default")? {
//!     let client = Client::local(description.clone(), account.local(&description, &store))?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # On disk
//!
//! Everything is in the folder `accounts` beside the settings file, readable for its owner only:
//!
//! | file | what it holds |
//! | --- | --- |
//! | `index.json` | which accounts there are, and where: no secret |
//! | `key.json` | the key of the sealed files, sealed itself by a passphrase (Argon2id) |
//! | `<connector>.<account>.sealed` | an account (ChaCha20-Poly1305) |
//! | `cursor.key` | the key that seals cursors |
//! | `*.lock` | nothing; locked while an account changes |
//!
//! A file is written beside its place and renamed, so that none is ever half written.

mod account;
mod cursor_key;
mod folder;
mod index;
mod name;
mod passphrase;
mod seal;
mod store;
mod tokens;
mod vault;

pub use account::Account;
pub use index::Entry;
pub use name::DEFAULT;
pub use passphrase::{Passphrase, Purpose};
pub use store::{Options, Store};
pub use tokens::AccountTokens;
pub use vault::Place;
