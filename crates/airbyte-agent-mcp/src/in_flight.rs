//! Counts the running calls, so that a server that stops can wait for their end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// How long a server that stops waits for its calls.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// The calls that are running.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    calls: AtomicUsize,
    is_closed: AtomicBool,
    /// Notified when the last call ends.
    idle: Notify,
}

/// A running call, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlightCall<'f>(&'f InFlight);

impl InFlight {
    /// Counts a call; `None` when the server stops and takes no more calls.
    pub(crate) fn begin(&self) -> Option<InFlightCall<'_>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let call = InFlightCall(self);
        (!self.is_closed.load(Ordering::SeqCst)).then_some(call)
    }

    /// Takes no more calls and waits until the running ones have ended, at most for [`GRACE`].
    pub(crate) async fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        let all_ended = async {
            loop {
                let idle = self.idle.notified();
                if self.calls.load(Ordering::SeqCst) == 0 {
                    return;
                }
                idle.await;
            }
        };
        if tokio::time::timeout(GRACE, all_ended).await.is_err() {
            tracing::warn!("stopped while calls were in flight");
        }
    }
}

impl Drop for InFlightCall<'_> {
    fn drop(&mut self) {
        if self.0.calls.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}
