//! Instants of records: spread over 2025, always the same.

/// 2025-01-06T08:00:00Z.
const START: u64 = 1_736_150_400;

/// The instant at which record `index` was made, in seconds since 1970.
pub(crate) fn created(index: u64) -> u64 {
    START + index * 86_400 + index * 37 % 60 * 61
}

/// `seconds` since 1970 as `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn instant(seconds: u64) -> String {
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(seconds))
}

/// `seconds` since 1970 as `YYYY-MM-DD`.
pub(crate) fn day(seconds: u64) -> String {
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

/// Seconds since 1970 of a date or an instant, and whether it is a whole day.
pub(crate) fn parse(text: &str) -> Option<(f64, bool)> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let separated = |at: usize, by: &[u8]| text.as_bytes().get(at).is_some_and(|b| by.contains(b));
    if !separated(4, b"-") || !separated(7, b"-") {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468;
    #[allow(clippy::cast_precision_loss, reason = "dates are far from the edge")]
    let midnight = (days * 86_400) as f64;
    if text.len() == 10 {
        return Some((midnight, true));
    }
    if !separated(10, b"T ") || !separated(13, b":") {
        return None;
    }
    let seconds = if separated(16, b":") { number(17..19)? } else { 0 };
    let of_day = number(11..13)? * 3_600 + number(14..16)? * 60 + seconds;
    let zone = text.get(16..)?.trim_start_matches(|c: char| c.is_ascii_digit() || ":.".contains(c));
    let minutes = match zone.as_bytes() {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let digits: String =
                rest.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
            let (hours, minutes) = digits.split_at_checked(2)?;
            let minutes = minutes.parse().unwrap_or(0) + hours.parse::<i64>().ok()? * 60;
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    #[allow(clippy::cast_precision_loss, reason = "less than two days")]
    let of_day = (of_day - minutes * 60) as f64;
    Some((midnight + of_day, false))
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
            assert_eq!(instant(seconds), text);
        }
    }

    #[test]
    fn instants_are_read_in_every_dress() {
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
            assert_eq!(parse(text), seconds, "{text}");
        }
    }
}
