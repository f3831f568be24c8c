//! Finds the numbers in a JSON text of a caller that would be sent in another spelling.
//!
//! A decoded number is a double or an integer of 64 bits, and its original spelling is lost. An
//! identifier, an amount or a version that a caller wrote must not change before it is sent.

use serde_json::Number;

use super::scan::{end_of_number, end_of_string};
use crate::description::{JsonPath, Step};

/// A number in a JSON text that would be sent in another spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RewrittenNumber {
    /// The place of the number in the document, by names and indexes.
    pub path: JsonPath,
    /// The number as it is written.
    pub written: String,
    /// The number as it would be sent.
    pub sent: String,
    /// Whether both spellings are of the same number.
    pub is_equal: bool,
}

/// The length, in characters, from which on a number counts as an identifier and not as an amount.
const LONGEST_AMOUNT: usize = 15;

impl RewrittenNumber {
    /// Whether the spelling may matter. An amount such as 1.50 is the same number in any spelling;
    /// a number that is as long as a time or an identifier may be meant as a text.
    pub fn may_be_text(&self) -> bool {
        !self.is_equal || self.written.len() >= LONGEST_AMOUNT
    }

    /// What is wrong, and how to write the value instead.
    pub fn problem(&self) -> String {
        let Self { path, written, sent, is_equal } = self;
        let path = path.to_string();
        let place = path.trim_start_matches('$').trim_start_matches('.');
        let place = if place.is_empty() { String::new() } else { format!("'{place}': ") };
        let number = if *is_equal {
            format!(", or as the number {sent}")
        } else {
            " (where only a number is taken, this one cannot be sent)".to_owned()
        };
        format!(
            "{place}the number {written} would be sent as {sent}; write it as a text, \"{written}\"{number}"
        )
    }
}

/// The numbers in a JSON text that would be sent in another spelling. The text has to be valid
/// JSON.
pub fn rewritten_numbers(json: &str) -> Vec<RewrittenNumber> {
    let bytes = json.as_bytes();
    let mut found = Vec::new();
    let mut path: Vec<Step> = Vec::new();
    // Whether the next string is the name of a member.
    let mut names = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => {
                path.push(Step::Key("".into()));
                names = true;
            }
            b'[' => {
                path.push(Step::Index(0));
                names = false;
            }
            b'}' | b']' => {
                path.pop();
                names = false;
            }
            b',' => match path.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                _ => names = true,
            },
            b'"' => {
                at = end_of_string(bytes, start);
                if let (true, Some(Step::Key(key))) = (names, path.last_mut()) {
                    let name = json.get(start..at).unwrap_or_default();
                    *key = serde_json::from_str::<String>(name).unwrap_or_default().into();
                    names = false;
                }
            }
            b'-' | b'0'..=b'9' => {
                at = end_of_number(bytes, start);
                let written = json.get(start..at).unwrap_or_default();
                found.extend(rewritten(written).map(|(sent, is_equal)| RewrittenNumber {
                    path: JsonPath { steps: path.clone().into() },
                    written: written.to_owned(),
                    sent,
                    is_equal,
                }));
            }
            _ => {}
        }
    }
    found
}

/// The number that a text represents, if exactly this number can be sent: integers of 64 bits,
/// including those written as `3.0`, and other numbers of which no digit is lost. `None` for any
/// other text.
pub fn exact_number(text: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(text).ok()?;
    if number.is_f64()
        && let Some((whole, fraction)) = text.split_once('.')
        && fraction.bytes().all(|digit| digit == b'0')
        && let Ok(whole) = serde_json::from_str::<Number>(whole)
        && !whole.is_f64()
    {
        return Some(whole);
    }
    (!loses_digits(text)).then_some(number)
}

/// The spelling in which a number would be sent, and whether it is the same number; `None` if the
/// spelling does not change.
fn rewritten(written: &str) -> Option<(String, bool)> {
    let sent = serde_json::from_str::<Number>(written).ok()?.to_string();
    (sent != written).then(|| {
        let is_equal = value(&sent) == value(written);
        (sent, is_equal)
    })
}

/// Whether decoding changes the number. For a number that cannot be decoded, the answer is `false`.
pub(crate) fn loses_digits(number: &str) -> bool {
    rewritten(number).is_some_and(|(_, is_equal)| !is_equal)
}

/// The sign of a number, its digits without zeros at either end, and the power of ten of the last
/// digit.
fn value(number: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX);
    let power = exponent
        .saturating_sub(length(fraction))
        .saturating_add(length(digits).saturating_sub(length(significant)));
    (number.starts_with('-'), significant.to_owned(), power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_change_are_found_with_their_place() {
        for (text, expected) in [
            (
                r#"{"a": 1, "b": -5, "c": 0.5, "d": "1.50", "e": 1.0, "f": 18446744073709551615}"#,
                vec![],
            ),
            (
                r#"{"m": {"ts": 1526552662.000430, "x\"": [1, {"p": 1.10}]}}"#,
                vec![("$.m.ts", "1526552662.00043", true), ("$.m['x\"'][1].p", "1.1", true)],
            ),
            (r"[12345678901234567890123]", vec![("$[0]", "1.2345678901234568e+22", false)]),
            (r#"{"f": 0.1234567890123456789}"#, vec![("$.f", "0.12345678901234568", false)]),
            (
                r#"{"l": 1e2, "n": 120e-1, "z": 0.00}"#,
                vec![("$.l", "100.0", true), ("$.n", "12.0", true), ("$.z", "0.0", true)],
            ),
        ] {
            let found = rewritten_numbers(text);
            let found: Vec<(String, &str, bool)> = found
                .iter()
                .map(|number| (number.path.to_string(), number.sent.as_str(), number.is_equal))
                .collect();
            let expected: Vec<(String, &str, bool)> = expected
                .into_iter()
                .map(|(path, sent, same)| (path.to_owned(), sent, same))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
        let problem = rewritten_numbers(r#"{"m": {"v": 1.10}}"#).remove(0).problem();
        assert_eq!(
            problem,
            "'m.v': the number 1.10 would be sent as 1.1; write it as a text, \"1.10\", or as the number 1.1"
        );
    }

    #[test]
    fn a_text_is_a_number_only_with_all_its_digits() {
        for (text, expected) in [
            ("5", Some("5")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("18446744073709551616", None),
            ("9007199254740993.0", Some("9007199254740993")),
            ("1.50", Some("1.5")),
            ("0.1234567890123456789", None),
            ("1e3", Some("1000.0")),
            ("1e400", None),
            ("1e-400", None),
            ("five", None),
            ("\"5\"", None),
        ] {
            let found = exact_number(text).map(|number| number.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
