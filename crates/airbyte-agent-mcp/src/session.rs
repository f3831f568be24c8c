//! What is counted for each client that is connected.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a session without a connection of its own is remembered after its last call.
const FORGOTTEN: Duration = Duration::from_secs(30 * 60);

/// The most sessions without a connection of their own.
const MOST: usize = 1_024;

/// What is counted for a client.
#[derive(Debug)]
pub(crate) struct SessionState {
    /// A number that no other session of this process has.
    pub(crate) id: u64,
    destructive: AtomicU32,
}

impl SessionState {
    pub(crate) fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self { id: LAST.fetch_add(1, Ordering::Relaxed) + 1, destructive: AtomicU32::new(0) }
    }

    /// Whether one more destructive call may be made.
    pub(crate) fn may_destroy(&self, most: u32) -> bool {
        self.destructive.load(Ordering::SeqCst) < most
    }

    /// Counts a destructive call, and says whether it may be made.
    pub(crate) fn destroy(&self, most: u32) -> bool {
        let one_more = |count: u32| (count < most).then_some(count + 1);
        self.destructive.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok()
    }
}

/// The sessions of clients that have no connection of their own: each of their requests stands alone. The
/// requests of one caller are a session until there are none for half an hour.
#[derive(Debug, Default)]
pub(crate) struct Callers(Mutex<HashMap<String, (Instant, Arc<SessionState>)>>);

impl Callers {
    /// The session of a caller, whom the server knows by this name.
    pub(crate) fn session(&self, caller: &str) -> Arc<SessionState> {
        let now = Instant::now();
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        callers.retain(|_, (last, _)| now.saturating_duration_since(*last) < FORGOTTEN);
        if callers.len() >= MOST && !callers.contains_key(caller) {
            let oldest = callers.iter().min_by_key(|(_, (last, _))| *last);
            let oldest = oldest.map(|(name, _)| name.clone());
            oldest.and_then(|name| callers.remove(&name));
        }
        let entry = callers
            .entry(caller.to_owned())
            .or_insert_with(|| (now, Arc::new(SessionState::new())));
        entry.0 = now;
        Arc::clone(&entry.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destructive_calls_are_counted_for_each_caller() {
        let callers = Callers::default();
        for (caller, expected) in [("a", true), ("a", true), ("a", false), ("b", true)] {
            assert_eq!(callers.session(caller).destroy(2), expected, "{caller}");
        }
        assert!(!callers.session("a").may_destroy(2) && callers.session("b").may_destroy(2));
        assert_ne!(callers.session("a").id, callers.session("b").id);
        for n in 0..2 * MOST {
            callers.session(&n.to_string());
        }
        assert_eq!(callers.0.lock().unwrap().len(), MOST);
    }
}
