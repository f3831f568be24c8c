//! Moments as texts of ISO 8601.

use std::time::SystemTime;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The moment as ISO 8601 text in UTC, with milliseconds.
pub(crate) fn text(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or_default();
    format!("{time:.3}")
}

/// The moment that is now.
pub(crate) fn now() -> String {
    text(SystemTime::now())
}

/// The text in UTC, with the digits of its fraction as they are; `None` if it has no offset to convert.
pub(crate) fn in_utc(text: &str) -> Option<String> {
    let (local, offset) = split_offset(text)?;
    if local.contains('Z') {
        return None;
    }
    let local = local.trim_end();
    let (whole, fraction) = match local.find(['.', ',']) {
        Some(point) => (&local[..point], &local[point..]),
        None => (local, ""),
    };
    if !fraction.bytes().skip(1).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let moment: DateTime = whole.parse().ok()?;
    let moment = offset.to_timestamp(moment).ok()?;
    let moment = TimeZone::UTC.to_datetime(moment);
    Some(format!("{}{fraction}Z", moment.strftime("%Y-%m-%dT%H:%M:%S")))
}

/// The text before a numeric offset at its end, and the offset.
fn split_offset(text: &str) -> Option<(&str, Offset)> {
    let bytes = text.as_bytes();
    if bytes.len() < 16 || !text.is_ascii() {
        return None;
    }
    let at = text.rfind(['+', '-']).filter(|at| *at > 10)?;
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0 };
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if bytes[at] == b'-' { -seconds } else { seconds };
    Some((&text[..at], Offset::from_seconds(seconds).ok()?))
}

/// The moment that a text means: with `Z` or an offset, or without one, which then is UTC; a date alone is
/// its midnight.
pub(crate) fn parse(text: &str) -> Option<Zoned> {
    let text = text.trim();
    let utc = |moment: DateTime| moment.to_zoned(TimeZone::UTC).ok();
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() < 8 {
        return None;
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.to_zoned(TimeZone::UTC));
    }
    let in_utc = in_utc(text);
    if let Some(text) = in_utc {
        return text.parse::<Timestamp>().ok().map(|moment| moment.to_zoned(TimeZone::UTC));
    }
    utc(text.parse::<DateTime>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_utc_with_the_digits_that_they_had() {
        for (text, expected) in [
            ("2024-01-05T10:00:00+02:00", Some("2024-01-05T08:00:00Z")),
            ("2024-01-05T10:00:00.120-0500", Some("2024-01-05T15:00:00.120Z")),
            ("2024-01-05 01:00:00+02", Some("2024-01-04T23:00:00Z")),
            ("2024-01-05T10:00:00+00:00", Some("2024-01-05T10:00:00Z")),
            ("2024-01-05T10:00:00Z", None),
            ("2024-01-05", None),
            ("2024-01-05T10:00:00", None),
            ("not a moment at all +02:00", None),
        ] {
            assert_eq!(in_utc(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn moments_are_read_in_every_usual_form() {
        for (text, expected) in [
            ("2024-01-05T10:00:00Z", Some(1_704_448_800)),
            ("2024-01-05T12:00:00+02:00", Some(1_704_448_800)),
            ("2024-01-05 10:00:00", Some(1_704_448_800)),
            ("2024-01-05", Some(1_704_412_800)),
            ("20240105", Some(1_704_412_800)),
            ("yesterday", None),
            ("1704448800", None),
        ] {
            let seconds = parse(text).map(|moment| moment.timestamp().as_second());
            assert_eq!(seconds, expected, "{text}");
        }
    }
}
