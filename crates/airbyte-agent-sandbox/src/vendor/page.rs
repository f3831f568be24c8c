//! Pages: where one begins, how long it is, and what says that there is another.

use airbyte_agent_description::{
    Connector, JsonPath, Kind, List, MetaSource, Next, Operation, PageSize, Paging, Source, Step,
    Text,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::answer::set;
use crate::data::plain;
use crate::wire::{Arguments, LINK_STATE, text_of, with_query};

/// Length of a page when neither the request nor the description says it.
const DEFAULT_SIZE: u64 = 100;

/// The part of a list that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: usize,
    pub(crate) size: usize,
}

/// The first address and what the following ones are made of.
pub(crate) struct Place<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Vec<(String, String)>,
}

/// The way in which a request asks for pages: the one whose parameters it uses, else one that does
/// without a size.
pub(crate) fn style<'o>(operation: &'o Operation, arguments: &Arguments) -> &'o Paging {
    let paging = &operation.paging;
    let uses = |style: &&Paging| style.parameters().any(|name| arguments.values.contains_key(name));
    let is_free = |style: &&Paging| !style.size.as_ref().is_some_and(|size| size.needed);
    paging.styles().find(uses).or_else(|| paging.styles().find(is_free)).unwrap_or(paging)
}

/// The window of a request for a list of `total` records; `find` gives the position of the record
/// whose field has a value.
pub(crate) fn window(
    operation: &Operation,
    arguments: &Arguments,
    total: usize,
    find: impl Fn(&[Step], &str) -> Option<usize>,
) -> Result<Window, String> {
    let paging = style(operation, arguments);
    let is_asked = |size: &PageSize| arguments.values.contains_key(size.parameter.as_ref());
    let unasked = paging.size.as_ref().is_some_and(|size| size.needed && !is_asked(size));
    let endless = unasked || matches!(paging.next, Next::None { .. });
    let size = match &paging.size {
        Some(_) if unasked => usize::MAX,
        Some(size) => size_of(operation, arguments, size, endless),
        None if endless => usize::MAX,
        None => usize::try_from(DEFAULT_SIZE).unwrap_or(usize::MAX),
    };
    let number = |name: &str| arguments.text(name)?.parse::<u64>().ok();
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let start = match &paging.next {
        Next::None { .. } => 0,
        Next::Cursor { into, .. } => match arguments.text(into).filter(|text| !text.is_empty()) {
            Some(token) => position(operation, &token)
                .or_else(|| token.parse().ok().filter(|_| is_numeric(operation, into)))
                .ok_or_else(|| format!("`{into}`: `{token}` is no cursor of this list"))?,
            None => 0,
        },
        Next::Link { feed, .. } => {
            let into = feed.first().map_or(LINK_STATE, |(_, parameter)| parameter);
            match arguments.text(into).filter(|text| !text.is_empty()) {
                Some(token) => position(operation, &token)
                    .or_else(|| linked_number(into, &token, size, total))
                    .ok_or_else(|| format!("`{into}`: `{token}` is no cursor of this list"))?,
                None => 0,
            }
        }
        Next::LastRecord { field, into, add } => match arguments
            .text(into)
            .filter(|t| !t.is_empty())
        {
            Some(last) => {
                let number = last.parse::<u64>().ok().filter(|_| *add > 0);
                let last = number.map_or(last, |number| number.saturating_sub(*add).to_string());
                let at = find(&field.steps, &last)
                    .ok_or_else(|| format!("`{into}`: there is no record `{last}` in this list"))?;
                at + 1
            }
            None => 0,
        },
        Next::Offset { into, start } => {
            whole(number(into).unwrap_or(*start).saturating_sub(*start))
        }
        Next::Page { into, start } => {
            whole(number(into).unwrap_or(*start).saturating_sub(*start)).saturating_mul(size)
        }
    };
    Ok(Window { start, size })
}

fn size_of(operation: &Operation, arguments: &Arguments, size: &PageSize, endless: bool) -> usize {
    let parameter = operation.parameter(&size.parameter);
    let default = || {
        let declared = parameter.and_then(|p| p.default.as_ref().or(p.schema.default.as_ref()));
        declared.and_then(|default| text_of(&default.value())?.parse::<u64>().ok())
    };
    let asked = arguments.text(&size.parameter).and_then(|text| text.parse::<u64>().ok());
    let fallback = if endless { u64::MAX } else { DEFAULT_SIZE };
    let size_or = asked.or(size.default).or_else(default).unwrap_or(fallback).max(1);
    let most = size.maximum.unwrap_or(if endless { u64::MAX } else { 1_000 });
    usize::try_from(size_or.min(most)).unwrap_or(usize::MAX)
}

/// An opaque token for a position.
fn token(operation: &Operation, position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{position}", operation.entity))
}

fn position(operation: &Operation, text: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix(operation.entity.as_ref())?.strip_prefix(':')?.parse().ok()
}

/// The position behind a plain number: a page for parameters that are called so, else an offset.
/// An instant that is no position of this list is where the caller wants it to begin.
fn linked_number(into: &str, text: &str, size: usize, total: usize) -> Option<usize> {
    let number: usize = text.parse().ok()?;
    let name = plain(into);
    if name.contains("page") {
        return number.checked_sub(1).map(|page| page.saturating_mul(size));
    }
    let is_instant = ["time", "date", "since"].iter().any(|word| name.contains(word));
    Some(if is_instant && number > total { 0 } else { number })
}

/// Whether a parameter takes numbers only.
fn is_numeric(operation: &Operation, name: &str) -> bool {
    let kinds = operation.parameter(name).map(|parameter| &parameter.schema.kinds);
    kinds.is_some_and(|k| k.contains(&Kind::Integer) && !k.contains(&Kind::String))
}

/// The value that a parameter takes to continue at `position`.
fn continuation(
    operation: &Operation,
    paging: &Paging,
    into: &str,
    position: usize,
    size: usize,
) -> Value {
    if !is_numeric(operation, into) {
        return token(operation, position).into();
    }
    let by_page = matches!(paging.next, Next::Link { .. }) && plain(into).contains("page");
    if by_page { (position / size.max(1) + 1).into() } else { position.into() }
}

/// Writes into body and headers what says how the list continues.
pub(crate) fn mark(
    operation: &Operation,
    paging: &Paging,
    place: &Place<'_>,
    window: Window,
    total: usize,
    body: &mut Value,
    headers: &mut Vec<(String, String)>,
) {
    let next = window.start.saturating_add(window.size);
    let more = next < total;
    describe(operation, place, window, total, body, headers);
    match &paging.next {
        Next::Cursor { from, into } => {
            let flags = paging.more.is_some() || paging.done.is_some();
            if more || flags {
                let position = next.min(total);
                let value = continuation(operation, paging, into, position, window.size);
                put(operation, from, value, body, headers);
            } else if depth(operation, from) <= 2 || is_there(operation, from, body) {
                put(operation, from, Value::Null, body, headers);
            }
        }
        Next::Link { from, feed, keep } => {
            let value = if more {
                place.link(operation, paging, feed, keep.as_ref(), next, window.size).into()
            } else {
                Value::Null
            };
            put(operation, from, value, body, headers);
        }
        _ => {}
    }
    if let Some(source) = &paging.more {
        let value = match (is_address(operation, source), more) {
            (false, more) => more.into(),
            (true, true) => place.link(operation, paging, &[], None, next, window.size).into(),
            (true, false) => Value::Null,
        };
        put(operation, source, value, body, headers);
    }
    if let Some(source) = &paging.done {
        put(operation, source, (!more).into(), body, headers);
    }
}

/// Fills the metadata that does not steer the paging: totals, positions, links.
fn describe(
    operation: &Operation,
    place: &Place<'_>,
    window: Window,
    total: usize,
    body: &mut Value,
    headers: &mut Vec<(String, String)>,
) {
    let more = window.start.saturating_add(window.size) < total;
    let size = window.size.min(total.max(1));
    // What leads on is written by whoever knows how.
    let leads = |field: &Text| {
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
            token(operation, total).into()
        } else if name.contains("next") && has(&["link", "url"]) && more && !leads(&field.name) {
            let next = window.start + window.size;
            place.link(operation, &operation.paging, &[], None, next, window.size).into()
        } else {
            continue;
        };
        let source = Source::Meta { name: field.name.clone(), inside: ROOT };
        put(operation, &source, value, body, headers);
    }
}

const ROOT: airbyte_agent_description::JsonPath =
    airbyte_agent_description::JsonPath { steps: std::borrow::Cow::Borrowed(&[]) };

/// Where a source stands in the body; `None` when it is a header.
fn steps(operation: &Operation, source: &Source) -> Option<Vec<Step>> {
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

/// Whether a value that says that there is more is the address of it.
fn is_address(operation: &Operation, source: &Source) -> bool {
    let name = match (steps(operation, source).as_deref(), source) {
        (Some([.., Step::Key(key)]), _) => plain(key),
        (_, Source::Meta { name, .. }) => plain(name),
        _ => return false,
    };
    ["next", "nextpage", "nexturl", "nextlink", "nextpageurl"].contains(&name.as_str())
}

/// Whether a made-up body has something where the list would continue.
fn is_there(operation: &Operation, source: &Source, body: &Value) -> bool {
    let path = steps(operation, source).map(|steps| JsonPath { steps: steps.into() });
    path.is_some_and(|path| path.first(body).is_some())
}

fn depth(operation: &Operation, source: &Source) -> usize {
    steps(operation, source).map_or(0, |steps| steps.len())
}

fn put(
    operation: &Operation,
    source: &Source,
    value: Value,
    body: &mut Value,
    headers: &mut Vec<(String, String)>,
) {
    if let Some(steps) = steps(operation, source) {
        if !steps.is_empty() {
            set(body, &steps, value);
        }
        return;
    }
    let Source::Meta { name, .. } = source else { return };
    let field = operation.response.meta.iter().find(|field| field.name == *name);
    let Some(text) = text_of(&value) else { return };
    match field.map(|field| &field.source) {
        Some(MetaSource::Link(relation)) => {
            headers.push(("link".to_owned(), format!("<{text}>; rel=\"{relation}\"")));
        }
        Some(MetaSource::Header(header)) => headers.push((header.to_string(), text)),
        _ => {}
    }
}

impl Place<'_> {
    /// The address of the page that begins at `position`.
    fn link(
        &self,
        operation: &Operation,
        paging: &Paging,
        feed: &[(Text, Text)],
        keep: Option<&List<Text>>,
        position: usize,
        size: usize,
    ) -> String {
        let mut query = self.query.clone();
        let mut parts: Vec<(String, String)> = feed
            .iter()
            .map(|(name, into)| {
                let value = continuation(operation, paging, into, position, size);
                (name.to_string(), text_of(&value).unwrap_or_default())
            })
            .collect();
        if parts.is_empty() {
            parts.push((LINK_STATE.to_owned(), token(operation, position)));
        }
        query.retain(|(known, _)| !parts.iter().any(|(name, _)| name == known));
        if let (Some(keep), Some((_, token))) = (keep, parts.first_mut()) {
            // The token stands for everything that is not repeated.
            let is_kept = |known: &str| {
                keep.iter()
                    .filter_map(|name| operation.parameter(name))
                    .any(|p| p.wire_name() == known)
            };
            let (kept, dropped): (Vec<_>, Vec<_>) =
                query.into_iter().partition(|(known, _)| is_kept(known));
            *token = with_query(token, &dropped);
            query = kept;
        }
        query.extend(parts);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let _ = self.connector;
        format!("https://{}{}?{query}", self.host, self.path)
    }
}
