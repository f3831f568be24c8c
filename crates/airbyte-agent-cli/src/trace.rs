//! The log that `-v` prints to standard error: events of the crates of this workspace.
//!
//! Events of other libraries, such as those for HTTP and TLS, are never printed, because they may
//! contain headers.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

/// Starts the log at the level that the number of `-v` stands for. A server logs warnings even
/// without `-v`, because it has no other way to report a problem to its operator.
pub(crate) fn start_logging(verbosity: u8, is_server: bool) {
    let level = match verbosity {
        0 if is_server => LevelFilter::WARN,
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let ours = Targets::new().with_target("airbyte_agent", level);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(crate::terminal::stderr)
        // The library's feature for colours is left out, and asking for them without it is a defect.
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_filter(ours);
    // If the log was started before, as in tests, it stays as it is.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}
