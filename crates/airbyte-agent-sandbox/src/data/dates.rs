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
}
