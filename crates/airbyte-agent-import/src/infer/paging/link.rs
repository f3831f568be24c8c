//! Paging by the complete address of the next page, in the body or in the header `Link`.

use super::super::facts::{Facts, Node};
use super::super::words::says;
use super::{names, signs, size};
use crate::decision::{Decided, Paging};
use crate::infer::evidence::decided;

/// Whether a member holds an address, by its format, its name, its text or an example.
pub(crate) fn is_address(node: &Node<'_>) -> bool {
    let name = signs::last(&node.key);
    let example = node.example.and_then(serde_json::Value::as_str).unwrap_or_default();
    ["uri", "url", "uri-reference", "iri", "hyperlink"].contains(&node.format)
        || ["url", "uri", "link", "href"].iter().any(|word| name.ends_with(word))
        || ["links", "link"].contains(&signs::above(&node.key)) && !node.is_number()
        || says(
            &node.text,
            &["url", "uri", "link to", "hyperlink", "complete address", "full address"],
        )
        || example.starts_with("http")
        || example.starts_with('/')
}

/// Whether the address is the way that the vendor means, although there is a parameter that counts: its name
/// is that of a protocol, or the address contains a token that has a parameter of its own.
pub(crate) fn is_certain(facts: &Facts<'_>) -> bool {
    let has_token = signs::has_token(facts);
    facts.answer.nodes.iter().skip(1).any(|node| {
        let name = signs::last(&node.key);
        let is_protocol = names::PROTOCOL_LINKS.contains(&name);
        !node.is_array()
            && signs::is_framed(node)
            && (is_protocol || has_token && names::NEXT_LINKS.contains(&name))
    })
}

/// The address that a response gives, and how likely it is that of the next page.
pub(crate) fn link(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let mut best: Option<(f64, &Node<'_>)> = None;
    for node in facts.answer.nodes.iter().skip(1) {
        let Some(score) = score(facts, node) else { continue };
        let depth = f64::from(u32::try_from(node.depth).unwrap_or(9));
        let score = score - 0.01 * depth;
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, node));
        }
    }
    let (score, node) = best?;
    let evidence = format!("{} holds the address of the next page", node.place);
    let paging = Paging::Link { from: node.place.clone(), size: size::size(facts, true) };
    Some(decided(paging, score, evidence))
}

fn score(facts: &Facts<'_>, node: &Node<'_>) -> Option<f64> {
    if node.has_relations && signs::is_framed(node) {
        // Such addresses lead to other things, too. That one is of a page has to be said by something else.
        let pages = signs::size(facts, false).is_some()
            || says(&node.text, &["next page", "pagination", "paging"]);
        return pages.then_some(0.7);
    }
    if node.is_array()
        || node.is_object()
        || node.is_boolean()
        || node.is_number()
        || !signs::is_framed(node)
    {
        return None;
    }
    let name = signs::last(&node.key);
    let above = signs::above(&node.key);
    if names::NEXT_LINKS.contains(&name) {
        return Some(0.96);
    }
    let is_pages = |name: &str| {
        ["links", "link", "paging", "pagination", "pages"].contains(&name)
            || name.ends_with("links")
    };
    if ["href", "url", "uri", "link"].contains(&name) && ["next", "nextpage"].contains(&above) {
        return Some(0.94);
    }
    if !["next", "nextpage"].contains(&name) {
        return None;
    }
    if is_address(node) {
        return Some(if is_pages(above) || node.depth == 1 { 0.92 } else { 0.88 });
    }
    let has_previous = facts.answer.nodes.iter().any(|other| {
        other.parent == node.parent
            && ["previous", "prev"].contains(&signs::last(&other.key))
            && !other.is_number()
    });
    // `next` beside `previous` alone may as well be a token that a parameter takes which the document leaves out.
    let has_position = signs::has_position(facts) || signs::size(facts, false).is_some();
    match (is_pages(above), has_previous && !signs::has_token(facts)) {
        (true, _) => Some(if has_previous { 0.75 } else { 0.6 }),
        (false, true) if has_position => Some(0.75),
        (false, _) => None,
    }
}

/// The header `Link`, if the document names it.
pub(crate) fn header(facts: &Facts<'_>) -> Option<Decided<Paging>> {
    let named = facts.answer.headers.iter().any(|name| name == "link");
    let phrases = [
        "link header",
        "`link` header",
        "rel=\"next\"",
        "rfc 5988",
        "rfc5988",
        "rfc 8288",
        "rfc8288",
    ];
    let described = says(&facts.text, &phrases)
        || says(&facts.answer.text, &phrases)
        || facts.inputs.iter().any(|input| says(&input.text, &phrases));
    let score = match (named, described) {
        (true, _) => 0.9,
        (false, true) => 0.8,
        (false, false) => return None,
    };
    let paging = Paging::Link { from: "@link.next".to_owned(), size: size::size(facts, true) };
    Some(decided(paging, score, "the document names the header `Link` of the response"))
}
