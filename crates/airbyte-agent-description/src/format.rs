//! Formats of values: times, days, addresses. What is refused, no vendor takes for a value of the format.

use serde_json::Value;

/// What a value in a format is called in messages, and an example of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// The name that specs use, such as `date-time`.
    pub name: &'static str,
    /// What a value is, with its article.
    pub title: &'static str,
    /// A value, as text.
    pub example: &'static str,
}

/// Every format that values are checked against.
pub const FORMATS: [Format; 8] = [
    Format { name: "date-time", title: "an instant in ISO 8601", example: "2025-03-01T00:00:00Z" },
    Format { name: "date", title: "a day", example: "2025-03-01" },
    Format { name: "email", title: "an e-mail address", example: "ada@example.com" },
    Format { name: "uri", title: "a full address", example: "https://example.com" },
    Format { name: "uuid", title: "a UUID", example: "123e4567-e89b-12d3-a456-426614174000" },
    Format { name: "unix_seconds", title: "a time in Unix seconds", example: "1740787200" },
    Format {
        name: "unix_milliseconds",
        title: "a time in Unix milliseconds",
        example: "1740787200000",
    },
    Format { name: "digits", title: "a whole number", example: "1" },
];

/// Seconds of the year 5138, and milliseconds of the year 1973: what is larger is meant in milliseconds.
const LARGEST_SECONDS: f64 = 1e11;

impl Format {
    /// The format of this name; `None` if values are not checked against it.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// Whether a value, which is a text or a number, has the format. A number has no format but those of
    /// numbers.
    pub fn fits(&self, value: &Value) -> bool {
        match (value, self.name) {
            (Value::String(text), name) => fits_text(name, text),
            (Value::Number(number), "unix_seconds") => {
                number.as_f64().is_some_and(|number| number.abs() < LARGEST_SECONDS)
            }
            (Value::Number(number), "unix_milliseconds") => number
                .as_f64()
                .is_some_and(|number| number == 0.0 || number.abs() >= LARGEST_SECONDS),
            _ => true,
        }
    }
}

fn fits_text(name: &str, text: &str) -> bool {
    let text = text.trim();
    match name {
        "date-time" => is_instant(text),
        "date" => day_before(text).is_some_and(str::is_empty) && text.len() == 10,
        "email" => is_email(text),
        "uri" => is_address(text),
        "uuid" => is_uuid(text),
        "unix_seconds" => plain_number(text).is_some_and(|number| number.abs() < LARGEST_SECONDS),
        "unix_milliseconds" => plain_number(text)
            .is_some_and(|number| number == 0.0 || number.abs() >= LARGEST_SECONDS),
        "digits" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => true,
    }
}

/// A number that is written with digits and perhaps a fraction.
fn plain_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse().ok().filter(|_| is_plain)
}

/// The digits with which a text begins, this many, and what follows.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (head, rest) = text.split_at_checked(count)?;
    let all = head.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| head.parse().ok()).flatten().map(|number| (number, rest))
}

/// What follows the day with which a text begins, in the form `2025-03-01` or `20250301`.
fn day_before(text: &str) -> Option<&str> {
    let (year, rest) = digits(text, 4)?;
    let dash = rest.strip_prefix('-');
    let (month, rest) = digits(dash.unwrap_or(rest), 2)?;
    let rest = if dash.is_some() { rest.strip_prefix('-')? } else { rest };
    let (day, rest) = digits(rest, 2)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    ((1..=12).contains(&month) && (1..=last).contains(&day)).then_some(rest)
}

/// Whether a text is an instant in any form of ISO 8601 that is in use: the seconds and the offset may be
/// missing, and vendors take a day for its beginning.
fn is_instant(text: &str) -> bool {
    let Some(rest) = day_before(text) else { return false };
    if rest.is_empty() {
        return true;
    }
    let Some(rest) = rest.strip_prefix(['T', 't', ' ']) else { return false };
    let Some((hour, rest)) = digits(rest, 2) else { return false };
    if hour > 24 {
        return false;
    }
    // Minutes, seconds and fractions, whose limits leap seconds blur.
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ','))
        .unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(end);
    let Some((minutes, clock)) = digits(clock.strip_prefix(':').unwrap_or(clock), 2) else {
        return clock.is_empty() && is_offset(offset);
    };
    let (seconds, clock) = match digits(clock.strip_prefix(':').unwrap_or(clock), 2) {
        Some(found) => found,
        None if clock.is_empty() => (0, ""),
        None => return false,
    };
    let has_good_end = match clock.strip_prefix(['.', ',']) {
        Some(fraction) => !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()),
        None => clock.is_empty(),
    };
    minutes < 60 && seconds <= 60 && has_good_end && is_offset(offset)
}

/// Whether a text is an offset from UTC, or nothing.
fn is_offset(text: &str) -> bool {
    let text = text.trim();
    match text.strip_prefix(['+', '-', '\u{2212}']) {
        Some(offset) => {
            let plain = offset.replacen(':', "", 1);
            matches!(plain.len(), 2 | 4) && plain.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => {
            text.is_empty() || text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc")
        }
    }
}

fn is_email(text: &str) -> bool {
    match text.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && !domain.is_empty()
                && !domain.contains(char::is_whitespace)
                && (!local.contains(char::is_whitespace) || local.starts_with('"'))
                && !text.contains(['<', '>', ',', ';'])
        }
        None => false,
    }
}

/// Whether a text is an address with its scheme.
fn is_address(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, rest)) => {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
                && !rest.trim_start_matches('/').is_empty()
                && !text.contains(['\n', '\t'])
                // A host with a port, which lacks its scheme.
                && !(scheme.contains('.') && rest.starts_with(|c: char| c.is_ascii_digit()))
        }
        None => false,
    }
}

fn is_uuid(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != '-').collect();
    plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_that_no_vendor_takes_are_told_from_those_that_some_do() {
        for (name, good, bad) in [
            (
                "date-time",
                &[
                    "2025-03-01T09:30:00Z",
                    "2025-03-01T09:30:00.123456+02:00",
                    "2025-03-01T09:30:00.000+0000",
                    "2025-03-01 09:30",
                    "2025-03-01T09:30Z",
                    "2025-03-01",
                    "20250301T093000Z",
                    "2024-02-29T24:00:00-05",
                    "2025-03-01T09:30:60,5Z",
                ][..],
                &[
                    "yesterday",
                    "-7d",
                    "1740787200",
                    "03/01/2025",
                    "2025-13-01",
                    "2025-02-29T00:00:00Z",
                    "2025-03-01T9:30",
                    "2025-03-01T09:61:00Z",
                    "2025-03-01T09:30:00+2",
                    "2025-03-01T09:30:00 o'clock",
                    "2025-03-01Tnoon",
                    "2025-03-01T",
                    "last week",
                ][..],
            ),
            (
                "date",
                &["2025-03-01", "2024-02-29"],
                &[
                    "2025-3-1",
                    "20250301",
                    "01.03.2025",
                    "2025-02-30",
                    "2025-03-01T00:00:00Z",
                    "today",
                ],
            ),
            (
                "email",
                &[
                    "jane@example.com",
                    "a.b+c@localhost",
                    "\"a b\"@example.com",
                    "jürgen@bücher.example",
                ],
                &[
                    "jane",
                    "@example.com",
                    "jane@",
                    "Jane <jane@example.com>",
                    "a@b.example, c@d.example",
                ],
            ),
            (
                "uri",
                &[
                    "https://example.com/a?b=c",
                    "gid://shop/Product/1",
                    "mailto:a@b.example",
                    "data:,x",
                ],
                &["example.com", "www.example.com/a", "/a/b", "https://", "example.com:8080/a", ""],
            ),
            (
                "uuid",
                &["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000"],
                &["123", "ENG-123", "123e4567-e89b-12d3-a456-42661417400g"],
            ),
            (
                "unix_seconds",
                &["1740787200", "1740787200.000430", "0", "-1"],
                &["1740787200000", "2025-03-01", "now", "1e3"],
            ),
            ("unix_milliseconds", &["1740787200000", "0"], &["1740787200", "2025-03-01T00:00:00Z"]),
            ("digits", &["0", "12"], &["", "-1", "ten"]),
        ] {
            let Some(format) = Format::find(name) else { unreachable!("{name}") };
            assert!(format.fits(&json!(format.example)), "{name}");
            for text in good {
                assert!(format.fits(&json!(text)), "{name} {text}");
            }
            for text in bad {
                assert!(!format.fits(&json!(text)), "{name} {text}");
            }
        }
        for (name, number, fits) in [
            ("unix_seconds", json!(1_740_787_200), true),
            ("unix_seconds", json!(1_740_787_200_000_i64), false),
            ("unix_milliseconds", json!(1_740_787_200), false),
            ("unix_milliseconds", json!(1_740_787_200_000_i64), true),
            ("date", json!(7), true),
        ] {
            assert_eq!(Format::find(name).map(|f| f.fits(&number)), Some(fits), "{name} {number}");
        }
    }
}
