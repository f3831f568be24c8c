//! Reports of how far a call has come.

/// How far a call has come, as counts since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The number of pages that were read.
    pub pages: u64,
    /// The number of records that were read.
    pub records: u64,
    /// The number of bytes of a file that were read.
    pub bytes: u64,
    /// The number of bytes of the whole file, where it is known.
    pub total_bytes: Option<u64>,
}

/// Receives reports of how far a call has come, after every page and every part of a file.
pub trait Progress: Send + Sync {
    /// Receives a report. It must not block.
    fn report(&self, report: Report);
}

impl<F: Fn(Report) + Send + Sync> Progress for F {
    fn report(&self, report: Report) {
        self(report);
    }
}

/// Ignores all reports.
pub(super) struct Silent;

impl Progress for Silent {
    fn report(&self, _: Report) {}
}
