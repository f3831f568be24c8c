//! Named accounts: credentials that stay on this machine between runs.
//!
//! An [`Account`] holds what a connector needs to authenticate: credential fields, settings, and the tokens
//! that renewals replace. A [`Store`] keeps it in the keyring of the operating system or, where there is no
//! keyring, in a sealed file. An index without secrets lets accounts be listed without unlocking anything.
//!
//! ```no_run
//! use airbyte_agent_accounts::{Options, Store};
//! use airbyte_agent_core::{Client, Description};
//!
//! # fn example(description: Description) -> airbyte_agent_core::Result<()> {
//! let store = Store::open(Options::from_env()?);
//! if let Some(account) = store.get("github", "default")? {
//!     let client = Client::local(description.clone(), account.local(&description, &store)?)?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An account is bound to the origins to which its connector sent credentials when it was made
//! ([`Account::bound`]): a description that has the connector's name and sends them elsewhere is refused.
//!
//! # On disk
//!
//! Everything is in the folder `accounts` beside the settings file. A folder that other users may open is
//! refused.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `index.json` | which accounts there are and where they are stored, without any secret |
//! | `key.json` | the key of the sealed files, sealed itself by a passphrase (Argon2id) |
//! | `<connector>~<account>.sealed` | an account (ChaCha20-Poly1305) |
//! | `cursor.key` | the key that seals cursors |
//! | `*.lock` | nothing; the file is locked while an account is changed |
//!
//! Earlier versions wrote `<connector>.<account>.sealed`, a name that two accounts could share. Such a file is
//! still read when it belongs to the account, and is removed when the account is next changed.
//!
//! Files are written under another name and then renamed, so that no file is ever half-written.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod account;
mod binding;
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
pub use binding::Overrides;
pub use index::Entry;
pub use name::DEFAULT;
pub use passphrase::{Passphrase, Purpose, SHORTEST_PASSPHRASE};
pub use store::{Options, Store};
pub use tokens::AccountTokens;
pub use vault::Place;
