//! Signs of paging in a request and in a response.

use super::super::facts::{Facts, Input, InputPlace, Node};
use super::super::frames::CONTAINERS;
use super::super::words::says;
use super::names;

/// Whether an input can be what a name says: it is no date, no truth value and no part of the path.
pub(crate) fn usable(input: &Input<'_>) -> bool {
    input.place != InputPlace::Path
        && !is_date(input)
        && !is_credential(input)
        && !input.kinds.contains(&airbyte_agent_description::Kind::Boolean)
}

/// Whether an input takes what authenticates the caller: `token` and `key` may be that or a place in a list.
fn is_credential(input: &Input<'_>) -> bool {
    const NAMES: [&str; 4] = ["token", "key", "auth", "id"];
    NAMES.contains(&input.key.as_str())
        && says(
            &input.text,
            &[
                "api key",
                "api token",
                "access token",
                "apikey",
                "authenticat",
                "authoriz",
                "oauth",
                "credential",
                "session token",
                "your token",
                "your key",
                "bearer",
            ],
        )
}

/// Whether an input takes a time.
pub(crate) fn is_date(input: &Input<'_>) -> bool {
    ["date", "date-time", "datetime", "time", "google-datetime"].contains(&input.format)
        || !input.is_number()
            && says(
                &input.text,
                &[
                    "timestamp",
                    "iso 8601",
                    "iso8601",
                    "rfc3339",
                    "rfc 3339",
                    "yyyy",
                    "date-time",
                    "datetime",
                ],
            )
        || says(
            &input.text,
            &[
                "unix time",
                "since epoch",
                "since the epoch",
                "epoch time",
                "epoch second",
                "epoch milli",
                "unix epoch",
                "epoch timestamp",
                "start date",
                "end date",
                "unix timestamp",
            ],
        )
}

/// Whether an input begins a range of something, because another one ends it: `start` beside `end`.
pub(crate) fn is_range(facts: &Facts<'_>, input: &Input<'_>) -> bool {
    const ENDS: [&str; 5] = ["end", "to", "until", "stop", "finish"];
    ["start", "from", "begin", "since"].contains(&input.key.as_str())
        && facts
            .inputs
            .iter()
            .any(|other| other.place != InputPlace::Path && ENDS.contains(&other.key.as_str()))
}

/// The input that has one of these names, the first name first.
pub(crate) fn input<'f>(facts: &'f Facts<'_>, keys: &[&str]) -> Option<&'f Input<'f>> {
    keys.iter().find_map(|key| {
        facts
            .inputs
            .iter()
            .find(|input| (input.key == *key || input.full_key == *key) && usable(input))
    })
}

/// The input for the size of a page. Names that may mean something else count only beside another one for paging.
pub(crate) fn size<'f>(facts: &'f Facts<'_>, pages: bool) -> Option<&'f Input<'f>> {
    input(facts, &names::SIZES).filter(|input| !input.is_text() || input.choices.is_none()).or_else(
        || {
            pages
                .then(|| input(facts, &names::MAYBE_SIZES).filter(|input| input.is_number()))
                .flatten()
        },
    )
}

/// An input whose name says nothing about paging, and whose text does: `_from`, said to be the start of a page, or
/// `numberOfPlaces`, said to limit the number of results.
pub(crate) fn said_limit<'f>(facts: &'f Facts<'_>) -> Option<&'f Input<'f>> {
    const PAGES: [&str; 5] = ["paginat", "paging", "next page", "page size", "page of results"];
    const NUMBERS: [&str; 12] = [
        "number of results",
        "number of items",
        "number of records",
        "number of entries",
        "results to return",
        "items to return",
        "records to return",
        "entries to return",
        "limits the number",
        "limit the number",
        "id lower than",
        "id greater than",
    ];
    facts.inputs.iter().find(|input| {
        matches!(input.place, InputPlace::Query | InputPlace::Body)
            && usable(input)
            && (says(&input.text, &PAGES) || !input.is_text() && says(&input.text, &NUMBERS))
    })
}

/// The last name of a key.
pub(crate) fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The name before the last of a key.
pub(crate) fn above(key: &str) -> &str {
    key.rsplit('.').nth(1).unwrap_or_default()
}

/// Whether everything around a member is a frame.
pub(crate) fn is_framed(node: &Node<'_>) -> bool {
    node.framed
}

/// Marks the members around which there are only frames: by their names, or because they are the only object of the
/// body, in which everything stands.
pub(crate) fn mark_framed(nodes: &mut [Node<'_>]) {
    let wrappers = wrappers(nodes);
    let mut framed: Vec<bool> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        // Around members of the body there is nothing; a parent stands before its members.
        framed.push(
            index == 0 || node.parent == 0 || {
                let above = nodes.get(node.parent);
                let name = above.map_or("", |above| last(&above.key));
                framed.get(node.parent).copied().unwrap_or_default()
                    && (names::NEXT_FRAMES.contains(&name)
                        || name.contains("pag")
                        || name.contains("meta")
                        || wrappers.contains(&node.parent))
            },
        );
    }
    for (node, framed) in nodes.iter_mut().zip(framed) {
        node.framed = framed;
    }
}

/// The objects in which everything of a response stands, from outside to inside: each is the only object that is not
/// about the page or the request.
fn wrappers(nodes: &[Node<'_>]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut around = 0;
    loop {
        let mut inside = nodes.iter().enumerate().skip(1).filter(|(_, node)| {
            node.parent == around
                && (!node.frame || node.is_object() && CONTAINERS.contains(&last(&node.key)))
        });
        match (inside.next(), inside.next()) {
            (Some((index, only)), None) if only.is_object() => {
                found.push(index);
                around = index;
            }
            _ => return found,
        }
    }
}

/// The place that says whether there is more.
pub(crate) fn more(facts: &Facts<'_>) -> Option<String> {
    let fits = |node: &&Node<'_>| {
        let name = last(&node.key);
        let is_next = ["next", "nextpage"].contains(&name) && node.is_boolean();
        (names::MORES.contains(&name) && (node.is_boolean() || node.kinds.is_empty()) || is_next)
            && is_framed(node)
    };
    facts.answer.nodes.iter().skip(1).find(fits).map(|node| node.place.clone())
}

/// The place of the number of all records. `count` alone may be that of the page.
pub(crate) fn total(facts: &Facts<'_>) -> Option<String> {
    let body = facts.answer.nodes.iter().skip(1).find(|node| {
        names::TOTALS.contains(&last(&node.key))
            && (node.is_number() || node.kinds.is_empty())
            && is_framed(node)
    });
    let header = || {
        let is_total = |name: &&String| {
            let key = super::super::words::key(name);
            ["xtotalcount", "xtotal", "totalcount", "xpaginationtotal", "xpaginationtotalcount"]
                .contains(&key.as_str())
        };
        facts.answer.headers.iter().find(is_total).map(|name| format!("@header.{name}"))
    };
    body.map(|node| node.place.clone()).or_else(header)
}

/// Whether the request has a parameter that can only be meant for paging.
pub(crate) fn has_position(facts: &Facts<'_>) -> bool {
    [&names::TOKENS[..], &names::OFFSETS, &names::PAGES, &names::LAST_RECORD, &names::OLDER]
        .iter()
        .any(|keys| input(facts, keys).is_some())
        || has_start(facts)
}

/// Whether the request has a number to start from beside a number of records: `start` and `rows`.
fn has_start(facts: &Facts<'_>) -> bool {
    let start = input(facts, &["start"])
        .filter(|start| start.is_number() && start.place == InputPlace::Query);
    start.is_some_and(|start| !is_range(facts, start)) && size(facts, false).is_some()
}

/// What in the response says that there is more than one page.
pub(crate) fn of_response(facts: &Facts<'_>) -> Option<String> {
    let is_sign = |node: &&Node<'_>| {
        let name = last(&node.key);
        is_framed(node)
            && !node.is_array()
            && (names::NEXT_TOKENS.contains(&name)
                || names::NEXT_LINKS.contains(&name)
                || names::MORES.contains(&name)
                || name == "pages" && node.is_number()
                || is_position(name) && (node.is_number() || name.len() > 6 && !node.is_object())
                || ["totalpages", "pagecount", "numpages", "currentpage", "lastpage"]
                    .contains(&name)
                || name == "next" && above(&node.key) != "data")
    };
    let member = facts.answer.nodes.iter().skip(1).find(is_sign).map(|node| node.place.clone());
    let header = || {
        let is_about_pages = |name: &&String| {
            let key = super::super::words::key(name);
            key.contains("paginat") || ["xpage", "xtotalpages", "xnextpage"].contains(&key.as_str())
        };
        facts.answer.headers.iter().find(is_about_pages).map(|name| format!("@header.{name}"))
    };
    member.or_else(|| more(facts)).or_else(|| total(facts)).or_else(header)
}

/// Whether a member of a response says by its name which part of a list the response is: `startPosition`, `page`.
fn is_position(name: &str) -> bool {
    !["p", "pg", "pageid", "skip"].contains(&name)
        && (names::OFFSETS.contains(&name) || names::PAGES.contains(&name))
}

/// The place of addresses that say what they lead to, which may be the next page.
pub(crate) fn relations(facts: &Facts<'_>) -> Option<String> {
    let mut nodes = facts.answer.nodes.iter().skip(1);
    nodes.find(|node| node.has_relations && is_framed(node)).map(|node| node.place.clone())
}

/// Whether the response says where its next page is, in a member that can mean nothing else.
pub(crate) fn has_next(facts: &Facts<'_>) -> bool {
    facts.answer.nodes.iter().skip(1).any(|node| {
        let name = last(&node.key);
        !node.is_array()
            && !node.is_boolean()
            && is_framed(node)
            && (names::NEXT_LINKS.contains(&name)
                || names::NEXT_TOKENS.contains(&name) && name.contains("next"))
    })
}

/// Points for a list.
pub(crate) fn points(facts: &Facts<'_>) -> f64 {
    let mut points: f64 = 0.0;
    match (has_position(facts), size(facts, false).is_some()) {
        (true, true) => points += 2.5,
        (true, false) => points += 1.5,
        (false, true) => points += 0.75,
        (false, false) => {}
    }
    if of_response(facts).is_some() {
        points += 1.0;
    }
    let is_page = |node: &Node<'_>| {
        ["pagination", "paging", "pageinfo", "paginator", "pager", "pagingmetadata"]
            .contains(&last(&node.key))
    };
    if facts.answer.nodes.iter().any(|node| node.depth <= 2 && node.is_object() && is_page(node)) {
        points += 1.5;
    }
    points = points.min(3.0);
    if has_next(facts) {
        points += if has_position(facts) { 1.5 } else { 0.75 };
    }
    points
}

/// Whether the request has a parameter that takes an opaque value.
pub(crate) fn has_token(facts: &Facts<'_>) -> bool {
    input(facts, &names::TOKENS).is_some()
}
