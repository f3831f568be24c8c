//! What `-v` tells: events of this workspace's crates on standard error.
//!
//! Libraries below (HTTP, TLS) may write down headers, so their events are never shown.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

/// Begins to tell, from the level that the number of `-v` asks for. A program that `serves` has
/// nobody else to tell its problems, so it warns without being asked.
pub(crate) fn start(verbosity: u8, serves: bool) {
    let level = match verbosity {
        0 if serves => LevelFilter::WARN,
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let ours = Targets::new().with_target("airbyte_agent", level);
    let colours = crate::terminal::takes_colours_in_errors();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_span_events(FmtSpan::CLOSE)
        .with_filter(ours);
    // A second start, as in tests, leaves the first one in place.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}
