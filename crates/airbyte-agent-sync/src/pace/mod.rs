//! Keeps requests within the rate limits that the vendor publishes. Knows nothing of what is requested.

mod http;
mod shared;
mod window;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use airbyte_agent_core::description::RateLimit;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use self::http::PacedHttp;
use self::shared::Shared;
use self::window::{Limit, Window};

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

/// How long a process waits until others have ended a request, where their number is limited. Vendors cut requests off
/// before.
const LONGEST_REQUEST: Duration = Duration::from_secs(150);

/// The pace of the requests of one account. Cheap to clone; clones share it. The [default](Self::default) has no limit.
///
/// ```
/// use airbyte_agent_core::description::RateLimit;
/// use airbyte_agent_sync::Pace;
///
/// # async fn example(limits: &[RateLimit]) {
/// let pace = Pace::of(limits).shared("limits".as_ref(), "0123456789abcdef");
/// let turn = pace.turn().await;
/// // A request is sent and answered here.
/// drop(turn);
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    limits: Vec<Limit>,
    /// Most requests at the same time.
    at_once: Option<usize>,
    slots: Option<Arc<Semaphore>>,
    /// What this process has sent, one window for each limit.
    own: Mutex<Vec<Window>>,
    shared: Option<Shared>,
}

/// A request that may be sent. Kept until it is answered.
#[derive(Debug, Default)]
pub struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    slot: Option<File>,
}

impl Turn {
    /// Whether others wait for its end.
    pub(crate) const fn is_held(&self) -> bool {
        self.permit.is_some() || self.slot.is_some()
    }
}

impl Pace {
    /// The pace that keeps these limits for this process alone. A vendor publishes several limits of the same scope for
    /// its plans and kinds of operations; the most generous one counts, and the vendor's refusals tell about the others.
    pub fn of(limits: &[RateLimit]) -> Self {
        let general = || limits.iter().filter(|limit| GENERAL.contains(&limit.scope.as_ref()));
        let mut rates: Vec<(&str, Limit)> = Vec::new();
        for limit in general().filter(|limit| limit.per_seconds > 0) {
            let Some(requests) = limit.requests.filter(|requests| *requests > 0) else { continue };
            let new = Limit {
                name: format!("{} {requests}/{}", limit.scope, limit.per_seconds),
                requests,
                window: Duration::from_secs(limit.per_seconds),
            };
            match rates.iter_mut().find(|(scope, _)| *scope == limit.scope) {
                Some((_, known)) if rate(&new) > rate(known) => *known = new,
                Some(_) => {}
                None => rates.push((&limit.scope, new)),
            }
        }
        let limits: Vec<Limit> = rates.into_iter().map(|(_, limit)| limit).collect();
        let together = general().filter(|limit| limit.per_seconds == 0).filter_map(|l| l.requests);
        let at_once = together.max().and_then(|number| usize::try_from(number).ok());
        Self(Arc::new(Inner {
            own: Mutex::new(vec![Window::default(); limits.len()]),
            limits,
            at_once,
            slots: at_once.map(|number| Arc::new(Semaphore::new(number.max(1)))),
            shared: None,
        }))
    }

    /// The same limits, shared by all processes that use the same folder and the same name of an account, such as that
    /// of [`Client::account_mark`](airbyte_agent_core::Client::account_mark). A process that is killed holds nobody
    /// up. If the file in the folder cannot be used, each process keeps the limits alone; see
    /// [`problem`](Self::problem).
    #[must_use]
    pub fn shared(self, folder: &Path, account: &str) -> Self {
        let has_limits = !self.0.limits.is_empty() || self.0.at_once.is_some();
        let shared = has_limits.then(|| Shared::new(folder, account));
        let (limits, at_once) = (self.0.limits.clone(), self.0.at_once);
        let own = Mutex::new(vec![Window::default(); limits.len()]);
        let slots = self.0.slots.clone();
        Self(Arc::new(Inner { limits, at_once, slots, own, shared }))
    }

    /// Why the limits cannot be shared with other processes, if they were to be.
    pub fn problem(&self) -> Option<io::Error> {
        self.0.shared.as_ref()?.file().err()
    }

    /// Waits until a request may be sent, however long it takes. What is returned is kept until it is answered.
    pub async fn turn(&self) -> Turn {
        loop {
            if let Ok(turn) = self.turn_within(Duration::MAX).await {
                return turn;
            }
        }
    }

    /// The same within a time.
    ///
    /// # Errors
    ///
    /// How long to wait if it takes longer; nothing is counted then.
    pub async fn turn_within(&self, longest: Duration) -> Result<Turn, Duration> {
        let started = Instant::now();
        let turn = self.slot(longest).await?;
        if self.0.limits.is_empty() {
            return Ok(turn);
        }
        loop {
            let wait = self.take().await;
            if wait.is_zero() {
                return Ok(turn);
            }
            if started.elapsed().saturating_add(wait) > longest {
                return Err(wait);
            }
            // The clock may be set meanwhile.
            tokio::time::sleep(wait.min(Duration::from_secs(30))).await;
        }
    }

    /// Counts a request, or says how long it has to wait.
    async fn take(&self) -> Duration {
        if self.0.shared.is_some() {
            let inner = Arc::clone(&self.0);
            let taken = tokio::task::spawn_blocking(move || {
                inner.shared.as_ref().map(|shared| shared.take(&inner.limits, now()))
            });
            match taken.await {
                Ok(Some(Ok(wait))) => return wait,
                Ok(Some(Err(error))) => {
                    tracing::warn!(%error, "the limits of the account are kept by this process alone");
                }
                Ok(None) | Err(_) => {}
            }
        }
        let mut own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let waits =
            own.iter_mut().zip(&self.0.limits).map(|(window, limit)| window.wait(limit, now));
        let wait = waits.fold(Duration::ZERO, Duration::max);
        if wait.is_zero() {
            own.iter_mut().for_each(Window::take);
        }
        wait
    }

    /// Waits for one of the requests that may be under way at the same time.
    async fn slot(&self, longest: Duration) -> Result<Turn, Duration> {
        let Some(slots) = &self.0.slots else { return Ok(Turn::default()) };
        let acquiring =
            tokio::time::timeout(longest.min(LONGEST_REQUEST), slots.clone().acquire_owned());
        let Ok(permit) = acquiring.await else {
            if longest < LONGEST_REQUEST {
                return Err(longest);
            }
            return Ok(Turn::default());
        };
        let mut turn = Turn { permit: permit.ok(), slot: None };
        let started = Instant::now();
        while let (Some(shared), Some(at_once)) = (&self.0.shared, self.0.at_once) {
            match shared.slot(at_once) {
                Ok(Some(slot)) => {
                    turn.slot = Some(slot);
                    break;
                }
                Ok(None) if started.elapsed() > longest => return Err(Duration::from_secs(1)),
                Ok(None) if started.elapsed() < LONGEST_REQUEST => {}
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "the limits of the account are kept by this process alone");
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(turn)
    }
}

/// Requests in a second.
fn rate(limit: &Limit) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
    let requests = limit.requests as f64;
    requests / limit.window.as_secs_f64()
}

/// The time since 1970, by the clock that all processes have in common.
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
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
    fn limits_of_the_account_count_and_the_most_generous_of_a_scope() {
        let pace = Pace::of(&[
            limit(150, 60, "token"),
            limit(1500, 60, "token"),
            limit(1, 60, "search"),
            limit(3, 0, "token"),
        ]);
        assert_eq!(pace.0.limits.len(), 1);
        assert_eq!(pace.0.limits[0].requests, 1500);
        assert_eq!(pace.0.slots.as_ref().map(|slots| slots.available_permits()), Some(3));
    }

    #[tokio::test]
    async fn a_wait_that_is_too_long_is_told_and_counts_nothing() {
        let pace = Pace::of(&[limit(2, 3600, "account")]);
        pace.turn().await;
        pace.turn().await;
        let wait = pace.turn_within(Duration::from_secs(60)).await.unwrap_err();
        assert!(wait > Duration::from_secs(3000) && wait <= Duration::from_secs(3960), "{wait:?}");
    }

    #[tokio::test]
    async fn two_paces_of_the_same_account_share_what_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let open = |account: &str| {
            let pace = Pace::of(&[limit(3, 3600, "account"), limit(2, 0, "account")]);
            pace.shared(&folder.path().join("limits"), account)
        };
        let (one, two, other) = (open("a"), open("a"), open("b"));
        let short = Duration::from_millis(200);
        let held = one.turn_within(short).await.unwrap();
        let also_held = two.turn_within(short).await.unwrap();
        assert!(one.turn_within(short).await.is_err(), "two are under way");
        drop((held, also_held));
        drop(one.turn_within(short).await.unwrap());
        assert!(two.turn_within(short).await.unwrap_err() > Duration::from_secs(60));
        assert!(other.turn_within(short).await.is_ok());
    }

    #[tokio::test]
    async fn a_damaged_or_locked_file_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let pace = Pace::of(&[limit(2, 3600, "account")]).shared(folder.path(), "a");
        for text in ["", "nonsense", "{\"account 2/3600\":{\"latest\":1,\"counts\":[]}}", "[1]"] {
            std::fs::write(&path, text).unwrap();
            assert!(pace.turn_within(Duration::ZERO).await.is_ok(), "{text}");
        }
        let holder = File::open(&path).unwrap();
        holder.lock().unwrap();
        // Nobody else counts now: the process keeps the limit alone.
        assert!(pace.turn_within(Duration::from_secs(1)).await.is_ok());
        assert!(pace.turn_within(Duration::from_secs(1)).await.is_ok());
        assert!(pace.turn_within(Duration::from_secs(1)).await.is_err());
    }
}
