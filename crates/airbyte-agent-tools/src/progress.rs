//! How far a call has come.

/// How far a call has come: counts so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Pages read.
    pub pages: u64,
    /// Records read.
    pub records: u64,
    /// Bytes of a file read.
    pub bytes: u64,
    /// Bytes to be read, where known.
    pub total_bytes: Option<u64>,
}

/// Told how far a call has come, after every page and every part of a file.
pub trait Progress: Send + Sync {
    /// Takes a report; must not block.
    fn report(&self, report: Report);
}

impl<F: Fn(Report) + Send + Sync> Progress for F {
    fn report(&self, report: Report) {
        self(report);
    }
}

/// Listens to nothing.
pub(super) struct Silent;

impl Progress for Silent {
    fn report(&self, _: Report) {}
}
