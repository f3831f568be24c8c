//! The log that `-v` prints to standard error: events of the crates of this workspace.
//!
//! Events of other libraries, such as those for HTTP and TLS, are never printed, because they may
//! contain headers.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

/// What is logged and collected until the program ends.
pub(crate) struct Logging {
    #[cfg(feature = "otel")]
    telemetry: crate::telemetry::Telemetry,
}

impl Logging {
    /// Sends what is collected and was not sent yet.
    #[cfg_attr(not(feature = "otel"), allow(clippy::unused_self, reason = "nothing is collected"))]
    pub(crate) fn end(self) {
        #[cfg(feature = "otel")]
        self.telemetry.end();
    }
}

/// Starts the log at the level that the number of `-v` stands for. A server logs warnings even
/// without `-v`, because it has no other way to report a problem to its operator. With the feature `otel`, starts
/// what the environment wants to be collected.
pub(crate) fn start_logging(verbosity: u8, is_server: bool) -> Logging {
    let level = match verbosity {
        0 if is_server => Some(LevelFilter::WARN),
        0 => None,
        1 => Some(LevelFilter::DEBUG),
        _ => Some(LevelFilter::TRACE),
    };
    let log = level.map(|level| {
        tracing_subscriber::fmt::layer()
            .with_writer(crate::terminal::stderr)
            // The library's feature for colours is left out, and asking for them without it is a defect.
            .with_ansi(false)
            .with_span_events(FmtSpan::CLOSE)
            .with_filter(Targets::new().with_target("airbyte_agent", level))
    });
    #[cfg(feature = "otel")]
    let (telemetry, collected) = crate::telemetry::start();
    #[cfg(not(feature = "otel"))]
    let collected: Option<tracing_subscriber::layer::Identity> = None;
    if log.is_some() || collected.is_some() {
        // If the log was started before, as in tests, it stays as it is.
        let _ = tracing_subscriber::registry().with(collected).with(log).try_init();
    }
    Logging {
        #[cfg(feature = "otel")]
        telemetry,
    }
}
