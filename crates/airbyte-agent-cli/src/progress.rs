//! Progress on standard error, when that is a terminal.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// How often the clock of a bar moves.
const TICK: Duration = Duration::from_millis(120);

/// Counts records and pages; the bar disappears at the end, and a line with the counts stays.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    records: u64,
    pages: u64,
}

impl Progress {
    /// Starts to count, towards `max` where it is known.
    pub(crate) fn new(max: Option<u64>) -> Self {
        let bar = bar(max);
        bar.set_message("first page");
        let progress = Self { bar, started: Instant::now(), records: 0, pages: 0 };
        progress.look(max.is_some());
        run(&progress.bar);
        progress
    }

    fn look(&self, has_end: bool) {
        style(
            &self.bar,
            if has_end {
                "{bar:30} {human_pos}/{human_len} records, {msg}, {elapsed}, {eta} left"
            } else {
                "{spinner} {human_pos} records, {msg}, {elapsed}"
            },
        );
    }

    /// The vendor says how many there are.
    pub(crate) fn expect(&self, total: u64) {
        if self.bar.length() != Some(total) {
            self.bar.set_length(total);
            self.look(true);
        }
    }

    /// A page has arrived.
    pub(crate) fn page(&mut self, records: usize) {
        self.records += records as u64;
        self.pages += 1;
        self.bar.set_position(self.records);
        self.bar.set_message(pages(self.pages));
    }

    /// Takes the bar away and leaves the counts.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
        if terminal::shows_errors() {
            let records = match self.records {
                1 => "1 record".to_owned(),
                records => format!("{} records", HumanCount(records)),
            };
            let seconds = self.started.elapsed().as_secs_f64();
            let pages = pages(self.pages);
            let _ = writeln!(std::io::stderr(), "{records}, {pages}, {seconds:.1} s");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn pages(number: u64) -> String {
    if number == 1 { "1 page".to_owned() } else { format!("{} pages", HumanCount(number)) }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let target = if terminal::shows_errors() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(length, target)
}

/// Lets the clock of a bar run, once it looks as it should.
fn run(bar: &ProgressBar) {
    if terminal::shows_errors() {
        bar.enable_steady_tick(TICK);
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
}

/// Counts the bytes of a file.
pub(crate) struct Bytes {
    bar: ProgressBar,
    started: Instant,
}

impl Bytes {
    /// Starts to count, towards `total` where it is known.
    pub(crate) fn new(total: Option<u64>) -> Self {
        let bytes = Self { bar: bar(total), started: Instant::now() };
        bytes.start(0, total);
        run(&bytes.bar);
        bytes
    }

    /// Goes on behind bytes that are here.
    pub(crate) fn start(&self, from: u64, total: Option<u64>) {
        self.bar.set_message("");
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        style(
            &self.bar,
            if total.is_some() {
                "{bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left {msg}"
            } else {
                "{spinner} {bytes}, {bytes_per_sec}, {elapsed} {msg}"
            },
        );
        self.bar.set_position(from);
        // The rate is that of the bytes that come from now on.
        self.bar.tick();
        self.bar.reset_eta();
    }

    /// Bytes have arrived.
    pub(crate) fn more(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Why nothing moves.
    pub(crate) fn say(&self, message: &'static str) {
        self.bar.set_message(message);
    }

    /// Takes the bar away and leaves a line.
    pub(crate) fn finish(self, path: &Path) {
        self.bar.finish_and_clear();
        if terminal::shows_errors() {
            let bytes = HumanBytes(self.bar.position());
            let seconds = self.started.elapsed().as_secs_f64();
            let name = path.display();
            let _ = writeln!(std::io::stderr(), "{name}: {bytes}, {seconds:.1} s");
        }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
