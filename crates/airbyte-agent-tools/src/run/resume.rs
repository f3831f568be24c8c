//! Where a list goes on: at a page, or at a record inside one.
//!
//! A result that would be too long ends between two records. Its cursor says on which page, behind
//! how many records, and carries a mark of the last record given: when the page is read again, the
//! list goes on behind that very record, wherever it stands by then, or says that it cannot.

use serde_json::{Map, Value, json};

use crate::error::ToolError;
use airbyte_agent_description::{Kind, Next, Operation, Source, Step};
use airbyte_agent_engine::cursor::{Cursor, NextPage, Seal};
use airbyte_agent_engine::{Error, Result};

/// Where to start.
#[derive(Debug, Default)]
pub(super) struct Start {
    /// The page, the first if there is none.
    pub(super) page: Option<Cursor>,
    /// Records of the page that were given already, and the mark of the last of them.
    pub(super) behind: Option<(usize, u32)>,
}

/// Reads a cursor: one of ours, or the vendor's own token where a list continues by one.
pub(super) fn start(
    operation: &Operation,
    seal: &Seal<'_>,
    text: &str,
    arguments: &mut Map<String, Value>,
) -> Result<Start, ToolError> {
    if let Ok(cursor) = text.parse::<Cursor>() {
        let mut position = seal
            .open(&cursor)
            .map_err(|error| ToolError::argument("cursor", error.message().to_owned()))?;
        let Some(behind) = position.behind.take() else {
            return Ok(Start { page: Some(cursor), behind: None });
        };
        let is_first = position.page == NextPage::default();
        let page = if is_first { None } else { Some(seal.page(position.page)?) };
        return Ok(Start { page, behind: Some(behind) });
    }
    if let Next::Cursor { into, .. } = &operation.paging.next {
        let is_number = operation.parameter(into).is_some_and(|parameter| {
            let kinds = &parameter.schema.kinds;
            kinds.contains(&Kind::Integer) && !kinds.contains(&Kind::String)
        });
        let number = text.parse::<i64>().ok().filter(|_| is_number);
        let value = number.map_or_else(|| Value::from(text), Value::from);
        arguments.entry(into.as_ref()).or_insert(value);
        return Ok(Start::default());
    }
    let problem = "this is no cursor that a result gave; pass next_cursor unchanged";
    Err(ToolError::argument("cursor", problem))
}

/// The cursor of a place inside a page.
pub(super) fn inside(
    seal: &Seal<'_>,
    page: Option<&Cursor>,
    size: Option<(&str, &Value)>,
    behind: (usize, u32),
) -> Result<Cursor> {
    let mut page = match page {
        Some(cursor) => seal.open(cursor)?.page,
        None => NextPage::default(),
    };
    // The same page again only comes out of the same page size.
    if let Some((name, value)) = size {
        page.set.entry(name).or_insert_with(|| value.clone());
    }
    seal.place(page, Some(behind))
}

/// How many records of a page, read again, come before the first that is due; `marks` are those of
/// its records.
pub(super) fn passed(marks: &[u32], behind: (usize, u32)) -> Result<usize, Error> {
    let (count, last) = behind;
    if count.checked_sub(1).and_then(|index| marks.get(index)) == Some(&last) {
        return Ok(count);
    }
    // Something came or went before it.
    match marks.iter().position(|mark| *mark == last) {
        Some(index) => Ok(index + 1),
        None => Err(Error::validation(
            "the list has changed since this cursor was given, and the last record shown is gone \
             from its page; start again without cursor",
        )),
    }
}

/// What a record is recognised by: its identifier, or all of it when it has none.
pub(super) fn mark(record: &Value) -> u32 {
    let names = ["id", "gid", "Id", "key", "sid", "ts", "uuid", "number"];
    let identifier = names
        .into_iter()
        .find_map(|name| record.get(name).filter(|value| value.is_string() || value.is_number()));
    // FNV-1a: the same on every machine and in every release.
    let mut hash: u32 = 0x811c_9dc5;
    for byte in identifier.unwrap_or(record).to_string().bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

/// Asks for pages no larger than the number of records wanted; gives back what was set.
pub(super) fn size(operation: &Operation, wanted: Option<u64>, arguments: &mut Map<String, Value>) {
    let (Some(wanted), Some(size)) = (wanted, &operation.paging.size) else { return };
    if arguments.contains_key(size.parameter.as_ref()) {
        return;
    }
    let Some(parameter) = operation.parameter(&size.parameter) else { return };
    // Within what is known to be served; a larger page than the usual one only where a limit is
    // known.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "page sizes")]
    let bound = |bound: Option<f64>| bound.filter(|b| *b >= 1.0).map(|b| b as u64);
    let largest = size.maximum.or(bound(parameter.schema.maximum)).or(size.default);
    let Some(largest) = largest else { return };
    let asked = wanted.min(largest).max(bound(parameter.schema.minimum).unwrap_or(1));
    let is_text = !parameter.schema.kinds.contains(&Kind::Integer)
        && parameter.schema.kinds.contains(&Kind::String);
    let value = if is_text { asked.to_string().into() } else { json!(asked) };
    arguments.insert(size.parameter.to_string(), value);
}

/// Metadata, and counts that stood beside the records, without what only serves paging and without
/// what is empty.
pub(super) fn without_paging(
    operation: &Operation,
    meta: Value,
    counts: Map<String, Value>,
) -> Value {
    let mut members = match meta {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, count) in counts {
        members.entry(name).or_insert(count);
    }
    let paging = &operation.paging;
    let mut sources: Vec<&Source> = paging.more.iter().chain(&paging.done).collect();
    if let Next::Cursor { from, .. } | Next::Link { from, .. } = &paging.next {
        sources.push(from);
    }
    // Links to other pages and tokens say no more than the cursor.
    let leads = |name: &str| {
        let name = name.to_lowercase();
        ["next", "cursor", "prev", "has_more", "hasmore", "page_token", "pagetoken"]
            .iter()
            .any(|word| name.contains(word))
    };
    let serves = |wanted: &str| {
        leads(wanted)
            || sources.iter().any(|source| match source {
                Source::Meta { name, .. } => name == wanted,
                Source::Body(path) => {
                    path.steps.last() == Some(&Step::Key(wanted.to_owned().into()))
                }
            })
    };
    let kept = members.into_iter().filter(|(name, value)| !value.is_null() && !serves(name));
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_behind_the_record_that_came_last() {
        let page = |ids: &[u32]| ids.iter().map(|id| mark(&json!({"id": id}))).collect::<Vec<_>>();
        let behind = (2, mark(&json!({"id": 2, "seen": true})));
        for (ids, expected) in [
            (&[1, 2, 3, 4][..], Some(2)),
            (&[9, 1, 2, 3], Some(3)),
            (&[2, 3, 4], Some(1)),
            (&[1, 3, 4], None),
            (&[], None),
        ] {
            assert_eq!(passed(&page(ids), behind).ok(), expected, "{ids:?}");
        }
    }
}
