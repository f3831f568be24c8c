//! The calls under way: they are counted, so that a server that stops can let them end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// How long a server that stops waits for its calls.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// The calls under way.
#[derive(Debug, Default)]
pub(crate) struct Flight {
    calls: AtomicUsize,
    closing: AtomicBool,
    landed: Notify,
}

/// A call under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat<'f>(&'f Flight);

impl Flight {
    /// Counts a call; `None` when the server stops and takes no more.
    pub(crate) fn board(&self) -> Option<Seat<'_>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let seat = Seat(self);
        (!self.closing.load(Ordering::SeqCst)).then_some(seat)
    }

    /// Takes no more calls and waits for those under way, [`GRACE`] at most.
    pub(crate) async fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        let landed = async {
            loop {
                let next = self.landed.notified();
                if self.calls.load(Ordering::SeqCst) == 0 {
                    return;
                }
                next.await;
            }
        };
        if tokio::time::timeout(GRACE, landed).await.is_err() {
            tracing::warn!("stopped with calls under way");
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if self.0.calls.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.landed.notify_waiters();
        }
    }
}
