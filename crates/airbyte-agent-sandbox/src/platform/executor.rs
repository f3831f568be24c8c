//! How the platform runs an operation. It is given by the caller, so that this crate does not
//! depend on the engine it is there to test.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use serde_json::{Map, Value};

/// What an operation gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Executed {
    /// Records and metadata, as the platform puts them into its envelope.
    Json {
        /// An array for list and search, else the record.
        result: Value,
        /// Metadata, `null` when the operation has none.
        metadata: Value,
    },
    /// A file.
    Bytes {
        /// Its bytes.
        bytes: Bytes,
        /// Its media type.
        media_type: String,
    },
}

/// Why an operation failed.
#[derive(Debug, Clone)]
pub struct ExecuteError {
    /// HTTP status of the platform's answer.
    pub status: u16,
    /// What went wrong.
    pub message: String,
    /// Seconds to wait, for a rate limit.
    pub retry_after: Option<u64>,
}

/// An operation under way.
pub type Execution = Pin<Box<dyn Future<Output = Result<Executed, ExecuteError>> + Send>>;

/// A connector of a workspace, as far as its operations depend on it. Its debug output shows names
/// of fields only.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Account {
    /// Slug of the connector.
    pub connector: String,
    /// Security scheme that the credentials are for.
    pub scheme: Option<String>,
    /// Credentials that were given; `None` for a connector that the sandbox set up itself.
    pub credentials: Option<Map<String, Value>>,
    /// Settings and server variables.
    pub config: Map<String, Value>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("connector", &self.connector)
            .field("scheme", &self.scheme)
            .field("credentials", &self.credentials.as_ref().map(|all| all.keys()))
            .field("config", &self.config.keys())
            .finish()
    }
}

/// Runs operations for the platform.
pub trait Executor: Send + Sync {
    /// Runs an operation of a connector against the vendors at `vendor_origin`, with credentials
    /// that the sandbox accepts.
    fn execute(
        &self,
        connector: &str,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution;

    /// The same with the credentials and settings of an account; an executor that has no use for
    /// them runs it as [`execute`](Self::execute).
    fn execute_as(
        &self,
        account: &Account,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution {
        self.execute(&account.connector, entity, action, params, vendor_origin)
    }
}

impl fmt::Debug for dyn Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Executor")
    }
}
