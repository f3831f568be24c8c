//! Why something could not be planned or copied.

use airbyte_agent_core::{Error as EngineError, ErrorKind};
use airbyte_agent_store::Error as StoreError;

/// Why something could not be planned or copied.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The entity is not known, or its records cannot be copied.
    #[error("{0}")]
    Plan(String),
    /// A call of the vendor or the platform failed.
    #[error(transparent)]
    Call(#[from] EngineError),
    /// The store could not be read or written.
    #[error("{0}")]
    Store(std::sync::Arc<StoreError>),
    /// As many calls were made as are allowed.
    #[error("{0}")]
    Budget(String),
    /// Somebody else copies the same entity, and is not done in time.
    #[error("{0}")]
    Busy(String),
    /// The records are not as the spec says.
    #[error("{0}")]
    Records(String),
}

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The kind of the error as the engine's errors have it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Plan(_) => ErrorKind::Usage,
            Self::Budget(_) => ErrorKind::Validation,
            Self::Call(error) => error.kind(),
            Self::Store(error) => match **error {
                StoreError::Record { .. } => ErrorKind::Decode,
                StoreError::Query(_) | StoreError::Search(_) | StoreError::Table { .. } => {
                    ErrorKind::Validation
                }
                _ => ErrorKind::Storage,
            },
            Self::Records(_) => ErrorKind::Decode,
            Self::Busy(_) => ErrorKind::Storage,
        }
    }

    /// Whether other lists of the same account would fail in the same way, so that they need not be tried.
    pub(crate) fn ends_everything(&self) -> bool {
        match self {
            Self::Store(error) => !matches!(**error, StoreError::Record { .. }),
            Self::Budget(_) => true,
            Self::Busy(_) => false,
            other => matches!(
                other.kind(),
                ErrorKind::Authentication
                    | ErrorKind::RateLimited
                    | ErrorKind::Network
                    | ErrorKind::Storage
                    | ErrorKind::Internal
            ),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(std::sync::Arc::new(error))
    }
}

/// The error of the engine that an error of the store is: for clients, tools and programs that ask it.
pub fn engine_error(error: StoreError) -> EngineError {
    let message = error.to_string();
    match error {
        StoreError::NotAStore { .. }
        | StoreError::Newer { .. }
        | StoreError::Unwritable { .. }
        | StoreError::Export(_) => EngineError::usage(message),
        StoreError::Table { .. } | StoreError::Query(_) | StoreError::Search(_) => {
            EngineError::validation(message)
        }
        StoreError::Record { .. } => EngineError::new(ErrorKind::Decode, message),
        other => EngineError::storage(message, std::io::Error::other(other)),
    }
}
