//! Durations on the command line, given as a number of seconds.

use std::time::Duration;

/// Parses a positive number of seconds, which may have a fraction.
pub(crate) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let wanted = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    wanted
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "must be a number of seconds above 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_positive_numbers() {
        assert_eq!(parse_seconds("2.5"), Ok(Duration::from_millis(2_500)));
        for text in ["0", "-1", "soon", "inf", "NaN", ""] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }
}
