//! How a store is opened.

use std::time::Duration;

/// How a store is opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OpenOptions {
    /// How long a write waits for another process that is writing.
    pub busy_timeout: Duration,
    /// Most bytes that SQLite may hold in memory for this whole process, so that no query can fill it. The
    /// limit can only be lowered once it has been set.
    pub memory: u64,
    /// Most bytes of the file; `None` for as many as the disk has. A page that does not fit fails with
    /// [`Error::Full`](crate::Error::Full).
    pub most_bytes: Option<u64>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(30), memory: 256 << 20, most_bytes: None }
    }
}
