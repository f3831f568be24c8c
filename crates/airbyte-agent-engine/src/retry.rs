//! Decides when a failed request is sent again, and after what delay.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::description::{Connector, RateLimitHeaders, RetryPolicy, WaitFormat};

/// The policy of a client: its own, or else that of the peer, with another number of attempts if
/// one is set.
pub(crate) fn policy(
    own: Option<RetryPolicy>,
    max_attempts: Option<u32>,
    of_peer: &RetryPolicy,
) -> RetryPolicy {
    let policy = own.unwrap_or_else(|| of_peer.clone());
    match max_attempts {
        Some(attempts) => policy.max_attempts(attempts),
        None => policy,
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    /// A response with this status, and the wait that the vendor asks for.
    Status(u16, Option<Duration>),
    /// There is no response.
    Failure {
        /// Whether the request certainly never reached the server.
        never_sent: bool,
        /// Whether a time limit was exceeded.
        timeout: bool,
    },
}

impl Ending {
    /// Whether it is unknown if the server has acted on the request.
    pub(crate) const fn may_have_had_effect(self) -> bool {
        match self {
            Self::Status(status, _) => status >= 500 || status == 408,
            Self::Failure { never_sent, .. } => !never_sent,
        }
    }
}

/// The budget of retries that is left. It keeps a client from doubling the load of a vendor that
/// fails.
pub(crate) struct Budget(AtomicU32);

const BUDGET: u32 = 100;
const RETRY_COST: u32 = 5;

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(BUDGET))
    }
}

impl Budget {
    fn spend(&self) -> bool {
        let take = |left: u32| left.checked_sub(RETRY_COST);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Adds a little to the budget after a success.
    pub(crate) fn earn(&self) {
        let give = |left: u32| (left < BUDGET).then_some(left + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

/// The delay before the next attempt; `None` when there is no further attempt.
///
/// `repeatable` says that it is harmless to send the request twice. Another request is sent again
/// only if the vendor has certainly not acted on it. `attempt` counts from one.
pub(crate) fn next_try(
    policy: &RetryPolicy,
    budget: &Budget,
    attempt: u32,
    ending: Ending,
    repeatable: bool,
) -> Option<Duration> {
    if attempt >= policy.max_attempts {
        return None;
    }
    let stated = match ending {
        Ending::Status(status, stated) => {
            // A request with status 429 is refused before anything happens. A 503 that states a
            // time may come from a proxy that no longer waits for the vendor.
            if !policy.statuses.contains(&status) || !(repeatable || status == 429) {
                return None;
            }
            stated
        }
        Ending::Failure { never_sent, timeout } => {
            let allowed = if timeout { policy.on_timeout } else { policy.on_network_error };
            if !allowed || !(repeatable || never_sent) {
                return None;
            }
            None
        }
    };
    let longest = Duration::from_millis(policy.max_delay_ms);
    let wait = match stated {
        // If the delay is longer than the policy allows, the caller decides whether to wait.
        Some(stated) if stated > longest => return None,
        Some(stated) => stated,
        None => backoff(policy, attempt).min(longest),
    };
    budget.spend().then_some(wait)
}

/// Exponential back-off with full jitter.
fn backoff(policy: &RetryPolicy, attempt: u32) -> Duration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let initial = Duration::from_millis(policy.initial_delay_ms).as_secs_f64();
    let longest = Duration::from_millis(policy.max_delay_ms).as_secs_f64();
    let full = (initial * policy.base.powi(exponent)).clamp(0.0, longest);
    let share = if policy.jitter { fastrand::f64() } else { 1.0 };
    Duration::from_secs_f64(full * share)
}

/// The delay for which a response asks: the policy's header as a number or an HTTP date, or else
/// the end of an exhausted rate-limit window.
pub(crate) fn asked_wait(
    policy: &RetryPolicy,
    limits: Option<&RateLimitHeaders>,
    headers: &HeaderMap,
) -> Option<Duration> {
    let text = |name: &str| {
        if name.is_empty() { None } else { headers.get(name)?.to_str().ok().map(str::trim) }
    };
    if let Some(wait) = text(&policy.wait_header).and_then(|text| wait(text, policy.wait_format)) {
        return Some(wait);
    }
    is_exhausted(limits, headers).then_some(())?;
    let limits = limits?;
    wait(text(&limits.reset)?, limits.reset_format)
}

/// The delay after a refusal because of too many requests, if the vendor documents it and does not
/// send it.
pub(crate) fn published_wait(connector: &Connector) -> Option<Duration> {
    connector.published_wait().map(Duration::from_secs)
}

/// Whether the response says that a rate-limit window is exhausted.
pub(crate) fn is_exhausted(limits: Option<&RateLimitHeaders>, headers: &HeaderMap) -> bool {
    let Some(limits) = limits else { return false };
    let text = |name: &str| {
        if name.is_empty() { None } else { headers.get(name)?.to_str().ok().map(str::trim) }
    };
    let used = || text(&limits.used_of).and_then(used_of);
    text(&limits.remaining) == Some("0") || used().is_some_and(|(used, of)| used >= of)
}

/// The numbers in `32/40`, with or without a text before them.
fn used_of(text: &str) -> Option<(u64, u64)> {
    let (used, of) = text.rsplit_once('/')?;
    let digits = |c: char| !c.is_ascii_digit();
    let used = used.rsplit(digits).next()?.parse().ok()?;
    Some((used, of.split(digits).next()?.parse().ok()?))
}

/// Whether a delay is longer than the time that is left until the deadline of a call.
pub(crate) fn is_too_long(wait: Duration, deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| wait >= deadline.saturating_duration_since(Instant::now()))
}

/// The actual format of a number. No vendor asks a client to wait for decades, so a number that
/// large is a time.
fn meant(format: WaitFormat, number: f64) -> WaitFormat {
    match format {
        WaitFormat::Seconds | WaitFormat::Milliseconds if number >= 1e12 => {
            WaitFormat::UnixMilliseconds
        }
        WaitFormat::Seconds if number >= 1e9 => WaitFormat::UnixTimestamp,
        format => format,
    }
}

fn wait(text: &str, format: WaitFormat) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        if !number.is_finite() || number < 0.0 {
            return None;
        }
        return match meant(format, number) {
            WaitFormat::Seconds => Duration::try_from_secs_f64(number).ok(),
            WaitFormat::Milliseconds => Duration::try_from_secs_f64(number / 1_000.0).ok(),
            WaitFormat::UnixTimestamp | WaitFormat::UnixMilliseconds => {
                let is_millis = meant(format, number) == WaitFormat::UnixMilliseconds;
                let scale = if is_millis { 1_000.0 } else { 1.0 };
                let at = Duration::try_from_secs_f64(number / scale).ok()?;
                let now = std::time::SystemTime::UNIX_EPOCH.elapsed().ok()?;
                Some(at.saturating_sub(now))
            }
            WaitFormat::Iso8601 => None,
        };
    }
    if format == WaitFormat::Iso8601
        && let Ok(at) = text.parse::<jiff::Timestamp>()
    {
        let left = at.as_second().saturating_sub(jiff::Timestamp::now().as_second());
        return Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(std::time::SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy { jitter: false, ..RetryPolicy::STANDARD }
    }

    #[test]
    fn only_harmless_requests_are_repeated() {
        let wait = Duration::from_secs(2);
        let failure = |never_sent, timeout| Ending::Failure { never_sent, timeout };
        for (ending, repeatable, expected) in [
            (Ending::Status(500, None), true, true),
            (Ending::Status(500, None), false, false),
            (Ending::Status(429, None), false, true),
            (Ending::Status(503, Some(wait)), false, false),
            (Ending::Status(503, Some(wait)), true, true),
            (Ending::Status(503, None), false, false),
            (Ending::Status(404, None), true, false),
            (Ending::Status(429, Some(Duration::from_secs(3_600))), true, false),
            (failure(true, false), false, true),
            (failure(false, false), false, false),
            (failure(false, true), true, true),
        ] {
            let next = next_try(&policy(), &Budget::default(), 1, ending, repeatable);
            assert_eq!(next.is_some(), expected, "{ending:?} repeatable: {repeatable}");
        }
    }

    #[test]
    fn waits_grow_and_attempts_and_budget_end() {
        let budget = Budget::default();
        let ending = Ending::Status(500, None);
        assert_eq!(next_try(&policy(), &budget, 1, ending, true), Some(Duration::from_secs(1)));
        assert_eq!(next_try(&policy(), &budget, 2, ending, true), Some(Duration::from_secs(2)));
        assert_eq!(next_try(&policy(), &budget, 3, ending, true), None);
        let spent = (0..BUDGET).filter(|_| next_try(&policy(), &budget, 1, ending, true).is_some());
        assert_eq!(spent.count(), (BUDGET / RETRY_COST) as usize - 2);
    }

    #[test]
    fn waits_are_read_as_seconds_dates_and_windows() {
        let soon = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(90));
        for (value, low, high) in [("7", 7, 7), ("0.5", 0, 1), (soon.as_str(), 85, 91)] {
            let headers = [("retry-after", value)];
            let headers = headers
                .into_iter()
                .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
                .collect::<HeaderMap>();
            let wait = asked_wait(&policy(), None, &headers).unwrap();
            assert!((low..=high).contains(&wait.as_secs()), "{value}: {wait:?}");
        }
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(90);
        let left = wait(&at.to_string(), WaitFormat::Iso8601).unwrap();
        assert!((85..=91).contains(&left.as_secs()), "{left:?}");
        assert_eq!(wait("2001-01-01T00:00:00Z", WaitFormat::Iso8601), Some(Duration::ZERO));
        assert_eq!(wait("1790000000", WaitFormat::Iso8601), None);
        assert_eq!(wait("-1", WaitFormat::Seconds), None);
        // A vendor that documents seconds sends a time.
        let later = (std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap()
            + Duration::from_secs(90))
        .as_millis();
        for (text, format) in [
            ((later / 1_000).to_string(), WaitFormat::Seconds),
            (later.to_string(), WaitFormat::Seconds),
            (later.to_string(), WaitFormat::Milliseconds),
        ] {
            let left = wait(&text, format).unwrap();
            assert!((85..=91).contains(&left.as_secs()), "{text} {format:?}: {left:?}");
        }
        assert_eq!(wait("soon", WaitFormat::Seconds), None);
        assert_eq!(wait("100", WaitFormat::UnixTimestamp), Some(Duration::ZERO));
    }

    #[test]
    fn a_window_is_used_up_when_nothing_is_left_or_all_is_used() {
        let limits = RateLimitHeaders {
            limit: "".into(),
            remaining: "x-left".into(),
            used_of: "x-used".into(),
            reset: "".into(),
            reset_format: WaitFormat::Seconds,
        };
        for (name, value, expected) in [
            ("x-left", "0", true),
            ("x-left", "10", false),
            ("x-used", "40/40", true),
            ("x-used", "32/40", false),
            ("x-used", "api-usage=5001/5000", true),
            ("x-used", "many", false),
            ("x-other", "0", false),
        ] {
            let headers: HeaderMap =
                [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect();
            assert_eq!(is_exhausted(Some(&limits), &headers), expected, "{name}: {value}");
        }
    }
}
