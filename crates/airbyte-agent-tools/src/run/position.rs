//! Where a list continues: at a page, or at a record inside a page.
//!
//! A result that would be too long ends between two records. Its cursor says on which page and behind
//! how many records the list continues, and carries a mark of the last record that was given. When the
//! page is read again, the list continues behind that very record, wherever it is by then, or the call
//! fails because the record is gone. The engine reads such cursors, too.

use serde_json::{Map, Value};

use crate::error::ToolError;
use airbyte_agent_description::{Kind, Next, Operation};
use airbyte_agent_engine::Result;
use airbyte_agent_engine::cursor::{Cursor, NextPage, Seal};

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
        let is_number = operation.argument_schema(into).is_some_and(|schema| {
            let kinds = &schema.kinds;
            kinds.contains(&Kind::Integer) && !kinds.contains(&Kind::String)
        });
        let number = text.parse::<i64>().ok().filter(|_| is_number);
        let value = number.map_or_else(|| Value::from(text), Value::from);
        if operation.argument(arguments, into).is_none() {
            operation.set_argument(arguments, into, value);
        }
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
