//! Marks: the times, or growing numbers, by which records show their changes. Knows how vendors write them.

use std::fmt;
use std::str::FromStr;

use airbyte_agent_core::description::SyncTime;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// Nanoseconds in a second.
const SECOND: i128 = 1_000_000_000;

/// A place in the order of changes: nanoseconds since 1970, or a number that grows with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(i128);

impl Mark {
    /// The mark of a moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(moment.as_nanosecond())
    }

    /// What a value says in this form; `None` if it is written in another one.
    pub(crate) fn read(format: SyncTime, value: &Value) -> Option<Self> {
        match format {
            SyncTime::Iso8601 | SyncTime::Date => {
                moment(value.as_str()?.trim()).map(|moment| Self(moment.as_nanosecond()))
            }
            SyncTime::UnixSeconds => scaled(value, SECOND).map(Self),
            SyncTime::UnixMilliseconds => scaled(value, SECOND / 1000).map(Self),
            SyncTime::Number => scaled(value, 1).map(Self),
        }
    }

    /// The mark in this form, not later than it is.
    pub(crate) fn write(self, format: SyncTime) -> Value {
        let whole = |unit: i128| self.0.div_euclid(unit);
        let text = |pattern: &str| {
            let moment = Timestamp::from_nanosecond(whole(SECOND) * SECOND).unwrap_or_default();
            Value::String(moment.strftime(pattern).to_string())
        };
        let number = |number: i128| match i64::try_from(number) {
            Ok(number) => Value::Number(Number::from(number)),
            Err(_) => Value::String(number.to_string()),
        };
        match format {
            SyncTime::Iso8601 => text("%Y-%m-%dT%H:%M:%SZ"),
            SyncTime::Date => text("%Y-%m-%d"),
            SyncTime::UnixSeconds => number(whole(SECOND)),
            SyncTime::UnixMilliseconds => number(whole(SECOND / 1000)),
            SyncTime::Number => number(self.0),
        }
    }

    /// The mark of a moment that is so much earlier.
    pub(crate) fn earlier(self, by: SignedDuration) -> Self {
        Self(self.0.saturating_sub(by.as_nanos()))
    }

    /// The moment as a text of ISO 8601.
    pub(crate) fn text(self) -> String {
        Timestamp::from_nanosecond(self.0).unwrap_or_default().to_string()
    }

    /// The mark that is so many steps of the form, or so many seconds, later, or earlier if the number is negative.
    pub(crate) fn moved(self, format: SyncTime, steps: i64, seconds: i64) -> Self {
        let step = match format {
            SyncTime::Number => 1,
            SyncTime::UnixMilliseconds => SECOND / 1000,
            SyncTime::Date => 24 * 60 * 60 * SECOND,
            SyncTime::Iso8601 | SyncTime::UnixSeconds => SECOND,
        };
        let by = i128::from(steps) * step + i128::from(seconds) * SECOND;
        Self(self.0.saturating_add(by))
    }

    /// The mark from which the next run begins: earlier by the overlap, and by at least one step of the form
    /// in which the filter is written, because some vendors list only what is later than that.
    pub(crate) fn back(self, format: SyncTime, overlap_seconds: u64) -> Self {
        if format == SyncTime::Number {
            return Self(self.0.saturating_sub(1));
        }
        let step = match format {
            SyncTime::Date => 24 * 60 * 60 * SECOND,
            _ => SECOND,
        };
        let overlap = i128::from(overlap_seconds).saturating_mul(SECOND);
        Self(self.0.saturating_sub(overlap.max(step)).max(0))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Mark {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Mark {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The moment that a text of ISO 8601 means; without an offset it is one in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(moment) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return Some(moment);
    }
    let local: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

/// A number, or a text of its digits, times `unit`. What is smaller than one of the result is cut.
fn scaled(value: &Value, unit: i128) -> Option<i128> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        return None;
    }
    let mut result = whole.parse::<i128>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.bytes() {
        place /= 10;
        result = result.checked_add(i128::from(digit - b'0') * place)?;
    }
    Some(sign * result)
}

/// The mark of this moment.
pub(crate) fn now() -> Mark {
    Mark::at(Timestamp::now())
}

/// The age of a mark, zero if it lies in the future.
pub(crate) fn age(mark: Mark) -> SignedDuration {
    let nanoseconds = (now().0 - mark.0).clamp(0, i128::from(i64::MAX));
    SignedDuration::from_nanos(i64::try_from(nanoseconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_every_form_and_written_not_later() {
        use SyncTime::{Date, Iso8601, Number, UnixMilliseconds, UnixSeconds};
        for (format, value, written) in [
            (Iso8601, json!("2026-01-02T03:04:05Z"), json!("2026-01-02T03:04:05Z")),
            (Iso8601, json!("2026-01-02T03:04:05.987Z"), json!("2026-01-02T03:04:05Z")),
            (Iso8601, json!("2026-01-02T03:04:05.000+0100"), json!("2026-01-02T02:04:05Z")),
            (Iso8601, json!("2026-01-02T03:04:05-05:00"), json!("2026-01-02T08:04:05Z")),
            (Iso8601, json!("2026-01-02 03:04:05"), json!("2026-01-02T03:04:05Z")),
            (Iso8601, json!("2026-01-02"), json!("2026-01-02T00:00:00Z")),
            (Date, json!("2026-01-02"), json!("2026-01-02")),
            (Date, json!("2026-01-02T23:59:59Z"), json!("2026-01-02")),
            (UnixSeconds, json!(1_700_000_000), json!(1_700_000_000)),
            (UnixSeconds, json!("1700000000.987654"), json!(1_700_000_000)),
            (UnixMilliseconds, json!(1_700_000_000_123_i64), json!(1_700_000_000_123_i64)),
            (Number, json!("42"), json!(42)),
            (Number, json!(-7), json!(-7)),
        ] {
            let mark = Mark::read(format, &value).unwrap_or_else(|| panic_for(&value));
            assert_eq!(mark.write(format), written, "{value}");
        }
        for (format, value) in [
            (Iso8601, json!("soon")),
            (Iso8601, json!(5)),
            (UnixSeconds, json!("2026-01-02")),
            (UnixSeconds, json!(true)),
            (Number, json!("1e5")),
            (Number, Value::Null),
        ] {
            assert_eq!(Mark::read(format, &value), None, "{value}");
        }
    }

    #[allow(clippy::panic)]
    fn panic_for(value: &Value) -> Mark {
        panic!("{value} is not read")
    }

    #[test]
    fn the_next_run_begins_earlier_than_the_last_change() {
        let mark = Mark::read(SyncTime::UnixSeconds, &json!(1_000_000)).unwrap();
        for (format, overlap, expected) in [
            (SyncTime::UnixSeconds, 60, 999_940),
            (SyncTime::UnixSeconds, 0, 999_999),
            (SyncTime::Date, 60, 913_600),
        ] {
            let from = mark.back(format, overlap).write(SyncTime::UnixSeconds);
            assert_eq!(from, json!(expected));
        }
        let number = Mark::read(SyncTime::Number, &json!(9)).unwrap();
        assert_eq!(number.back(SyncTime::Number, 60).write(SyncTime::Number), json!(8));
    }

    #[test]
    fn marks_keep_every_digit_in_a_position() {
        let mark = Mark::read(SyncTime::UnixSeconds, &json!("1700000000.123456789")).unwrap();
        let text = serde_json::to_string(&mark).unwrap();
        assert_eq!(text, "\"1700000000123456789\"");
        assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
    }
}
