//! Signals that the user or the system sends: Ctrl-C, which interrupts work in an orderly way, and
//! the signals that tell a server to stop.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use airbyte_agent_core::Error;

use crate::failure::usage_error;

/// The number of those who end their work by themselves after Ctrl-C.
static INTERRUPTIBLE: AtomicUsize = AtomicUsize::new(0);
/// Whether the command stops by itself after any signal. It still does so after it was told to.
static STOPS_BY_ITSELF: AtomicBool = AtomicBool::new(false);

/// Counts somebody who reacts to Ctrl-C for as long as it exists.
struct Reacts;

impl Reacts {
    fn new() -> Self {
        INTERRUPTIBLE.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Reacts {
    fn drop(&mut self) {
        INTERRUPTIBLE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// While this exists, Ctrl-C does not end the process; it ends the work that [`Interrupt::race`]
/// waits for.
pub(crate) struct Interrupt {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    _reacts: Reacts,
}

impl Interrupt {
    /// Starts to listen for Ctrl-C.
    pub(crate) fn new() -> Result<Self, Error> {
        #[cfg(unix)]
        {
            let kind = tokio::signal::unix::SignalKind::interrupt();
            let signal =
                tokio::signal::unix::signal(kind).map_err(|error| cannot_listen(&error))?;
            Ok(Self { signal, _reacts: Reacts::new() })
        }
        #[cfg(not(unix))]
        Ok(Self { _reacts: Reacts::new() })
    }

    /// Waits for `work` and returns its output, or `None` if Ctrl-C comes first. A Ctrl-C since the
    /// previous call counts, too.
    pub(crate) async fn race<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        #[cfg(not(unix))]
        let mut stop = pin!(tokio::signal::ctrl_c());
        poll_fn(|context| {
            #[cfg(unix)]
            let is_stopped = self.signal.poll_recv(context).is_ready();
            #[cfg(not(unix))]
            let is_stopped = stop.as_mut().poll(context).is_ready();
            if is_stopped {
                // The work ends by itself from now on, also when this does not exist any more.
                std::mem::forget(Reacts::new());
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

/// Whether a command reacts to this signal itself: to Ctrl-C, or to any signal that tells it to stop.
#[cfg(unix)]
pub(crate) fn is_handled(signal: u8) -> bool {
    use tokio::signal::unix::SignalKind;

    let is = |kind: SignalKind| kind.as_raw_value() == i32::from(signal);
    let is_interrupt = is(SignalKind::interrupt());
    is_interrupt && INTERRUPTIBLE.load(Ordering::SeqCst) > 0
        || (is_interrupt || is(SignalKind::terminate())) && STOPS_BY_ITSELF.load(Ordering::SeqCst)
}

/// Returns when the process is told to stop, by SIGINT or SIGTERM.
#[cfg(unix)]
pub(crate) async fn wait_for_stop_signal() -> Result<(), Error> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| cannot_listen(&error))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| cannot_listen(&error))?;
    // Not before somebody listens: a signal in between would be lost.
    STOPS_BY_ITSELF.store(true, Ordering::SeqCst);
    poll_fn(|context| {
        if interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    Ok(())
}

/// Returns when the process is told to stop, by Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn wait_for_stop_signal() -> Result<(), Error> {
    tokio::signal::ctrl_c().await.map_err(|error| cannot_listen(&error))
}

fn cannot_listen(error: &std::io::Error) -> Error {
    usage_error(format!("cannot listen for signals: {error}"))
}
