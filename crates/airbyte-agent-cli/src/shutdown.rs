//! The end of a command: whatever ends it, a renewal of a token that is under way is stored first.
//!
//! Vendors that rotate refresh tokens accept each one once. If the process ended between the vendor's
//! response and the store, the account would be lost.

use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, renewals};

use crate::failure::Stop;
use crate::notes;

/// The longest time that a renewal is waited for.
const LONGEST: Duration = Duration::from_secs(60);
/// A wait that is longer than this is explained.
const UNNOTICED: Duration = Duration::from_secs(1);

/// What to do about tokens that are not stored.
const ADVICE: &str = "Correct the cause, then sign in again with 'airbyte-agent login', which stores \
                      renewed tokens";

/// Runs a command, and ends it early if a signal comes that the command does not react to itself.
/// Waits for renewals, and reports tokens that are lost with the process.
pub(crate) fn block_on(command: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot start: {error}")))?;
    let mut signals = watch::Signals::listen();
    let result = runtime.block_on(signals.race(command));
    runtime.block_on(wait_for_renewals());
    // A lookup of a host name may still be running on another thread; it need not be waited for.
    runtime.shutdown_background();
    report_lost_tokens(result)
}

async fn wait_for_renewals() {
    if tokio::time::timeout(UNNOTICED, renewals::ended()).await.is_ok() {
        return;
    }
    notes::print_notes(["waiting until the token that is being renewed is stored"]);
    if tokio::time::timeout(LONGEST, renewals::ended()).await.is_err() {
        let seconds = LONGEST.as_secs();
        notes::print_warnings([format!(
            "the renewal of a token has not ended within {seconds} s. If the next call is refused, \
             sign in again with 'airbyte-agent login'"
        )]);
    }
}

/// Reports the tokens that exist in this process only: as a hint if the command failed for that reason,
/// otherwise as a warning.
fn report_lost_tokens(result: Result<(), Stop>) -> Result<(), Stop> {
    let mut result = result;
    for error in renewals::unsaved() {
        match &mut result {
            Err(Stop::Failed(failure)) if failure.error.message().contains(error.message()) => {
                failure.hint = Some(ADVICE.to_owned());
            }
            _ => notes::print_warnings([format!("{error}. {ADVICE}")]),
        }
    }
    result
}

/// Signals that nobody else reacts to.
#[cfg(unix)]
mod watch {
    use std::pin::pin;
    use std::time::{Duration, Instant};

    use airbyte_agent_core::renewals;
    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::sync::watch;

    use super::{LONGEST, UNNOTICED};
    use crate::failure::Stop;
    use crate::failure_report::SIGNALLED;
    use crate::signals;

    /// The time that the main thread has to end by itself. It may be waiting for somebody to type.
    const GRACE: Duration = Duration::from_millis(500);

    /// The signals, received on a thread of their own: the main thread may be blocked.
    pub(super) struct Signals(watch::Receiver<u8>);

    impl Signals {
        /// Starts to listen. Where that is not possible, signals end the process as usual.
        pub(super) fn listen() -> Self {
            let (sender, receiver) = watch::channel(0);
            let thread = std::thread::Builder::new().name("signals".to_owned());
            // Without the thread the sender is dropped, and nothing is ever received.
            let _ = thread.spawn(move || run(&sender));
            Self(receiver)
        }

        /// The result of the command, unless a signal ends it.
        pub(super) async fn race(
            &mut self,
            command: impl Future<Output = Result<(), Stop>>,
        ) -> Result<(), Stop> {
            let stopped = async {
                match self.0.wait_for(|signal| *signal > 0).await {
                    Ok(signal) => Err(Stop::Signalled { signal: *signal }),
                    Err(_) => std::future::pending().await,
                }
            };
            let (mut command, mut stopped) = (pin!(command), pin!(stopped));
            std::future::poll_fn(|context| {
                let ended = stopped.as_mut().poll(context);
                if ended.is_ready() { ended } else { command.as_mut().poll(context) }
            })
            .await
        }
    }

    fn run(sender: &watch::Sender<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let kinds = [
                SignalKind::hangup(),
                SignalKind::interrupt(),
                SignalKind::quit(),
                SignalKind::terminate(),
            ];
            let mut signals: Vec<(u8, Signal)> = Vec::new();
            for kind in kinds {
                let number = u8::try_from(kind.as_raw_value()).unwrap_or_default();
                // Who started the program may have made it immune to this signal, as `nohup` does.
                if let Ok(listening) = signal(kind) {
                    signals.push((number, listening));
                }
            }
            loop {
                let number = next(&mut signals).await;
                if signals::is_handled(number) {
                    continue;
                }
                sender.send_replace(number);
                end_process(number).await;
            }
        });
    }

    async fn next(signals: &mut [(u8, Signal)]) -> u8 {
        std::future::poll_fn(|context| {
            for (number, signal) in signals.iter_mut() {
                if signal.poll_recv(context).is_ready() {
                    return std::task::Poll::Ready(*number);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }

    /// Ends the process if the main thread does not, but not under a renewal.
    async fn end_process(number: u8) {
        tokio::time::sleep(GRACE).await;
        let began = Instant::now();
        while renewals::is_running() && began.elapsed() < LONGEST + UNNOTICED {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The main thread still has to report.
        tokio::time::sleep(GRACE).await;
        std::process::exit(i32::from(SIGNALLED) + i32::from(number));
    }
}

/// Nothing to listen to: the system ends the process.
#[cfg(not(unix))]
mod watch {
    use crate::failure::Stop;

    pub(super) struct Signals;

    impl Signals {
        pub(super) const fn listen() -> Self {
            Self
        }

        pub(super) async fn race(
            &mut self,
            command: impl Future<Output = Result<(), Stop>>,
        ) -> Result<(), Stop> {
            command.await
        }
    }
}
