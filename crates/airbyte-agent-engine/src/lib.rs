//! The engine of the Airbyte agent connectors: it runs the operations of a connector description.
//!
//! Programs use it through `airbyte-agent-core`, which adds the tools for language models.
//!
//! A connector is a [description](description::Connector): plain data, lowered from a spec. A
//! [`Client`] runs its operations, either directly at the vendor ([`Local`]) or through Airbyte's
//! platform ([`Hosted`]). The connector crates wrap a client in typed builders; [`Client::execute`]
//! calls any operation by its name.
//!
//! ```no_run
//! use airbyte_agent_engine::{Client, Credentials};
//! use airbyte_agent_engine::description::Connector;
//!
//! # async fn example(description: Connector) -> airbyte_agent_engine::Result<()> {
//! let credentials = Credentials::new().field("token", "ghp_…");
//! let client = Client::local(description, credentials)?;
//! let issues = client
//!     .execute("issues", "list", serde_json::json!({"owner": "airbytehq", "repo": "airbyte"}))
//!     .await?;
//! println!("{}", issues.data);
//! # Ok(())
//! # }
//! ```

mod argument_line;
mod arguments;
mod auth;
pub mod authorization;
mod builder;
mod call;
mod call_options;
mod chunked;
mod client;
mod conditional;

pub mod context_store;
pub mod cursor;

mod destination;
mod download;
mod dry_run;
mod endpoint;
mod error;
mod exchange;
mod execute;
mod file_bytes;
mod file_check;

pub mod hosted;
mod http;
mod job;
mod json;
mod layout;
mod local;

pub mod local_store;

mod lookup;
mod operation;
mod outcome;
mod page;
pub mod provenance;
mod ranged;
mod record;
pub mod renewals;
mod reply;
mod reports;
mod request;
mod retry;
mod runtime;
mod secret;
pub mod selection;
mod shared_description;
mod single_flight;
mod span;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
mod typed;
mod wire;

#[cfg(feature = "reqwest")]
pub use reqwest;
pub use secrecy::{ExposeSecret, SecretString};
pub use serde;
pub use serde_json;

pub use self::arguments::{Arguments, Completion};
pub use self::auth::{Credentials, StoredShape, StoredTokens, TokenLock, TokenStore, TokenUpdate};
pub use self::builder::{RecordAs, RecordsAs};
pub use self::call::{Call, Remarked};
pub use self::call_options::CallOptions;
pub use self::client::{CheckReport, CheckStatus, Client, EntitySummary};
pub use self::cursor::{Cursor, CursorKey, NextPage};
pub use self::destination::Destination;
pub use self::download::Download;
pub use self::dry_run::DryRun;
pub use self::error::{Error, ErrorKind, Result, WrongArgument};
pub use self::execute::Execute;
pub use self::file_bytes::FileBytes;
pub use self::hosted::Hosted;
pub use self::http::{
    BodyStream, BoxFuture, Http, HttpBuilder, HttpClient, HttpFailure, HttpRequest, HttpResponse,
    origin,
};
pub use self::job::{Job, JobState};
pub use self::json::{RewrittenNumber, exact_number, rewritten_numbers};
pub use self::layout::Layout;
pub use self::local::{IntoLocal, Local};
pub use self::lookup::find_operation;
pub use self::outcome::Outcome;
pub use self::page::{Items, Page, Pages};
pub use self::record::{Extra, Lenient, Scalar, Texts};
pub use self::reports::report_texts;
pub use self::secret::Redactor;
pub use self::shared_description::Description;
pub use self::transport::{CheckedCall, Reply, Transport};
pub use self::typed::{AuthFor, TypedConnector};
pub use airbyte_agent_description as description;
pub use airbyte_agent_description::{closest, suggestion};

/// Items that the macros need. They are not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::record::{Field, Fit, Lenient, Record, decode, decode_enum, keep};
    #[cfg(feature = "schemars")]
    pub use schemars;
}

/// How long a test with random inputs continues after a small number of them: the number of seconds
/// in `AIRBYTE_AGENT_FUZZ_SECONDS`.
#[cfg(test)]
fn fuzz_time() -> std::time::Duration {
    let seconds = std::env::var("AIRBYTE_AGENT_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or_default();
    std::time::Duration::from_secs(seconds)
}
