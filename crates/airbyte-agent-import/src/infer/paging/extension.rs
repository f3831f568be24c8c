//! Paging that a document declares by an extension: `x-ms-pageable`, `x-pagination`, `x-speakeasy-pagination`,
//! `x-fern-pagination`.

use serde_json::Value;

use super::super::facts::Facts;
use super::super::gather::place;
use super::{signs, size};
use crate::decision::{Decided, PageSize, Paging};
use crate::infer::evidence::decided;

/// The names of extensions that declare inputs and outputs.
const INPUTS_AND_OUTPUTS: [&str; 3] =
    ["x-speakeasy-pagination", "x-pagination", "x-agent-pagination"];

/// Where the address of the next page stands if an API says nothing else, by the conventions of `OData`.
pub(crate) const USUAL_LINK: &str = "$.nextLink";

/// What the document declares.
pub(crate) fn extension(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    pageable(facts).or_else(|| inputs_and_outputs(facts)).or_else(|| request_and_response(facts))
}

/// `x-ms-pageable: {nextLinkName}`. A name is that of a member of the body; `null`, which published copies of documents
/// often leave out, says that there is one page. A spec follows an address that the vendor sends all the same.
fn pageable(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let declared = facts.extensions.get("x-ms-pageable")?;
    let evidence = "the extension x-ms-pageable declares it";
    let Some(name) = declared.get("nextLinkName").and_then(Value::as_str) else {
        let (confidence, evidence) = if facts.answer.at(USUAL_LINK).is_some() {
            (
                0.7,
                "the extension x-ms-pageable declares one page, although the response has a member nextLink",
            )
        } else {
            (0.98, evidence)
        };
        return Some(decided(Paging::None, confidence, evidence));
    };
    let from = facts
        .answer
        .nodes
        .iter()
        .find(|node| node.name == name && node.depth == 1)
        .map_or_else(|| place("$", name), |node| node.place.clone());
    Some(decided(Paging::Link { from, size: size::size(facts, true) }, 0.99, evidence))
}

/// `{type, inputs: [{name, in, type}], outputs: {nextCursor, nextUrl, …}}`.
fn inputs_and_outputs(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let (name, declared) =
        INPUTS_AND_OUTPUTS.iter().find_map(|name| Some((*name, facts.extensions.get(*name)?)))?;
    let inputs = declared.get("inputs").and_then(Value::as_array);
    let input = |kinds: &[&str]| {
        let mut all = inputs.into_iter().flatten();
        let found = all.find(|input| {
            input.get("type").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind))
        })?;
        found.get("name")?.as_str().map(str::to_owned)
    };
    let output = |name: &str| declared.get("outputs")?.get(name)?.as_str().map(str::to_owned);
    let size = input(&["limit"])
        .map(|parameter| PageSize { parameter, default: None, maximum: None })
        .or_else(|| size::size(facts, true));
    let (more, total) = (signs::more(facts), signs::total(facts));
    let paging = if let (Some(parameter), Some(from)) = (input(&["cursor"]), output("nextCursor")) {
        Paging::Token { parameter, from, more, size }
    } else if let Some(from) = output("nextUrl") {
        Paging::Link { from, size }
    } else if let Some(parameter) = input(&["offset"]) {
        Paging::Offset { parameter, start: 0, more, total, size }
    } else if let Some(parameter) = input(&["page"]) {
        Paging::Page { parameter, start: 1, more, total, size }
    } else {
        return None;
    };
    Some(decided(paging, 0.98, format!("the extension {name} declares it")))
}

/// `{cursor: $request.cursor, next_cursor: $response.next, results: $response.data}`, or `offset` instead.
fn request_and_response(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let declared = facts.extensions.get("x-fern-pagination")?;
    let of = |member: &str, before: &str| {
        let text = declared.get(member)?.as_str()?;
        Some(text.strip_prefix(before)?.trim_start_matches('.').to_owned())
    };
    let (more, total, size) = (signs::more(facts), signs::total(facts), size::size(facts, true));
    let paging = if let (Some(parameter), Some(from)) =
        (of("cursor", "$request"), of("next_cursor", "$response"))
    {
        Paging::Token { parameter, from: format!("$.{from}"), more, size }
    } else {
        let parameter = of("offset", "$request")?;
        if parameter.contains("page") {
            Paging::Page { parameter, start: 1, more, total, size }
        } else {
            Paging::Offset { parameter, start: 0, more, total, size }
        }
    };
    Some(decided(paging, 0.98, "the extension x-fern-pagination declares it"))
}
