//! Where a list continues: at a page, or at a record inside a page.
//!
//! A result that would be too long ends between two records. Its cursor says on which page and behind
//! how many records the list continues, and carries a mark of the last record that was given. When the
//! page is read again, the list continues behind that very record, wherever it is by then, or the call
//! fails because the record is gone.

use serde_json::{Map, Value};

use crate::error::ToolError;
use airbyte_agent_description::{Kind, Next, Operation};
use airbyte_agent_engine::cursor::{Cursor, NextPage, Seal};
use airbyte_agent_engine::{Error, Result};

/// Where a call starts to read a list.
#[derive(Debug, Default)]
pub(super) struct Start {
    /// The page, `None` for the first one.
    pub(super) page: Option<Cursor>,
    /// How many records of the page were given already, and the mark of the last of them.
    pub(super) behind: Option<(usize, u32)>,
}

/// Reads the cursor of a call: one that a result gave, or the vendor's own token where the list continues
/// by a token. The token becomes an argument.
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

/// The cursor of a position inside a page. `size` is the argument that sets the page size.
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
    // Only the same page size gives the same page again.
    if let Some((name, value)) = size {
        page.set.entry(name).or_insert_with(|| value.clone());
    }
    seal.place(page, Some(behind))
}

/// How many records of a page that is read again come before the first one that is due. `marks` are those
/// of its records.
pub(super) fn already_given(marks: &[u32], behind: (usize, u32)) -> Result<usize, Error> {
    let (count, last) = behind;
    if count.checked_sub(1).and_then(|index| marks.get(index)) == Some(&last) {
        return Ok(count);
    }
    // Records were added or removed before the last one.
    match marks.iter().position(|mark| *mark == last) {
        Some(index) => Ok(index + 1),
        None => Err(Error::validation(
            "the list has changed since this cursor was given, and the last record shown is gone \
             from its page; start again without cursor",
        )),
    }
}

/// The mark by which a record is recognised: a hash of its identifier, or of the whole record when it has
/// none.
pub(super) fn mark(record: &Value) -> u32 {
    let names = ["id", "gid", "Id", "key", "sid", "ts", "uuid", "number"];
    let identifier = names
        .into_iter()
        .find_map(|name| record.get(name).filter(|value| value.is_string() || value.is_number()));
    // FNV-1a is the same on every machine and in every release.
    let mut hash: u32 = 0x811c_9dc5;
    for byte in identifier.unwrap_or(record).to_string().bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            assert_eq!(already_given(&page(ids), behind).ok(), expected, "{ids:?}");
        }
    }
}
