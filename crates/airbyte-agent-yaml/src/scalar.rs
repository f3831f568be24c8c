//! The meaning of unquoted YAML words: the core schema of YAML 1.2, and the differences of YAML
//! 1.1.

use serde_json::Number;

use crate::node::Value;

/// The meaning of an unquoted word. The error says why it has none.
pub(crate) fn resolve(text: &str) -> Result<Value, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "-.inf" | "-.Inf" | "-.INF"
        | "+.inf" | "+.Inf" | "+.INF" => {
            return Err(format!("{text} cannot be written in JSON; use a finite number"));
        }
        _ => number(text).map_or_else(|| Value::Text(text.to_owned()), Value::Number),
    })
}

fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(octal) = text.strip_prefix("0o") {
        return u64::from_str_radix(octal, 8).ok().map(Number::from);
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return u64::from_str_radix(hexadecimal, 16).ok().map(Number::from);
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if digits(unsigned) {
        let whole = plain.parse::<i64>().map(Number::from);
        return whole.or_else(|_| plain.parse::<u64>().map(Number::from)).ok().or_else(|| {
            // A number with more digits than 64 bits can represent is rounded, as JSON readers do.
            plain.parse::<f64>().ok().and_then(Number::from_f64)
        });
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fits = (digits(whole) || (whole.is_empty() && digits(fraction)))
        && (fraction.is_empty() || digits(fraction))
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if fits { plain.parse::<f64>().ok().and_then(Number::from_f64) } else { None }
}

/// What YAML 1.1 readers take an unquoted word for, if that differs; else `None`.
pub(crate) fn ambiguity(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "yes" | "no" | "on" | "off") {
        return Some("true or false");
    }
    let bytes = text.as_bytes();
    let all = |from: usize, set: &dyn Fn(u8) -> bool| {
        bytes.len() > from && bytes[from..].iter().all(|b| set(*b))
    };
    if text.starts_with("0o") && number(text).is_some() {
        return Some("a text");
    }
    if bytes.first() == Some(&b'0') && all(1, &|b| (b'0'..=b'7').contains(&b)) {
        return Some("an octal number");
    }
    if lower.starts_with("0b") && all(2, &|b| matches!(b, b'0' | b'1' | b'_')) {
        return Some("a binary number");
    }
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    if text.contains('_') && digit(0) && all(0, &|b| b.is_ascii_digit() || b == b'_' || b == b'.') {
        return Some("a number");
    }
    let parts: Vec<_> = text.split(':').collect();
    let sixty = |part: &&str| {
        matches!(part.len(), 1 | 2) && part.parse::<u8>().is_ok_and(|value| value < 60)
    };
    if parts.len() > 1
        && digit(0)
        && parts[0].bytes().all(|b| b.is_ascii_digit())
        && parts[1..].iter().all(sixty)
    {
        return Some("a number in base 60");
    }
    let date = bytes.len() >= 8
        && (0..4).all(digit)
        && bytes[4] == b'-'
        && digit(5)
        && text[5..].contains('-')
        && all(0, &|b| {
            b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b't' | b'Z' | b' ' | b'.' | b'+')
        });
    date.then_some("a date")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_yaml_1_2_says() {
        for (text, expected) in [
            ("", "null"),
            ("~", "null"),
            ("true", "true"),
            ("False", "false"),
            ("12", "12"),
            ("-3", "-3"),
            ("+4", "4"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("1e3", "1000.0"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("18446744073709551615", "18446744073709551615"),
            ("yes", "\"yes\""),
            ("1.2.3", "\"1.2.3\""),
            ("3.1.0", "\"3.1.0\""),
            ("-", "\"-\""),
            (".", "\".\""),
            ("2024-01-01", "\"2024-01-01\""),
        ] {
            let node = crate::node::Node { value: resolve(text).unwrap(), line: 1, column: 1 };
            assert_eq!(node.to_json().to_string(), expected, "{text}");
        }
        assert!(resolve(".nan").is_err());
    }

    #[test]
    fn words_that_yaml_1_1_reads_differently_are_known() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "017",
            "0o17",
            "0b101",
            "1_000",
            "1:30",
            "12:30:45",
            "2024-01-01",
        ] {
            assert!(ambiguity(text).is_some(), "{text}");
        }
        for text in [
            "y",
            "n",
            "0",
            "10",
            "1.0",
            "3.1.0",
            "a:b",
            "yesterday",
            "urn:li:1",
            "1.0.2-beta",
            "2024",
        ] {
            assert_eq!(ambiguity(text), None, "{text}");
        }
    }
}
