//! Progress bars on standard error, if that is a terminal.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// Interval in which a bar updates its clock.
const TICK: Duration = Duration::from_millis(120);

/// Counts records and pages. At the end the bar disappears, and a line with the counts remains.
pub(crate) struct RecordProgress {
    bar: ProgressBar,
    started: Instant,
    records: u64,
    pages: u64,
}

impl RecordProgress {
    /// Starts to count towards `max`, if it is known.
    pub(crate) fn new(max: Option<u64>) -> Self {
        let bar = new_bar(max);
        bar.set_message("first page");
        let progress = Self { bar, started: Instant::now(), records: 0, pages: 0 };
        progress.choose_style(max.is_some());
        start_clock(&progress.bar);
        progress
    }

    fn choose_style(&self, has_end: bool) {
        set_style(
            &self.bar,
            if has_end {
                "{bar:30} {human_pos}/{human_len} records, {msg}, {elapsed}, {eta} left"
            } else {
                "{spinner} {human_pos} records, {msg}, {elapsed}"
            },
        );
    }

    /// Sets the total that the vendor reports.
    pub(crate) fn set_total(&self, total: u64) {
        if self.bar.length() != Some(total) {
            self.bar.set_length(total);
            self.choose_style(true);
        }
    }

    /// Counts a page with this number of records.
    pub(crate) fn add_page(&mut self, records: usize) {
        self.records += records as u64;
        self.pages += 1;
        self.bar.set_position(self.records);
        self.bar.set_message(page_count(self.pages));
    }

    /// Prints a line above the bar.
    pub(crate) fn print_above(&self, line: &str) {
        self.bar.println(terminal::single_line(line));
    }

    /// Removes the bar and prints the counts.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
        if terminal::stderr_is_terminal() {
            let records = match self.records {
                1 => "1 record".to_owned(),
                records => format!("{} records", HumanCount(records)),
            };
            let seconds = self.started.elapsed().as_secs_f64();
            let pages = page_count(self.pages);
            let _ = writeln!(terminal::stderr(), "{records}, {pages}, {seconds:.1} s");
        }
    }
}

impl Drop for RecordProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn page_count(number: u64) -> String {
    if number == 1 { "1 page".to_owned() } else { format!("{} pages", HumanCount(number)) }
}

fn new_bar(length: Option<u64>) -> ProgressBar {
    let target = if terminal::stderr_is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(length, target)
}

/// Starts the clock of a bar whose style is set.
fn start_clock(bar: &ProgressBar) {
    if terminal::stderr_is_terminal() {
        bar.enable_steady_tick(TICK);
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
}

/// Counts the bytes of a download.
pub(crate) struct ByteProgress {
    bar: ProgressBar,
    started: Instant,
}

impl ByteProgress {
    /// Starts to count towards `total`, if it is known.
    pub(crate) fn new(total: Option<u64>) -> Self {
        let bytes = Self { bar: new_bar(total), started: Instant::now() };
        bytes.restart(0, total);
        start_clock(&bytes.bar);
        bytes
    }

    /// Continues after bytes that an earlier request has received.
    pub(crate) fn restart(&self, from: u64, total: Option<u64>) {
        self.bar.set_message("");
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        set_style(
            &self.bar,
            if total.is_some() {
                "{bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left {msg}"
            } else {
                "{spinner} {bytes}, {bytes_per_sec}, {elapsed} {msg}"
            },
        );
        self.bar.set_position(from);
        // The rate counts only the bytes that arrive from now on.
        self.bar.tick();
        self.bar.reset_eta();
    }

    /// Counts bytes that have arrived.
    pub(crate) fn add_bytes(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Shows a message next to the bar, such as the reason of a wait.
    pub(crate) fn set_message(&self, message: &'static str) {
        self.bar.set_message(message);
    }

    /// Removes the bar and prints a line about the saved file.
    pub(crate) fn finish(self, path: &Path) {
        self.bar.finish_and_clear();
        if terminal::stderr_is_terminal() {
            let bytes = HumanBytes(self.bar.position());
            let seconds = self.started.elapsed().as_secs_f64();
            let name = path.display();
            let _ = writeln!(terminal::stderr(), "{name}: {bytes}, {seconds:.1} s");
        }
    }
}

impl Drop for ByteProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
