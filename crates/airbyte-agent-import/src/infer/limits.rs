//! How many requests a vendor allows, where its texts say so.

use super::evidence::decided;
use crate::decision::{Decided, RateLimit};

/// The numbers of requests per time that a text states: `100 requests per minute`, `10 req/s`.
pub(crate) fn limits(text: &str) -> Vec<Decided<RateLimit>> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found: Vec<Decided<RateLimit>> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some(requests) = number(word) else { continue };
        let following: Vec<&str> =
            words.get(index + 1..).unwrap_or_default().iter().take(8).copied().collect();
        let Some(seconds) = period(&following) else { continue };
        let limit = RateLimit { requests, seconds };
        if found.iter().any(|known| known.value == limit) {
            continue;
        }
        let quoted = format!("{word} {}", following.join(" "));
        found.push(decided(limit, 0.7, format!("the description of the API says: {quoted}")));
    }
    // Several numbers are those of several plans or groups of operations, and nothing says which one counts.
    if found.len() > 1 {
        for limit in &mut found {
            limit.confidence = 0.4;
        }
    }
    found
}

fn number(word: &str) -> Option<u64> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits: String = word.chars().filter(|c| *c != ',').collect();
    digits.parse().ok().filter(|number| (1..=10_000_000).contains(number))
}

/// The seconds of the period, if the words are `requests per minute` or mean the same.
fn period(words: &[&str]) -> Option<u64> {
    let plain: Vec<&str> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/'))
        .collect();
    let request = plain.iter().take(3).position(|word| {
        ["requests", "request", "calls", "req", "queries"].contains(word)
            || word.starts_with("requests/")
            || word.starts_with("req/")
            || word.starts_with("calls/")
    })?;
    let word = plain.get(request)?;
    if let Some((_, unit)) = word.split_once('/') {
        return seconds(unit);
    }
    let per = plain
        .iter()
        .skip(request + 1)
        .take(3)
        .position(|word| ["per", "every", "each", "a", "an", "in", "/"].contains(word))?;
    let mut after = plain.iter().skip(request + per + 2);
    let next = after.next()?;
    match number(next) {
        Some(count) => Some(count * seconds(after.next()?)?),
        None => seconds(next),
    }
}

fn seconds(unit: &str) -> Option<u64> {
    Some(match unit.trim_end_matches('s') {
        "" | "second" | "sec" => 1,
        "minute" | "min" | "m" => 60,
        "hour" | "hr" | "h" => 3600,
        "day" | "d" => 86_400,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_out_of_texts() {
        for (text, expected) in [
            ("You may send 100 requests per minute.", vec![(100, 60)]),
            ("Limit: 5,000 API requests per hour", vec![(5000, 3600)]),
            ("10 req/s are fine", vec![(10, 1)]),
            ("up to 60 calls in 5 minutes", vec![(60, 300)]),
            ("The 2 requests are sent to each server", vec![]),
            ("Version 2 of the API", vec![]),
        ] {
            let found: Vec<_> = limits(text)
                .iter()
                .map(|limit| (limit.value.requests, limit.value.seconds))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
