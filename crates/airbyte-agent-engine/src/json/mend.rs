//! Replaces what the decoders cannot read in a JSON text: numbers beyond their types, halves of
//! characters, and control characters that are not escaped.

use memchr::memmem;

use super::rewritten::loses_digits;
use super::scan::{end_of_number, end_of_string};

/// Length of the shortest number that may have more digits than its type can represent, including
/// the decimal point.
const LONG: usize = 17;

/// The text in which every number that would lose a digit is a text of its digits: integers that do
/// not fit into 64 bits, fractions that a double cannot represent, and numbers that a double takes
/// for zero. `None` when there is no such number. A rounded number would be silently wrong.
pub(crate) fn long_numbers(text: &str) -> Option<String> {
    if !may_have_long_number(text.as_bytes()) && !may_have_tiny_number(text.as_bytes()) {
        return None;
    }
    let is_tiny = |number: &str| has_tiny_exponent(number.as_bytes());
    numbers_as_texts(text, |number| {
        (number.len() >= LONG || is_tiny(number)) && loses_digits(number)
    })
}

/// The text without anything that would make the decoders fail although its meaning is known;
/// `None` when there is nothing to replace.
pub(crate) fn broken(text: &str) -> Option<String> {
    let mut mended: Option<String> = None;
    for mend in [half_characters, strange_escapes, boundless_numbers, wordy_numbers, raw_controls] {
        mended = mend(mended.as_deref().unwrap_or(text)).or(mended);
    }
    mended
}

/// The text in which the backslash of every escape that JSON does not know, such as `\x`, is a
/// character like others; `None` when there is none.
fn strange_escapes(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    let (mut taken, mut at) = (0, 0);
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let is_known = match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') | None => true,
            Some(b'u') => escaped_unit(text, at).is_some(),
            Some(_) => false,
        };
        if is_known {
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        mended.push_str(&text[taken..at]);
        mended.push_str("\\\\");
        at += 1;
        taken = at;
    }
    (taken > 0).then(|| mended + &text[taken..])
}

/// The text in which `NaN`, `Infinity` and `-Infinity`, which some servers write in the place of
/// numbers, are texts; `None` when there is none.
fn wordy_numbers(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    let (mut taken, mut at) = (0, 0);
    while at < bytes.len() {
        let word = match bytes[at] {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'N' | b'I' | b'-' => {
                ["NaN", "Infinity", "-Infinity"].iter().find(|word| text[at..].starts_with(**word))
            }
            _ => None,
        };
        let Some(word) = word else {
            at += 1;
            continue;
        };
        mended.push_str(&text[taken..at]);
        mended.push_str(&format!("\"{word}\""));
        at += word.len();
        taken = at;
    }
    (taken > 0).then(|| mended + &text[taken..])
}

/// The text in which every number that no type can represent, such as `1E400`, is a text.
fn boundless_numbers(text: &str) -> Option<String> {
    numbers_as_texts(text, |number| number.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// The text in which every control character inside a string is escaped.
fn raw_controls(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    let (mut taken, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        let end = end_of_string(bytes, at).min(bytes.len());
        for (index, byte) in bytes[at..end].iter().enumerate().filter(|(_, byte)| **byte < 0x20) {
            mended.push_str(&text[taken..at + index]);
            mended.push_str(&format!("\\u{byte:04x}"));
            taken = at + index + 1;
        }
        at = end;
    }
    (taken > 0).then(|| mended + &text[taken..])
}

/// The text in which unfit numbers are texts of their digits; `None` when there is none.
fn numbers_as_texts(text: &str, is_unfit: impl Fn(&str) -> bool) -> Option<String> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    let (mut taken, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(bytes, at);
                let number = &text[at..end];
                if is_unfit(number) {
                    mended.push_str(&text[taken..at]);
                    mended.push('"');
                    mended.push_str(number);
                    mended.push('"');
                    taken = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    (taken > 0).then(|| mended + &text[taken..])
}

/// Whether the text contains a run of at least [`LONG`] digits and points. Only a few bytes of an
/// ordinary text are examined: such a run covers one of every [`LONG`] bytes, and at least half of
/// it is on one side of that byte.
fn may_have_long_number(bytes: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let is_digit = |at: usize| bytes.get(at).as_ref().is_some_and(is_part);
    let mut at = LONG - 1;
    while at < bytes.len() {
        if is_digit(at) && (is_digit(at - LONG / 2) || is_digit(at + LONG / 2)) {
            let before = bytes[..at].iter().rev().take_while(is_part).count();
            let after = bytes[at..].iter().take_while(is_part).count();
            if before + after >= LONG {
                return true;
            }
        }
        at += LONG;
    }
    false
}

/// Whether a number may be so small that a double takes it for zero, such as `1e-400`.
fn may_have_tiny_number(bytes: &[u8]) -> bool {
    ["e-", "E-"].iter().any(|sign| {
        memmem::find_iter(bytes, sign).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            before.is_some_and(u8::is_ascii_digit)
                && bytes.get(at + 2..).is_some_and(begins_with_three_digits)
        })
    })
}

fn has_tiny_exponent(number: &[u8]) -> bool {
    let minus = number.iter().rposition(|byte| *byte == b'-').filter(|at| *at > 0);
    minus.is_some_and(|at| number.get(at + 1..).is_some_and(begins_with_three_digits))
}

fn begins_with_three_digits(bytes: &[u8]) -> bool {
    bytes.get(..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// The text in which every escape of half a character is U+FFFD; `None` when there is none.
pub(crate) fn half_characters(text: &str) -> Option<String> {
    let mut mended = String::new();
    let mut taken = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let Some(unit) = escaped_unit(text, at) else {
            // The character behind a backslash is escaped by it, even if it is a backslash itself.
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        let is_high = (0xD800..0xDC00).contains(&unit);
        let is_low = |unit: u32| (0xDC00..0xE000).contains(&unit);
        if is_high && escaped_unit(text, at + 6).is_some_and(is_low) {
            at += 12;
            continue;
        }
        if is_high || is_low(unit) {
            mended.push_str(&text[taken..at]);
            mended.push_str("\\ufffd");
            taken = at + 6;
        }
        at += 6;
    }
    (taken > 0).then(|| mended + &text[taken..])
}

/// The unit of UTF-16 that an escape such as `\ud83d` at this position stands for.
fn escaped_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_would_lose_digits_become_texts() {
        let long = "123456789012345678901234567890";
        for (text, expected) in [
            (format!("[{long}]"), Some(format!("[\"{long}\"]"))),
            (long.to_owned(), Some(format!("\"{long}\""))),
            (format!("{{\"a\":-{long},\"b\":1}}"), Some(format!("{{\"a\":\"-{long}\",\"b\":1}}"))),
            (format!("[\"{long}\"]"), None),
            (format!("[\"a: {long}, \\\" {long}\"]"), None),
            (format!("[0.{long}, 1.5]"), Some(format!("[\"0.{long}\", 1.5]"))),
            ("[12345678901234567.25]".to_owned(), Some("[\"12345678901234567.25\"]".to_owned())),
            ("[0.30000000000000004, 1526552662.000430, 1.1000000000000000000]".to_owned(), None),
            ("[18446744073709551615, -9223372036854775808]".to_owned(), None),
            ("[1e-400, -2.5E-330]".to_owned(), Some("[\"1e-400\", \"-2.5E-330\"]".to_owned())),
            ("[1e-300, 0e-400, \"1e-400\", 1e-5]".to_owned(), None),
            ("{\"a\": \"2e-1234-4321\", \"b\": 0.0}".to_owned(), None),
            ("[18446744073709551616]".to_owned(), Some("[\"18446744073709551616\"]".to_owned())),
            ("[-9223372036854775809]".to_owned(), Some("[\"-9223372036854775809\"]".to_owned())),
        ] {
            assert_eq!(long_numbers(&text), expected, "{text}");
            for spaces in 0..LONG {
                let shifted = format!("{}{text}", " ".repeat(spaces));
                assert_eq!(long_numbers(&shifted).is_some(), expected.is_some(), "{shifted}");
            }
        }
    }

    #[test]
    fn what_decoders_refuse_is_mended() {
        for (text, expected) in [
            ("[1E400, -1e999, 1e5]", Some(r#"["1E400", "-1e999", 1e5]"#)),
            ("[\"1E400\"]", None),
            (
                "{\"a\": \"b\tc\nd\",\n\t\"e\": 1}",
                Some("{\"a\": \"b\\u0009c\\u000ad\",\n\t\"e\": 1}"),
            ),
            ("[\"\\ud83d\t\", 1E400]", Some("[\"\\ufffd\\u0009\", \"1E400\"]")),
            (r#"["C:\x \u12 \\x \é"]"#, Some(r#"["C:\\x \\u12 \\x \\é"]"#)),
            (
                r#"{"a": NaN, "b": -Infinity, "c": [Infinity], "d": "NaN, -Infinity"}"#,
                Some(r#"{"a": "NaN", "b": "-Infinity", "c": ["Infinity"], "d": "NaN, -Infinity"}"#),
            ),
            (r#"["\" NaN"]"#, None),
        ] {
            assert_eq!(broken(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_halves_of_characters_are_replaced() {
        for (text, expected) in [
            (r#""\ud83d""#, Some(r#""\ufffd""#)),
            (r#""\ud83d\ude00""#, None),
            (r#""\ud83d\ud83d\ude00\ude00""#, Some(r#""\ufffd\ud83d\ude00\ufffd""#)),
            (r#""\\ud83d""#, None),
            (r#""\\\ud83d""#, Some(r#""\\\ufffd""#)),
            (r#""\ud83dé\u00e9""#, Some(r#""\ufffdé\u00e9""#)),
            (r#""\é\u12"#, None),
            ("\\", None),
        ] {
            assert_eq!(half_characters(text).as_deref(), expected, "{text}");
        }
    }
}
