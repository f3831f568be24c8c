//! One limit: how many requests may be sent within any time of a certain length. A window is counted in parts, so that a
//! few numbers tell how many requests it has had. Knows neither files nor requests.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Number of parts into which a window is divided. Requests of one more part count, so that no window of the full length
/// ever has too many, wherever it begins.
const PARTS: u32 = 10;

/// A limit that the vendor publishes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Limit {
    /// Who shares it, with its numbers: what tells it from others of the same account.
    pub(super) name: String,
    /// Most requests in a window.
    pub(super) requests: u64,
    /// Length of the window.
    pub(super) window: Duration,
}

/// The requests that were sent lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Window {
    /// Number of the latest part since 1970.
    latest: u64,
    /// Requests in it, and in those before it.
    counts: Vec<u64>,
}

impl Limit {
    fn part(&self) -> Duration {
        (self.window / PARTS).max(Duration::from_nanos(1))
    }
}

impl Window {
    /// How long a request has to wait, at a time since 1970.
    pub(super) fn wait(&mut self, limit: &Limit, now: Duration) -> Duration {
        let part = limit.part();
        let number = u64::try_from(now.as_nanos() / part.as_nanos()).unwrap_or(u64::MAX);
        self.move_to(number);
        let mut sent = self.counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let most = limit.requests.max(1);
        if sent < most {
            return Duration::ZERO;
        }
        // The oldest part leaves first.
        let mut parts = 0;
        for count in self.counts.iter().rev() {
            parts += 1;
            sent -= count;
            if sent < most {
                break;
            }
        }
        let into = Duration::from_nanos(
            u64::try_from(now.as_nanos() % part.as_nanos()).unwrap_or_default(),
        );
        (part * parts).saturating_sub(into)
    }

    /// Counts a request, after [`wait`](Self::wait) for the same time.
    pub(super) fn take(&mut self) {
        if let Some(count) = self.counts.first_mut() {
            *count = count.saturating_add(1);
        }
    }

    /// Makes a part the latest one. If the clock was set back, what was counted counts as just now: the wait is never
    /// longer than a window.
    fn move_to(&mut self, number: u64) {
        let length = PARTS as usize + 1;
        self.counts.resize(length, 0);
        let passed = number.saturating_sub(self.latest);
        let passed = usize::try_from(passed).unwrap_or(length).min(length);
        self.counts.rotate_right(passed % length);
        if passed == length {
            self.counts.fill(0);
        } else {
            self.counts[..passed].fill(0);
        }
        self.latest = number;
    }
}

#[cfg(test)]
#[allow(clippy::cast_precision_loss, reason = "the numbers of the tests are small")]
mod tests {
    use super::*;

    fn limit(requests: u64, seconds: u64) -> Limit {
        Limit { name: "a".to_owned(), requests, window: Duration::from_secs(seconds) }
    }

    fn milliseconds(number: u64) -> Duration {
        Duration::from_secs(1_700_000_000) + Duration::from_millis(number)
    }

    /// Sends as fast as the limit allows; gives the times of the requests, in milliseconds.
    fn times(limit: &Limit, requests: usize, step: impl Fn(usize) -> u64) -> Vec<u64> {
        let (mut window, mut now, mut times) = (Window::default(), 0, Vec::new());
        for number in 0..requests {
            now += step(number);
            loop {
                let wait = window.wait(limit, milliseconds(now));
                if wait.is_zero() {
                    break;
                }
                now += u64::try_from(wait.as_millis()).unwrap().max(1);
            }
            window.take();
            times.push(now);
        }
        times
    }

    #[test]
    fn no_window_has_more_requests_than_the_limit_and_few_are_lost() {
        for (requests, seconds) in [(1, 1), (2, 4), (5, 1), (40, 20), (100, 10)] {
            let limit = limit(requests, seconds);
            for step in [|_| 0, |number: usize| (number as u64 * 7919) % 300] {
                let sent = times(&limit, 400, step);
                for first in &sent {
                    let end = first + seconds * 1000;
                    let inside = sent.iter().filter(|time| (*first..end).contains(time)).count();
                    assert!(inside as u64 <= requests, "{limit:?} {first}");
                }
            }
            let sent = times(&limit, 400, |_| 0);
            let windows = 400.0 / requests as f64;
            let took = *sent.last().unwrap() as f64 / 1000.0;
            assert!(took <= windows * seconds as f64 * 1.2, "{limit:?}: {took} s");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_or_forward_never_blocks_for_longer_than_a_window() {
        let limit = limit(3, 60);
        for moved in [0, 86_400_000_000] {
            let mut window = Window::default();
            for _ in 0..3 {
                assert_eq!(window.wait(&limit, milliseconds(90_000_000_000)), Duration::ZERO);
                window.take();
            }
            let wait = window.wait(&limit, milliseconds(moved));
            assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(66), "{wait:?}");
            let later = milliseconds(moved) + wait;
            assert_eq!(window.wait(&limit, later), Duration::ZERO);
        }
        let mut window = Window { latest: u64::MAX, counts: vec![u64::MAX; 40] };
        assert!(window.wait(&limit, milliseconds(0)) <= Duration::from_secs(66));
    }
}
