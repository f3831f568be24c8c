//! Paging by counting: the number of records passed, or the number of a page.

use serde_json::Value;

use super::super::facts::{Facts, Input, InputPlace};
use super::super::words::says;
use super::{names, signs, size, token};
use crate::decision::{Decided, Paging};
use crate::infer::evidence::decided;

/// The parameter that counts, and how.
pub(crate) fn number(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let offset = offset(facts);
    let page = page(facts);
    match (offset, page) {
        (Some(offset), Some(page)) => {
            // Where a vendor has both, the size tells which one it prefers.
            let per_page = signs::input(facts, &["perpage", "pagesize", "itemsperpage"]).is_some();
            let paging =
                if per_page || page.confidence > offset.confidence { page } else { offset };
            Some(Decided { confidence: paging.confidence - 0.1, ..paging })
        }
        (offset, page) => offset.or(page),
    }
}

/// Whether the size of a page is called so and nothing else: `from` beside `size` counts, as search engines have it.
fn is_beside_size(facts: &Facts<'_>) -> bool {
    signs::size(facts, true).is_some_and(|size| size.key == "size" && size.is_number())
}

/// Whether it is called `first` beside `max`, as persistence libraries call the first record and the number of records.
fn is_beside_max(facts: &Facts<'_>, input: &Input<'_>) -> bool {
    input.key == "first"
        && signs::size(facts, true)
            .is_some_and(|size| size.key == "max" || size.key == "maxresults")
}

/// Inputs of the body page only where the body is a query.
fn fits(facts: &Facts<'_>, input: &Input<'_>) -> bool {
    input.place != InputPlace::Body || facts.method == "POST"
}

fn offset(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let has_size = signs::size(facts, true).is_some();
    let certain = signs::input(facts, &names::OFFSETS).filter(|input| token::counts(input));
    let maybe = || {
        let input = signs::input(facts, &names::MAYBE_OFFSETS)?;
        let reads = says(
            &input.text,
            &[
                "offset",
                "index",
                "number of",
                "skip",
                "first result",
                "position",
                "record",
                "start at",
                "row",
                "item",
            ],
        );
        let is_size = says(
            &input.text,
            &["number of results", "how many", "page size", "returns the first", "maximum number"],
        );
        (input.is_number()
            && !signs::is_range(facts, input)
            && has_size
            && !is_size
            && (reads
                || input.key == "start"
                || is_beside_max(facts, input)
                || input.key == "from" && is_beside_size(facts))
            && signs::size(facts, true).is_none_or(|size| size.name != input.name))
        .then_some(input)
    };
    let (input, mut confidence) = match certain {
        Some(input) => (input, if input.is_number() || has_size { 0.9 } else { 0.65 }),
        None => (maybe()?, 0.72),
    };
    if !fits(facts, input) || says(&input.text, &["timestamp"]) {
        return None;
    }
    if says(&input.text, &["page number", "the page to", "number of the page"])
        && input.key != "skip"
    {
        return Some(page_of(facts, input, 0.7));
    }
    if has_size {
        confidence += 0.04;
    }
    let paging = Paging::Offset {
        parameter: input.name.clone(),
        start: start(input, u64::from(input.key == "startindex" && is_one_based(facts))),
        more: signs::more(facts),
        total: signs::total(facts),
        size: size::size(facts, true),
    };
    Some(decided(paging, confidence, format!("the parameter {} counts records", input.name)))
}

/// Whether the response counts as SCIM does: from one, with `itemsPerPage` and `totalResults`.
fn is_one_based(facts: &Facts<'_>) -> bool {
    let has = |name: &str| facts.answer.nodes.iter().any(|node| signs::last(&node.key) == name);
    has("itemsperpage") && has("totalresults")
}

fn page(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let input = signs::input(facts, &names::PAGES)?;
    let short = ["p", "pg", "pageid", "startpage", "pagestart"].contains(&input.key.as_str());
    let is_text = input.is_text() && !token::counts(input);
    let opaque = !input.is_number() && says(&input.text, &["token", "cursor", "opaque"]);
    if !fits(facts, input)
        || opaque
        || short && !says(&input.text, &["page"])
        || input.choices.is_some() && input.is_text()
    {
        return None;
    }
    let has_size = signs::size(facts, true).is_some();
    let confidence = match (is_text, has_size) {
        (false, true) => 0.94,
        (false, false) => 0.85,
        (true, true) => 0.75,
        (true, false) => 0.6,
    };
    Some(page_of(facts, input, confidence))
}

fn page_of(facts: &Facts<'_>, input: &Input<'_>, confidence: f64) -> Decided<Paging> {
    let paging = Paging::Page {
        parameter: input.name.clone(),
        start: start(input, u64::from(input.key != "skippages")),
        more: signs::more(facts),
        total: signs::total(facts),
        size: size::size(facts, true),
    };
    decided(paging, confidence, format!("the parameter {} takes the number of a page", input.name))
}

/// The value for the first page: what the text says, the default, or the smallest value.
fn start(input: &Input<'_>, usual: u64) -> u64 {
    let zero = says(
        &input.text,
        &[
            "zero-based",
            "0-based",
            "zero based",
            "0 based",
            "starts at 0",
            "starting at 0",
            "starts from 0",
            "start from 0",
            "starting from 0",
            "starts with 0",
            "starting with 0",
            "first page is 0",
            "beginning with 0",
            "zero-indexed",
            "0-indexed",
            "0..n",
            "index starts from 0",
            "starting at zero",
            "start at 0",
            "zero indexed",
            "page 0",
            "begins at 0",
        ],
    );
    let one = says(
        &input.text,
        &[
            "one-based",
            "1-based",
            "one based",
            "1 based",
            "starts at 1",
            "starting at 1",
            "starts from 1",
            "starting from 1",
            "starts with 1",
            "starting with 1",
            "first page is 1",
            "1-indexed",
            "one-indexed",
            "begins at 1",
            "start at 1",
        ],
    );
    if zero != one {
        return u64::from(one);
    }
    let small = |value: u64| (value <= 1).then_some(value);
    let default = input.default.and_then(whole).and_then(small);
    #[expect(
        clippy::float_cmp,
        reason = "the limits are whole numbers as the document writes them"
    )]
    let minimum = input.minimum.and_then(|minimum| if minimum == 1.0 { Some(1) } else { None });
    default.or(minimum).unwrap_or(usual)
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
