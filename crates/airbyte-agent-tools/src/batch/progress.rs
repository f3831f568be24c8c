//! What the calls of a batch have read together.

use std::sync::{Arc, Mutex, PoisonError};

use crate::progress::{Progress, Report};

/// Adds up the reports of the calls.
pub(crate) struct Sum<'r> {
    whole: &'r dyn Progress,
    /// The latest report of each call.
    reports: Mutex<Vec<Report>>,
}

/// The reports of one call.
#[derive(Clone)]
pub(crate) struct Part<'r> {
    sum: Arc<Sum<'r>>,
    position: usize,
}

impl<'r> Sum<'r> {
    pub(crate) fn new(whole: &'r dyn Progress, calls: usize) -> Self {
        Self { whole, reports: Mutex::new(vec![Report::default(); calls]) }
    }
}

impl<'r> Part<'r> {
    pub(crate) fn new(sum: &Arc<Sum<'r>>, position: usize) -> Self {
        Self { sum: Arc::clone(sum), position }
    }
}

impl Progress for Part<'_> {
    fn report(&self, report: Report) {
        let mut reports = self.sum.reports.lock().unwrap_or_else(PoisonError::into_inner);
        // A program makes more calls while others run.
        if reports.len() <= self.position {
            reports.resize(self.position + 1, Report::default());
        }
        if let Some(latest) = reports.get_mut(self.position) {
            *latest = report;
        }
        let mut all = Report::default();
        for report in reports.iter() {
            all.pages += report.pages;
            all.records += report.records;
        }
        // Reports stay in their order as long as the lock is held; receivers do not block.
        self.sum.whole.report(all);
    }
}
