//! Ctrl-C: work that can be broken off in order.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use crate::failure::{Stop, usage};

/// From its making on, Ctrl-C does not end the process but the work that waits here.
pub(crate) struct Interrupt {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Interrupt {
    /// Starts to listen.
    pub(crate) fn new() -> Result<Self, Stop> {
        #[cfg(unix)]
        {
            let kind = tokio::signal::unix::SignalKind::interrupt();
            let signal = tokio::signal::unix::signal(kind)
                .map_err(|error| usage(format!("cannot listen for signals: {error}")))?;
            Ok(Self { signal })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// What `work` gives; `None` when Ctrl-C comes first, also when it came since the last time.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        #[cfg(not(unix))]
        let mut stop = pin!(tokio::signal::ctrl_c());
        poll_fn(|context| {
            #[cfg(unix)]
            let is_stopped = self.signal.poll_recv(context).is_ready();
            #[cfg(not(unix))]
            let is_stopped = stop.as_mut().poll(context).is_ready();
            if is_stopped {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}
