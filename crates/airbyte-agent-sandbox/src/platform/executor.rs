//! How the platform executes operations. The caller provides it, so that this crate does not depend on
//! the engine that it is there to test.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use serde_json::{Map, Value};

/// What an operation returned.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Executed {
    /// Records and metadata, as the platform puts them into its response.
    Json {
        /// An array of records for a list or a search, otherwise the record.
        result: Value,
        /// The metadata as an object, `null` when the operation has none.
        metadata: Value,
    },
    /// The content of a file.
    Bytes {
        /// The bytes of the file.
        bytes: Bytes,
        /// The media type of the file.
        media_type: String,
    },
}

/// Why an operation failed.
#[derive(Debug, Clone)]
pub struct ExecuteError {
    /// The HTTP status of the platform's response.
    pub status: u16,
    /// What went wrong, for the caller.
    pub message: String,
    /// Seconds to wait before another attempt, where a rate limit says so.
    pub retry_after: Option<u64>,
}

/// The future of an operation that is being executed.
pub type Execution = Pin<Box<dyn Future<Output = Result<Executed, ExecuteError>> + Send>>;

/// A connector of a workspace, as far as its operations depend on it. Its debug output shows only the
/// names of credentials and settings.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Account {
    /// The slug of the connector.
    pub connector: String,
    /// The authentication scheme of the credentials, where it is known.
    pub scheme: Option<String>,
    /// The credentials by field name; `None` for a connector that the sandbox itself set up, which
    /// works with any credentials that the sandbox accepts.
    pub credentials: Option<Map<String, Value>>,
    /// Settings and server variables by name.
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

/// Executes operations for the platform.
pub trait Executor: Send + Sync {
    /// Executes an operation with the credentials and settings of an account, against the vendors
    /// at `vendor_origin`. `params` is an object of arguments by parameter name.
    fn execute(
        &self,
        account: &Account,
        entity: &str,
        action: &str,
        params: Value,
        vendor_origin: &str,
    ) -> Execution;
}

impl fmt::Debug for dyn Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Executor")
    }
}
