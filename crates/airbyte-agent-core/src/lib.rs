//! Runtime of the Airbyte agent connectors.
//!
//! A connector is a [description](description::Connector): plain data, lowered from a spec. A
//! [`Client`] runs its operations, either straight against the vendor ([`Local`]) or through
//! Airbyte's platform ([`Hosted`]). The connector crates wrap a client in typed builders; the
//! dynamic door is [`Client::execute`].
//!
//! ```no_run
//! use airbyte_agent_core::{Client, Credentials};
//! use airbyte_agent_core::description::Connector;
//!
//! # async fn example(description: Connector) -> airbyte_agent_core::Result<()> {
//! let credentials = Credentials::new().field("token", "ghp_…");
//! let client = Client::local(description, credentials)?;
//! let issues = client
//!     .execute("issues", "list", serde_json::json!({"owner": "airbytehq", "repo": "airbyte"}))
//!     .await?;
//! println!("{}", issues.data);
//! # Ok(())
//! # }
//! ```

mod arguments;
mod auth;
pub mod authorization;
mod builder;
mod call;
mod client;
mod closest;
pub mod context_store;
mod cursor;
pub mod description;
mod download;
mod dry_run;
mod error;
mod execute;
pub mod expression;
pub mod hosted;
mod http;
mod local;
mod lookup;
mod page;
mod record;
mod reply;
mod request;
mod retry;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tools")]
pub mod tools;
mod transport;
mod typed;

pub use secrecy::{ExposeSecret, SecretString};
pub use serde;
pub use serde_json;

pub use self::arguments::Arguments;
pub use self::auth::{
    Credentials, StoredShape, StoredTokens, TokenRenewal, TokenStore, TokenUpdate,
};
pub use self::builder::{RecordAs, RecordsAs};
pub use self::call::{Call, CallOptions};
pub use self::client::{CheckReport, CheckStatus, Client, Description, EntitySummary};
pub use self::closest::{closest, suggestion};
pub use self::cursor::Cursor;
pub use self::download::Download;
pub use self::dry_run::DryRun;
pub use self::error::{Error, ErrorKind, Result};
pub use self::execute::{Execute, Outcome};
pub use self::hosted::Hosted;
pub use self::http::{BodyStream, BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
pub use self::local::{IntoLocal, Local};
pub use self::lookup::find_operation;
pub use self::page::{Items, Page, Pages};
pub use self::record::{Extra, Lenient, Scalar};
pub use self::transport::{Layout, Prepared, Reply, Transport};
pub use self::typed::{AuthFor, TypedConnector};

/// What the macros need; not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::record::{Field, Lenient, Record, decode, decode_enum};
    #[cfg(feature = "schemars")]
    pub use schemars;
}
