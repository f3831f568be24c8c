//! The part of a list that a request asks for.

use airbyte_agent_description::{Next, Operation, PageSize, Step};

use super::position::{is_numeric, position_of_number, position_of_token};
use super::{PageWindow, style};
use crate::decode::{Arguments, LINK_POSITION, scalar_text};

/// Size of a page when neither the request nor the description says it.
const DEFAULT_SIZE: u64 = 100;

/// The window of a request for a list of `total` records. `find` gives the position of the record
/// that has a value at some path.
pub(in crate::vendor) fn window(
    operation: &Operation,
    arguments: &Arguments,
    total: usize,
    find: impl Fn(&[Step], &str) -> Option<usize>,
) -> Result<PageWindow, String> {
    let paging = style(operation, arguments);
    let is_given =
        |size: &PageSize| operation.argument(&arguments.values, &size.parameter).is_some();
    let lacks_size = paging.size.as_ref().is_some_and(|size| size.needed && !is_given(size));
    let endless = lacks_size || matches!(paging.next, Next::None { .. } | Next::Unknown { .. });
    let size = match &paging.size {
        Some(_) if lacks_size => usize::MAX,
        Some(size) => size_of(operation, arguments, size, endless),
        None if endless => usize::MAX,
        None => usize::try_from(DEFAULT_SIZE).unwrap_or(usize::MAX),
    };
    let text = |name: &str| arguments.paging_text(operation, name);
    let number = |name: &str| text(name)?.parse::<u64>().ok();
    let whole = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let whole_list = PageWindow { start: 0, size, is_backwards: false };
    if let Next::LastRecord { field, backwards: Some(into), .. } = &paging.next
        && let Some(first) = text(into).filter(|text| !text.is_empty())
    {
        let end = find(&field.steps, &first)
            .ok_or_else(|| format!("`{into}`: there is no record `{first}` in this list"))?;
        let start = end.saturating_sub(size);
        return Ok(PageWindow { start, size: end - start, is_backwards: true });
    }
    let start = match &paging.next {
        Next::None { .. } | Next::Unknown { .. } => 0,
        Next::Cursor { into, .. } => match text(into).filter(|text| !text.is_empty()) {
            Some(token) => position_of_token(operation, &token)
                .or_else(|| token.parse().ok().filter(|_| is_numeric(operation, into)))
                .ok_or_else(|| format!("`{into}`: `{token}` is not a cursor of this list"))?,
            None => 0,
        },
        Next::Link { feed, .. } => {
            let into = feed.first().map_or(LINK_POSITION, |(_, parameter)| parameter);
            match text(into).filter(|text| !text.is_empty()) {
                Some(token) => position_of_token(operation, &token)
                    .or_else(|| position_of_number(into, &token, size, total))
                    .ok_or_else(|| format!("`{into}`: `{token}` is not a cursor of this list"))?,
                None => 0,
            }
        }
        Next::LastRecord { field, into, add, .. } => match text(into).filter(|t| !t.is_empty()) {
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
    Ok(PageWindow { start, ..whole_list })
}

/// The size of a page: as requested, by default, at most as large as the vendor allows.
fn size_of(operation: &Operation, arguments: &Arguments, size: &PageSize, endless: bool) -> usize {
    let parameter = operation.parameter(&size.parameter);
    let schema = operation.argument_schema(&size.parameter);
    let default = || {
        let own = parameter.and_then(|parameter| parameter.default.as_ref());
        let declared = own.or_else(|| schema?.default.as_ref());
        declared.and_then(|default| scalar_text(&default.value())?.parse::<u64>().ok())
    };
    let requested = arguments.paging_text(operation, &size.parameter);
    let requested = requested.and_then(|text| text.parse::<u64>().ok());
    let fallback = if endless { u64::MAX } else { DEFAULT_SIZE };
    let size_or = requested.or(size.default).or_else(default).unwrap_or(fallback).max(1);
    let most = size.maximum.unwrap_or(if endless { u64::MAX } else { 1_000 });
    usize::try_from(size_or.min(most)).unwrap_or(usize::MAX)
}
