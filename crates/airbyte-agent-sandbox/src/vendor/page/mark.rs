//! What a response says about the list: how it continues, and its metadata.

use airbyte_agent_description::{
    JsonPath, MetaSource, Next, Operation, Paging, Source, Step, Text,
};
use serde_json::Value;

use super::position::{continuation, token_of_position};
use super::{PageAddress, PageWindow};
use crate::data::plain;
use crate::decode::scalar_text;
use crate::vendor::json_path::set_at;

/// Names and values of headers.
type Headers = Vec<(String, String)>;

/// Writes into the body how the list continues, and gives the headers that say so.
pub(in crate::vendor) fn mark(
    operation: &Operation,
    paging: &Paging,
    address: &PageAddress<'_>,
    window: PageWindow,
    total: usize,
    body: &mut Value,
) -> Headers {
    let mut headers = Headers::new();
    let next = window.next_start();
    let more = window.goes_on(total);
    describe(operation, address, window, total, body, &mut headers);
    match &paging.next {
        Next::Cursor { from, into } => {
            let flags = paging.more.is_some() || paging.done.is_some();
            if more || flags {
                let position = next.min(total);
                let value = continuation(operation, paging, into, position, window.size);
                write(operation, from, value, body, &mut headers);
            } else if depth(operation, from) <= 2 || is_present(operation, from, body) {
                write(operation, from, Value::Null, body, &mut headers);
                end_next(operation, from, body);
            }
        }
        Next::Link { from, feed, keep } => {
            let value = if more {
                address.link(operation, paging, feed, keep.as_ref(), next, window.size).into()
            } else {
                Value::Null
            };
            write(operation, from, value, body, &mut headers);
        }
        _ => {}
    }
    if let Some(source) = &paging.more {
        let value = match (is_address(operation, source), more) {
            (false, more) => more.into(),
            (true, true) => address.link(operation, paging, &[], None, next, window.size).into(),
            (true, false) => Value::Null,
        };
        write(operation, source, value, body, &mut headers);
    }
    if let Some(source) = &paging.done {
        write(operation, source, (!more).into(), body, &mut headers);
    }
    headers
}

/// Writes the metadata that paging does not need: totals, positions, links.
fn describe(
    operation: &Operation,
    address: &PageAddress<'_>,
    window: PageWindow,
    total: usize,
    body: &mut Value,
    headers: &mut Headers,
) {
    let more = window.goes_on(total);
    let size = window.size.min(total.max(1));
    // What paging needs is written with the paging.
    let is_for_paging = |field: &Text| {
        operation.paging.styles().any(|style| {
            matches!(&style.next, Next::Link { from: Source::Meta { name, .. }, .. } if name == field)
        })
    };
    for field in operation.response.meta.iter() {
        let name = plain(&field.name);
        let has = |all: &[&str]| all.iter().any(|word| name.contains(word));
        let value: Value = if has(&["hasmore", "hasnext"]) {
            more.into()
        } else if has(&["hasprevious"]) {
            (window.start > 0).into()
        } else if has(&["islast"]) || name == "done" {
            (!more).into()
        } else if has(&["pages", "pagecount"]) {
            total.div_ceil(size).into()
        } else if has(&["total", "count"]) {
            total.into()
        } else if name == "pagenumber" || name == "page" || name == "currentpagenumber" {
            (window.start / size + 1).into()
        } else if name == "offset" || name == "startat" || name == "nextoffset" {
            window.start.into()
        } else if has(&["maxresults", "perpage", "pagesize", "limit"]) {
            size.into()
        } else if has(&["requestid", "startpagetoken"]) {
            token_of_position(operation, total).into()
        } else if name.contains("next")
            && has(&["link", "url"])
            && more
            && !is_for_paging(&field.name)
        {
            let next = window.next_start();
            address.link(operation, &operation.paging, &[], None, next, window.size).into()
        } else {
            continue;
        };
        let source = Source::Meta { name: field.name.clone(), inside: ROOT };
        write(operation, &source, value, body, headers);
    }
    match &operation.response.total {
        Some(MetaSource::Body(path)) => set_at(body, &path.steps, total.into()),
        Some(MetaSource::Header(header)) => headers.push((header.to_string(), total.to_string())),
        Some(MetaSource::Link(_)) | None => {}
    }
    let sizes = operation.paging.styles().filter_map(|style| style.size.as_ref()?.served.as_ref());
    for source in sizes {
        write(operation, source, window.size.into(), body, headers);
    }
}

/// The path of a whole value.
const ROOT: JsonPath = JsonPath { steps: std::borrow::Cow::Borrowed(&[]) };

/// The path of a source in the body; `None` when it is a header.
fn steps_of(operation: &Operation, source: &Source) -> Option<Vec<Step>> {
    match source {
        Source::Body(path) => Some(path.steps.to_vec()),
        Source::Meta { name, inside } => {
            let field = operation.response.meta.iter().find(|field| field.name == *name)?;
            match &field.source {
                MetaSource::Body(path) => {
                    Some(path.steps.iter().chain(inside.steps.iter()).cloned().collect())
                }
                _ => None,
            }
        }
    }
}

/// Whether the value that says that there is more is the address of the next page.
fn is_address(operation: &Operation, source: &Source) -> bool {
    let name = match (steps_of(operation, source).as_deref(), source) {
        (Some([.., Step::Key(key)]), _) => plain(key),
        (_, Source::Meta { name, .. }) => plain(name),
        _ => return false,
    };
    ["next", "nextpage", "nexturl", "nextlink", "nextpageurl"].contains(&name.as_str())
}

/// Whether a generated body has a value where the cursor belongs.
fn is_present(operation: &Operation, source: &Source, body: &Value) -> bool {
    let path = steps_of(operation, source).map(|steps| JsonPath { steps: steps.into() });
    path.is_some_and(|path| path.first(body).is_some())
}

/// Takes away the object about the next page, which vendors leave out as a whole on the last one.
fn end_next(operation: &Operation, source: &Source, body: &mut Value) {
    let Some(mut steps) = steps_of(operation, source) else { return };
    steps.pop();
    if matches!(steps.last(), Some(Step::Key(key)) if plain(key) == "next") {
        set_at(body, &steps, Value::Null);
    }
}

/// Number of steps that lead to a source.
fn depth(operation: &Operation, source: &Source) -> usize {
    steps_of(operation, source).map_or(0, |steps| steps.len())
}

/// Writes a value into the body or adds it to the headers.
fn write(
    operation: &Operation,
    source: &Source,
    value: Value,
    body: &mut Value,
    headers: &mut Headers,
) {
    if let Some(steps) = steps_of(operation, source) {
        if !steps.is_empty() {
            set_at(body, &steps, value);
        }
        return;
    }
    let Source::Meta { name, .. } = source else { return };
    let field = operation.response.meta.iter().find(|field| field.name == *name);
    let Some(text) = scalar_text(&value) else { return };
    match field.map(|field| &field.source) {
        Some(MetaSource::Link(relation)) => {
            headers.push(("link".to_owned(), format!("<{text}>; rel=\"{relation}\"")));
        }
        Some(MetaSource::Header(header)) => headers.push((header.to_string(), text)),
        _ => {}
    }
}
