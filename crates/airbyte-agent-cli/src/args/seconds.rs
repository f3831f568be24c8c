//! Durations on the command line, given as a number of seconds.

use std::time::Duration;

/// Parses a positive number of seconds, which may have a fraction.
pub(crate) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let wanted = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    wanted
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "must be a number of seconds above 0".to_owned())
}

/// A duration such as `90s`, `5m`, `2h` or `1d`; a number alone is one of seconds.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let unit = text.chars().last().filter(char::is_ascii_alphabetic);
    let factor = match unit {
        None | Some('s') => 1.0,
        Some('m') => 60.0,
        Some('h') => 3_600.0,
        Some('d') => 86_400.0,
        Some(_) => 0.0,
    };
    let number = text.strip_suffix(|c: char| Some(c) == unit).unwrap_or(text);
    let seconds = number.parse::<f64>().map_or(0.0, |number| number * factor);
    Some(seconds)
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "must be a time such as 90s, 5m, 2h or 1d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("5m", 300), ("2h", 7_200), ("1d", 86_400)]
        {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["0", "-1s", "5x", "m", "", "1 hour"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn timeouts_are_positive_numbers() {
        assert_eq!(parse_seconds("2.5"), Ok(Duration::from_millis(2_500)));
        for text in ["0", "-1", "soon", "inf", "NaN", ""] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }
}
