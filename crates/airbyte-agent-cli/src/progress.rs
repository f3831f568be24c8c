//! A progress bar on standard error, when that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// Counts records; disappears when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Starts to count, towards `max` where it is known.
    pub(crate) fn new(max: Option<u64>) -> Self {
        let target = if terminal::shows_errors() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(max, target);
        let template = match max {
            Some(_) => "{wide_bar} {pos}/{len} records {elapsed}",
            None => "{spinner} {pos} records {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// A page has arrived.
    pub(crate) fn page(&self, records: usize) {
        self.bar.inc(records as u64);
        self.bar.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
