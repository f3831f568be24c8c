//! Keeps requests within the rate limits that the vendor publishes. Knows nothing of what is requested.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_core::description::RateLimit;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Words for limits that hold for all requests of an account. Other scopes are those of single operations.
const GENERAL: [&str; 14] = [
    "account",
    "user",
    "token",
    "app",
    "app and store",
    "workspace",
    "organization",
    "credential",
    "team",
    "project",
    "ip",
    "base",
    "method",
    "endpoint",
];

/// The pace of the requests of one account. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    buckets: Arc<[Bucket]>,
    slots: Option<Arc<Semaphore>>,
}

/// Room for requests, which grows steadily.
#[derive(Debug)]
struct Bucket {
    size: f64,
    per_second: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    room: f64,
    at: Instant,
}

impl Pace {
    /// The pace that keeps these limits. A vendor publishes several limits of the same scope for its plans and
    /// kinds of operations; the most generous one counts, and the vendor's refusals tell about the others.
    pub(crate) fn of(limits: &[RateLimit]) -> Self {
        let general = || limits.iter().filter(|limit| GENERAL.contains(&limit.scope.as_ref()));
        let mut rates: Vec<(&str, f64, f64)> = Vec::new();
        for limit in general().filter(|limit| limit.per_seconds > 0) {
            let Some(requests) = limit.requests.filter(|requests| *requests > 0) else { continue };
            #[allow(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
            let (size, seconds) = (requests as f64, limit.per_seconds as f64);
            match rates.iter_mut().find(|(scope, ..)| *scope == limit.scope) {
                Some((_, known, rate)) if size / seconds > *rate => {
                    (*known, *rate) = (size, size / seconds);
                }
                Some(_) => {}
                None => rates.push((&limit.scope, size, size / seconds)),
            }
        }
        let buckets = rates.into_iter().map(|(_, size, per_second)| Bucket {
            size,
            per_second,
            state: Mutex::new(State { room: size, at: Instant::now() }),
        });
        let together = general().filter(|limit| limit.per_seconds == 0).filter_map(|l| l.requests);
        let slots = together.max().and_then(|number| usize::try_from(number).ok());
        Self {
            buckets: buckets.collect(),
            slots: slots.map(|number| Arc::new(Semaphore::new(number.max(1)))),
        }
    }

    /// Waits until a request may be sent. What is returned is kept until it is answered.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let permit = match &self.slots {
            Some(slots) => slots.clone().acquire_owned().await.ok(),
            None => None,
        };
        for bucket in self.buckets.iter() {
            let wait = bucket.take(Instant::now());
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
        permit
    }
}

impl Bucket {
    /// Takes room for one request, and says how long to wait before it is sent.
    fn take(&self, now: Instant) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(state.at).as_secs_f64();
        state.room = passed.mul_add(self.per_second, state.room).min(self.size);
        state.at = state.at.max(now);
        state.room -= 1.0;
        Duration::from_secs_f64((-state.room / self.per_second).clamp(0.0, 86_400.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(requests: u64, per_seconds: u64, scope: &'static str) -> RateLimit {
        RateLimit {
            requests: Some(requests),
            per_seconds,
            scope: scope.into(),
            description: "".into(),
            source: "".into(),
            wait_seconds: 0,
        }
    }

    #[test]
    fn requests_wait_once_the_room_is_used() {
        let pace =
            Pace::of(&[limit(2, 4, "account"), limit(1, 60, "search"), limit(3, 0, "token")]);
        assert_eq!(pace.buckets.len(), 1);
        assert_eq!(pace.slots.as_ref().map(|slots| slots.available_permits()), Some(3));
        let start = Instant::now();
        let bucket = &pace.buckets[0];
        let waits: Vec<u128> = (0..4).map(|_| bucket.take(start).as_millis()).collect();
        assert_eq!(waits, [0, 0, 2000, 4000]);
        // What was taken in advance is given back by time.
        assert_eq!(bucket.take(start + Duration::from_secs(6)).as_millis(), 0);
        assert_eq!(bucket.take(start + Duration::from_secs(6)).as_millis(), 2000);
    }

    #[test]
    fn the_most_generous_limit_of_a_scope_counts() {
        let pace = Pace::of(&[limit(150, 60, "token"), limit(1500, 60, "token")]);
        assert!((pace.buckets[0].per_second - 25.0).abs() < f64::EPSILON);
    }
}
