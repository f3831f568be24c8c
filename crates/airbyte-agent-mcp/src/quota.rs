//! Quotas: how often operations may be called, as the operator decides. They are counted in this process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airbyte_agent_core::description::Operation;
use airbyte_agent_core::tools::OperationFilter;
use airbyte_agent_core::{Error, ErrorKind, Result};

/// How often the operations that match a pattern may be called, all of them together. Clones count
/// together as well.
#[derive(Debug, Clone)]
pub struct Quota {
    text: String,
    matching: OperationFilter,
    calls: u32,
    window: Duration,
    /// When the quota will be whole again, after the calls that were made so far.
    due: Arc<Mutex<Option<Instant>>>,
}

impl Quota {
    /// Reads a quota from what it counts and a rate. It counts the operations of a pattern, `entity.action` or
    /// `connector:entity.action` with `*` and `?`, or `writes`, or `destructive`. A rate is such as `60/min`, `5/s`, `1000/h` or `20/day`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when one of them cannot be understood.
    pub fn parse(pattern: &str, rate: &str) -> Result<Self> {
        let wrong = || {
            let message = format!(
                "the rate limit of '{pattern}' must be a number of calls per s, min, h or day, for \
                 example \"60/min\""
            );
            Error::new(ErrorKind::Usage, message)
        };
        let (calls, unit) = rate.split_once('/').ok_or_else(wrong)?;
        let calls: u32 = calls.trim().parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1,
            "min" | "minute" => 60,
            "h" | "hour" => 3_600,
            "d" | "day" => 86_400,
            _ => return Err(wrong()),
        };
        Ok(Self {
            text: format!("{calls} calls of {pattern} per {}", unit.trim()),
            matching: OperationFilter::parse(pattern)?,
            calls,
            window: Duration::from_secs(seconds),
            due: Arc::default(),
        })
    }

    /// Whether calls of this operation count against the quota.
    pub(crate) fn covers(&self, connector: &str, operation: &Operation) -> bool {
        self.matching.matches(connector, operation)
    }

    /// The quota in words.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Counts a call, or says how long to wait until one more is allowed.
    ///
    /// Every call takes a share of the time window. As many calls as the quota allows may be made at
    /// once, and then one more whenever a share of the window has passed.
    pub(crate) fn take(&self, now: Instant) -> Result<(), Duration> {
        let share = self.window / self.calls;
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let next = due.filter(|due| *due > now).unwrap_or(now) + share;
        let ahead = next.saturating_duration_since(now);
        if ahead > self.window {
            return Err(ahead.saturating_sub(self.window));
        }
        *due = Some(next);
        Ok(())
    }

    /// Gives back the share of a call that was not made.
    pub(crate) fn give_back(&self) {
        let share = self.window / self.calls;
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        *due = due.and_then(|due| due.checked_sub(share));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_the_limit_at_once_and_then_one_by_one() {
        let quota = Quota::parse("*", "3/min").unwrap();
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(quota.take(start), Ok(()));
        }
        let wait = quota.take(start).unwrap_err();
        assert_eq!(wait, Duration::from_secs(20));
        assert_eq!(quota.take(start + wait), Ok(()));
        assert!(quota.take(start + wait).is_err());
        quota.give_back();
        assert_eq!(quota.take(start + wait), Ok(()));
    }

    #[test]
    fn rates_are_read() {
        for (rate, fits) in [
            ("60/min", true),
            ("5/s", true),
            ("1 / hour", true),
            ("0/min", false),
            ("60", false),
            ("x/min", false),
            ("5/week", false),
        ] {
            assert_eq!(Quota::parse("issues.*", rate).is_ok(), fits, "{rate}");
        }
        assert!(Quota::parse("issues", "5/s").is_err());
    }
}
