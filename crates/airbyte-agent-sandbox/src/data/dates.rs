//! Instants: those of records are spread over 2025 and always the same.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// 2025-01-06T08:00:00Z in seconds since 1970.
const START: u64 = 1_736_150_400;

/// The instant at which the record of this number was created, in seconds since 1970.
pub(crate) fn created(index: u64) -> u64 {
    START + index * 86_400 + index * 37 % 60 * 61
}

/// Seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn format_instant(seconds: u64) -> String {
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", format_day(seconds))
}

/// Seconds since 1970 as `YYYY-MM-DD`. It is computed here because records hold very many dates,
/// and this is several times faster than a general formatter.
pub(crate) fn format_day(seconds: u64) -> String {
    // Days are counted from 0000-03-01, so that the leap day is the last of its year.
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The instant that a text names: an instant, a date with a time, or a date. Without an offset it
/// is in UTC. `None` for any other text, digits without separators included.
pub(crate) fn parse_instant(text: &str) -> Option<Timestamp> {
    let is_dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    if !is_dash(4) || !is_dash(7) {
        return None;
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let date_time = text.parse::<DateTime>().ok().or_else(|| {
        let date = text.parse::<Date>().ok()?;
        Some(date.to_datetime(Time::midnight()))
    })?;
    date_time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Seconds since 1970 of a date or an instant, and whether the text names a whole day.
pub(crate) fn parse_seconds(text: &str) -> Option<(f64, bool)> {
    #[allow(clippy::cast_precision_loss, reason = "a double has room for milliseconds")]
    let milliseconds = parse_instant(text)?.as_millisecond() as f64;
    Some((milliseconds / 1_000.0, text.len() == 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (START, "2025-01-06T08:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
        ] {
            assert_eq!(format_instant(seconds), text);
        }
    }

    #[test]
    fn instants_are_read_in_every_notation() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some((0.0, false))),
            ("2025-01-06T08:00:00.000+00:00", Some((1_736_150_400.0, false))),
            ("2025-01-06T10:30:00+0230", Some((1_736_150_400.0, false))),
            ("2025-01-06 08:00", Some((1_736_150_400.0, false))),
            ("2024-02-29", Some((1_709_164_800.0, true))),
            ("2024-12-31T23:59:59Z", Some((1_735_689_599.0, false))),
            ("20240229", None),
            ("2024-02-29Tsoon", None),
            ("north-wind", None),
            ("2024-02-30é", None),
        ] {
            assert_eq!(parse_seconds(text), seconds, "{text}");
        }
    }
}
