//! The size of a page: its parameter, the default and the maximum, from the schema or from what is said about it.

use serde_json::Value;

use super::super::facts::{Facts, Input};
use super::signs;
use crate::decision::PageSize;

/// How the size of a page is requested.
pub(crate) fn size(facts: &Facts<'_>, pages: bool) -> Option<PageSize> {
    let input = signs::size(facts, pages)?;
    Some(PageSize {
        parameter: input.name.clone(),
        default: input.default.and_then(whole).or_else(|| default(&input.text)),
        maximum: maximum(input),
    })
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A number that a schema states as the largest is the largest unless it is that of a machine's integers.
fn maximum(input: &Input<'_>) -> Option<u64> {
    let stated = input
        .maximum
        .filter(|number| (1.0..=1_000_000.0).contains(number) && number.fract() == 0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and between 1 and a million"
    )]
    let stated = stated.map(|number| number as u64);
    stated.or_else(|| {
        behind(
            &input.text,
            &[
                "maximum value is",
                "maximum is",
                "maximum of",
                "max value is",
                "max is",
                "maximum allowed is",
                "up to",
                "maximum:",
                "max:",
                "cannot exceed",
                "can not exceed",
                "must not exceed",
                "not more than",
                "no more than",
                "at most",
                "maximum allowed value is",
                "maximum value:",
                "max of",
                "(max",
                "maximum number is",
                "max ",
                "maximum page size is",
                "less than or equal to",
                "between 1 and",
                "range between 1 and",
                "can range between 1 and",
            ],
        )
    })
}

/// The default that a text states.
fn default(text: &str) -> Option<u64> {
    behind(
        text,
        &[
            "default value is",
            "default is",
            "defaults to",
            "default of",
            "default:",
            "default to",
            "default value:",
            "the default page size is",
            "by default",
            "(default",
        ],
    )
}

/// The first number that stands right behind one of these phrases.
fn behind(text: &str, phrases: &[&str]) -> Option<u64> {
    phrases.iter().find_map(|phrase| {
        let at = text.find(phrase)?;
        let rest = text.get(at + phrase.len()..)?;
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "`*:'\"=(".contains(c));
        let digits: String = rest
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == ',')
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse().ok().filter(|number| (1..=1_000_000).contains(number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_out_of_texts() {
        for (text, expected) in [
            ("limit can range between 1 and 100, and the default is 10.", (Some(10), Some(100))),
            ("the number of results per page (max 100).", (None, Some(100))),
            ("maximum value is `1,000`; defaults to 50", (Some(50), Some(1000))),
            ("how many to return", (None, None)),
            ("maximum is unlimited", (None, None)),
        ] {
            let input = Input { text: text.to_owned(), ..Input::default() };
            assert_eq!((default(&input.text), maximum(&input)), expected, "{text}");
        }
    }
}
