//! The renewals of tokens that are under way in this process, and the tokens that could not be stored.
//!
//! A vendor that rotates refresh tokens accepts each one once. A process that ends between the
//! vendor's response and the write to the store loses the account. A program therefore waits for
//! [`ended`] before it ends, and tells the user what [`unsaved`] returns. This module does not know
//! how tokens are renewed or stored.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::error::Error;

/// The number of renewals that are under way.
static RUNNING: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// Tokens that are not stored, by the account that they belong to.
static UNSAVED: Mutex<Vec<(usize, Error)>> = Mutex::new(Vec::new());

/// Whether a renewal is under way.
pub fn is_running() -> bool {
    *RUNNING.borrow() > 0
}

/// Returns when no renewal is under way. A program waits for this before it ends, for a limited
/// time: a renewal ends after its tokens are stored.
///
/// ```
/// # async fn example() {
/// use std::time::Duration;
///
/// use airbyte_agent_engine::renewals;
///
/// let stored = tokio::time::timeout(Duration::from_secs(60), renewals::ended()).await;
/// if stored.is_err() {
///     eprintln!("a renewed token may be lost");
/// }
/// # }
/// ```
pub async fn ended() {
    // The sender lives as long as the process.
    let _ = RUNNING.subscribe().wait_for(|running| *running == 0).await;
}

/// The renewed tokens that exist in the memory of this process only, each as the error that says
/// why they are not stored and what is lost when the process ends. Tokens that were stored later
/// are no longer among them.
pub fn unsaved() -> Vec<Error> {
    lock().iter().map(|(_, error)| error.clone()).collect()
}

/// Remembers that the new tokens of an account are not stored.
pub(crate) fn note_unsaved(account: usize, error: Error) {
    let mut unsaved = lock();
    unsaved.retain(|(known, _)| *known != account);
    unsaved.push((account, error));
}

/// Forgets the tokens of an account, because they are stored.
pub(crate) fn note_saved(account: usize) {
    lock().retain(|(known, _)| *known != account);
}

fn lock() -> MutexGuard<'static, Vec<(usize, Error)>> {
    // Entries are added and removed as a whole, so the list is intact even if a thread panicked
    // while it held the lock.
    UNSAVED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts as one renewal as long as it exists.
pub(crate) struct UnderWay(());

impl UnderWay {
    pub(crate) fn begin() -> Self {
        RUNNING.send_modify(|running| *running += 1);
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        RUNNING.send_modify(|running| *running -= 1);
    }
}
