//! A value that one caller fetches for all that need it.
//!
//! However many callers find it missing or outdated, only one fetch runs. It runs on a task of its
//! own, so that a cancelled call does not stop the fetch for which others wait. All callers that
//! waited get its result, even if it failed.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Stores one value and lets only one fetch of it run at a time. Clones share it.
pub(crate) struct SingleFlight<T>(Arc<Shared<T>>);

struct Shared<T> {
    /// Locked by the fetch that runs.
    gate: tokio::sync::Mutex<()>,
    /// The number of fetches that have ended.
    ended: AtomicU64,
    state: Mutex<State<T>>,
}

struct State<T> {
    value: Option<T>,
    /// The failure of the last fetch and its time; `None` if the fetch succeeded.
    failure: Option<(Instant, Error)>,
}

impl<T> Clone for SingleFlight<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self::of(None)
    }
}

impl<T> SingleFlight<T> {
    /// A [`SingleFlight`] with an initial value.
    pub(crate) fn with(value: T) -> Self {
        Self::of(Some(value))
    }

    fn of(value: Option<T>) -> Self {
        Self(Arc::new(Shared {
            gate: tokio::sync::Mutex::new(()),
            ended: AtomicU64::new(0),
            state: Mutex::new(State { value, failure: None }),
        }))
    }

    /// Waits until no fetch runs.
    pub(crate) async fn settled(&self) {
        drop(self.0.gate.lock().await);
    }

    /// Drops the value if `doomed` returns `true` for it.
    pub(crate) fn forget(&self, doomed: impl Fn(&T) -> bool) {
        let mut state = self.state();
        if state.value.as_ref().is_some_and(doomed) {
            state.value = None;
        }
    }

    /// Calls `look` with the value; returns `None` if there is no value.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.state().value.as_ref().map(look)
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // The state is never left half-changed, so it is intact even if a thread panicked while it
        // held the lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Send + 'static> SingleFlight<T> {
    /// The value if it is `usable`, or else the one that `fetch` returns.
    pub(crate) async fn get<F>(
        &self,
        usable: impl Fn(&T) -> bool + Send + 'static,
        fetch: impl FnOnce() -> F + Send + 'static,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.get_with_cooldown(usable, |_| Duration::ZERO, fetch).await
    }

    /// Does what [`get`](Self::get) does. In addition, a fetch that failed is not repeated until
    /// the `cooldown` of its error has passed; callers in this time get the error.
    pub(crate) async fn get_with_cooldown<F>(
        &self,
        usable: impl Fn(&T) -> bool + Send + 'static,
        cooldown: fn(&Error) -> Duration,
        fetch: impl FnOnce() -> F + Send + 'static,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        if let Some(value) = self.state().value.as_ref().filter(|value| usable(value)) {
            return Ok(value.clone());
        }
        let arrived = self.0.ended.load(Ordering::SeqCst);
        let shared = self.clone();
        let task = tokio::spawn(async move {
            let _gate = shared.0.gate.lock().await;
            {
                let state = shared.state();
                if let Some(value) = state.value.as_ref().filter(|value| usable(value)) {
                    return Ok(value.clone());
                }
                let waited = shared.0.ended.load(Ordering::SeqCst) != arrived;
                let failure = state.failure.as_ref();
                let failure =
                    failure.filter(|(at, error)| waited || at.elapsed() < cooldown(error));
                if let Some((_, error)) = failure {
                    return Err(error.clone());
                }
            }
            let fetched = fetch().await;
            let mut state = shared.state();
            state.failure = fetched.as_ref().err().map(|error| (Instant::now(), error.clone()));
            if let Ok(value) = &fetched {
                state.value = Some(value.clone());
            }
            shared.0.ended.fetch_add(1, Ordering::SeqCst);
            fetched
        });
        task.await.map_err(|_| {
            Error::internal("the task that fetches a token or a connector id was stopped")
        })?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Calls `get` many times at once. Returns the results and the number of fetches.
    async fn many(
        single_flight: &SingleFlight<u32>,
        end: Result<u32>,
    ) -> (Vec<Result<u32>>, usize) {
        let fetches = Arc::new(AtomicUsize::new(0));
        let end = Arc::new(end);
        let requests = (0..8).map(|_| {
            let (fetches, end) = (Arc::clone(&fetches), Arc::clone(&end));
            single_flight.get(
                |_| true,
                move || async move {
                    fetches.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    end.as_ref().as_ref().copied().map_err(Clone::clone)
                },
            )
        });
        let ends = futures_util::future::join_all(requests).await;
        (ends, fetches.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn many_share_one_fetch_and_its_end() {
        let single_flight = SingleFlight::default();
        let (ends, fetches) = many(&single_flight, Err(Error::network("broken"))).await;
        assert!(ends.iter().all(Result::is_err));
        assert_eq!(fetches, 1);
        let (ends, fetches) = many(&single_flight, Ok(7)).await;
        assert!(ends.iter().all(|end| matches!(end, Ok(7))));
        assert_eq!(fetches, 1, "a failure has no cooldown unless told");
        assert_eq!(many(&single_flight, Ok(8)).await.1, 0, "the value is kept");
    }

    #[tokio::test]
    async fn a_failure_is_not_tried_again_for_its_cooldown() {
        let fail = || async { Err(Error::authentication("no")) };
        let long: fn(&Error) -> Duration = |_| Duration::from_secs(60);
        for (cooldown, again) in [(long, false), (|_| Duration::ZERO, true)] {
            let single_flight = SingleFlight::<u32>::default();
            let _ = single_flight.get_with_cooldown(|_| true, cooldown, fail).await;
            let second =
                single_flight.get_with_cooldown(|_| true, cooldown, || async { Ok(1) }).await;
            assert_eq!(second.is_ok(), again);
        }
    }
}
