//! A value that is fetched by one for all who want it.
//!
//! However many callers find it missing, one fetch runs. It runs on a task of its own, so that a
//! cancelled call does not waste what others wait for, and all who waited share its end, also
//! when it failed.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// Keeps one value and lets one fetch of it run at a time. Clones share it.
pub(super) struct Flight<T>(Arc<Shared<T>>);

struct Shared<T> {
    /// Held by the fetch that runs.
    gate: tokio::sync::Mutex<()>,
    /// Fetches that have ended.
    ended: AtomicU64,
    kept: Mutex<Kept<T>>,
}

struct Kept<T> {
    value: Option<T>,
    /// How the last fetch failed, if it did.
    failure: Option<Error>,
}

impl<T> Clone for Flight<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self(Arc::new(Shared {
            gate: tokio::sync::Mutex::new(()),
            ended: AtomicU64::new(0),
            kept: Mutex::new(Kept { value: None, failure: None }),
        }))
    }
}

impl<T: Clone + Send + 'static> Flight<T> {
    /// The value if it is `usable`, else the one that `fetch` gives.
    pub(super) async fn get<F>(
        &self,
        usable: impl Fn(&T) -> bool + Send + 'static,
        fetch: impl FnOnce() -> F + Send + 'static,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        if let Some(value) = self.kept().value.as_ref().filter(|value| usable(value)) {
            return Ok(value.clone());
        }
        let arrived = self.0.ended.load(Ordering::SeqCst);
        let flight = self.clone();
        let task = tokio::spawn(async move {
            let _gate = flight.0.gate.lock().await;
            {
                let kept = flight.kept();
                if let Some(value) = kept.value.as_ref().filter(|value| usable(value)) {
                    return Ok(value.clone());
                }
                let waited = flight.0.ended.load(Ordering::SeqCst) != arrived;
                if let Some(failure) = kept.failure.as_ref().filter(|_| waited) {
                    return Err(failure.duplicate());
                }
            }
            let fetched = fetch().await;
            let mut kept = flight.kept();
            kept.failure = fetched.as_ref().err().map(Error::duplicate);
            if let Ok(value) = &fetched {
                kept.value = Some(value.clone());
            }
            flight.0.ended.fetch_add(1, Ordering::SeqCst);
            fetched
        });
        task.await.map_err(|_| Error::internal("a task of the hosted session was stopped"))?
    }

    /// Drops the value if it is `doomed`.
    pub(super) fn forget(&self, doomed: impl Fn(&T) -> bool) {
        let mut kept = self.kept();
        if kept.value.as_ref().is_some_and(doomed) {
            kept.value = None;
        }
    }

    /// Looks at the value.
    pub(super) fn peek<R>(&self, look: impl Fn(&T) -> R) -> Option<R> {
        self.kept().value.as_ref().map(look)
    }

    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        // Never left half-changed, so one that a panic poisoned is still good.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
