//! Paging by an opaque value: a parameter that takes it, and a member of the response that holds the next one.

use super::super::facts::{Facts, Input, Node};
use super::super::words::{key, says};
use super::{link, names, signs, size};
use crate::decision::{Decided, Paging};
use crate::infer::evidence::decided;

/// What a text says of a value that only the vendor understands.
const OPAQUE: [&str; 22] = [
    "token",
    "cursor",
    "opaque",
    "previous response",
    "previous request",
    "previous call",
    "prior call",
    "previous page",
    "prior response",
    "last response",
    "next_page",
    "returned in the response",
    "returned by the",
    "from the response",
    "value returned",
    "next page of results",
    "continuation",
    "preceding response",
    "last evaluated",
    "pointer",
    "previous list",
    "previous query",
];

/// The pair of a parameter and a place that fits best.
pub(crate) fn token(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let inputs = facts.inputs.iter().filter(|input| signs::usable(input)).filter(|input| {
        [&names::TOKENS[..], &names::MAYBE_TOKENS].iter().any(|keys| has(input, keys))
            || is_next(&input.key)
            || says(&input.text, &PREVIOUS)
    });
    let mut best: Option<(f64, &Input<'_>, String)> = None;
    let mut keep = |score: f64, input, from: String| {
        if best.as_ref().is_none_or(|(known, ..)| score > *known) {
            best = Some((score, input, from));
        }
    };
    for input in inputs {
        for node in facts.answer.nodes.iter().skip(1) {
            if let Some(score) = pair(input, node) {
                // Values that stand nearer to the body are meant for it.
                let depth = f64::from(u32::try_from(node.depth).unwrap_or(9));
                keep(score - 0.01 * depth, input, node.place.clone());
            }
        }
        if let Some((score, from)) = said_place(facts, input) {
            keep(score, input, from);
        }
        for header in &facts.answer.headers {
            if let Some(score) = header_pair(input, header) {
                keep(score, input, format!("@header.{header}"));
            }
        }
    }
    let (score, input, from) = best?;
    let evidence = format!("the parameter {} takes what {from} returns", input.name);
    let paging = Paging::Token {
        parameter: input.name.clone(),
        from,
        more: signs::more(facts),
        size: size::size(facts, true),
    };
    Some(decided(paging, score, evidence))
}

/// What a text says of a value that a response has returned.
const PREVIOUS: [&str; 6] = [
    "previous response",
    "previous query",
    "previous request",
    "previous call",
    "previous page",
    "returned by a previous",
];

/// The place that the text of a parameter names: a header, or a member of the response whose name it has word for word.
fn said_place(facts: &Facts<'_>, input: &Input<'_>) -> Option<(f64, String)> {
    let strong = has(input, &names::TOKENS);
    if counts(input) || !strong && !says(&input.text, &OPAQUE) {
        return None;
    }
    let words = || {
        let parts = input.text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_');
        parts.map(|word| word.trim_matches('-'))
    };
    let is_header = |word: &&str| {
        word.contains('-')
            && ["next", "cursor", "token", "page", "continuation", "marker"]
                .iter()
                .any(|part| word.contains(part))
    };
    if input.text.contains("header")
        && let Some(header) = words().find(is_header)
    {
        return Some((0.8, format!("@header.{header}")));
    }
    // Short names are words of the language, too.
    let is_said = |node: &&Node<'_>| {
        node.framed
            && !node.is_array()
            && !node.is_object()
            && !node.is_boolean()
            && node.name.len() > 4
            && key(node.name) != input.key
            && (node.name.contains('_') || node.name.contains(char::is_uppercase))
            && words().any(|word| word == node.name.to_lowercase())
    };
    let node = facts.answer.nodes.iter().skip(1).find(is_said)?;
    (!link::is_address(node)).then(|| (0.8, node.place.clone()))
}

/// Whether a name begins with the word for what comes next: `nextPageStart`, `next_iterator`.
fn is_next(key: &str) -> bool {
    key.strip_prefix("next").is_some_and(|rest| !rest.is_empty())
}

/// Whether an input has one of these names, alone or with what stands before it.
pub(crate) fn has(input: &Input<'_>, keys: &[&str]) -> bool {
    keys.contains(&input.key.as_str()) || keys.contains(&input.full_key.as_str())
}

/// Whether an input is a number that counts something, and no opaque value.
pub(crate) fn counts(input: &Input<'_>) -> bool {
    let opaque = says(&input.text, &OPAQUE);
    if input.is_text() {
        // A text counts only if it looks and reads like a number.
        let is_digits = |value: &serde_json::Value| {
            value.is_number()
                || value.as_str().is_some_and(|text| {
                    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
                })
        };
        let shown = input.default.or(input.example).is_some_and(is_digits);
        let reads = says(
            &input.text,
            &["number of", "page number", "to skip", "zero", "0-based", "how many"],
        ) || !opaque
            && says(
                &input.text,
                &[
                    "number",
                    "index",
                    "starting from",
                    "skip",
                    "selected page",
                    "which page",
                    "start at",
                ],
            );
        return (shown || reads || input.text.trim().is_empty())
            && !says(&input.text, &["token", "cursor", "opaque"]);
    }
    !says(&input.text, &["token", "cursor", "opaque"])
        || input.is_number() && input.default.is_some()
}

/// How well a parameter and a member of the response fit each other.
fn pair(input: &Input<'_>, node: &Node<'_>) -> Option<f64> {
    let name = signs::last(&node.key);
    let strong_node = names::NEXT_TOKENS.contains(&name);
    if !strong_node && !names::MAYBE_NEXT_TOKENS.contains(&name) && name != input.key {
        return None;
    }
    if node.is_array()
        || node.is_object()
        || node.is_boolean()
        || link::is_address(node)
        || !signs::is_framed(node)
    {
        return None;
    }
    let says_previous = name.contains("prev")
        || node.key.contains("prev")
        || node.key.contains("before")
        || node.key.contains("first.");
    if says_previous {
        return None;
    }
    let above = signs::above(&node.key);
    let is_next = name.contains("next")
        || above.contains("next")
        || ["cursors"].contains(&above) && name == "after"
        || name == "endcursor"
        || above == "after";
    let strong = has(input, &names::TOKENS);
    let counted = [&names::OFFSETS[..], &names::PAGES, &names::MAYBE_OFFSETS]
        .iter()
        .any(|keys| has(input, keys));
    // Numbers of records and pages are counted, unless both sides are opaque.
    if counted && !strong && (input.is_number() || node.is_number() || counts(input)) {
        return None;
    }
    let same = name == input.key
        || name.strip_prefix("next") == Some(&input.key)
        || name == input.full_key;
    let family = |a: &str| {
        ["cursor", "token", "marker", "key", "after", "offset", "page", "scroll"]
            .into_iter()
            .find(|word| a.contains(word))
    };
    let related = family(name).is_some() && family(name) == family(&input.key);
    // A parameter of such a name means a place in a list only together with a member that is named alike.
    if ["key", "from", "begin", "start"].contains(&input.key.as_str())
        && !same
        && !related
        && !says(&input.text, &OPAQUE)
    {
        return None;
    }
    let score = match (same, is_next, strong) {
        (true, true, true) => 0.97,
        (true, true, false) => 0.94,
        (true, false, true) => {
            if is_request_echo(node) {
                0.45
            } else {
                0.85
            }
        }
        (true, false, false) if counted => {
            if node.kinds.is_empty() || input.kinds.is_empty() {
                0.4
            } else {
                0.7
            }
        }
        (true, false, false) => 0.6,
        (false, _, true) if strong_node && related => 0.92,
        (false, true, true) if name == "next" || name == "after" || strong_node => 0.85,
        (false, true, true) => 0.7,
        (false, false, true) if strong_node => 0.75,
        (false, true, false)
            if counted && (name == "next" || strong_node) && says(&input.text, &OPAQUE) =>
        {
            0.75
        }
        (false, true, false) if !counted && strong_node && related => 0.85,
        (false, true, false) if !counted && strong_node => 0.75,
        (false, true, false) if !counted && (name == "next" || name == "after") => 0.65,
        (false, false, false) if strong_node && !counted && says(&input.text, &OPAQUE) => 0.65,
        _ => return None,
    };
    Some(score)
}

/// Whether a member repeats what the request has sent.
fn is_request_echo(node: &Node<'_>) -> bool {
    says(
        &node.text,
        &[
            "the current cursor",
            "used in the request",
            "provided in the request",
            "of the request",
            "that was sent",
            "current page",
        ],
    )
}

fn header_pair(input: &Input<'_>, header: &str) -> Option<f64> {
    let header = key(header);
    let header = header.strip_prefix('x').unwrap_or(&header);
    let is_next = header.contains("next") || header.contains("continuation");
    let fits = names::NEXT_TOKENS.contains(&header) || header.ends_with(&input.key) && is_next;
    let strong = has(input, &names::TOKENS);
    (fits && strong).then_some(if header.contains(&input.key) { 0.92 } else { 0.7 })
}

/// A parameter for an opaque value, although the response does not say where it comes from.
pub(crate) fn lonely<'f>(facts: &'f Facts<'_>) -> Option<&'f Input<'f>> {
    signs::input(facts, &names::TOKENS)
}
