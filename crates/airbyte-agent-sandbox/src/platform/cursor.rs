//! Cursors of lists. A cursor is a position, signed together with the list that it belongs to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::context::Context;
use super::error::ApiError;
use crate::hash::stable;

/// The functions of cursors. `list` tells a list apart from all others.
pub(crate) struct Cursor;

impl Cursor {
    /// The cursor of a position.
    pub(crate) fn encode(position: usize, list: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{position}:{:016x}", signature(position, list)))
    }

    /// The position of a cursor; 0 without a cursor.
    pub(crate) fn position(text: Option<&str>, list: &str) -> Result<usize, ApiError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(0) };
        Self::decode(text, list).ok_or_else(|| {
            ApiError::bad_request("The cursor does not belong to this list").field("cursor")
        })
    }

    fn decode(text: &str, list: &str) -> Option<usize> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (position, signed) = text.split_once(':')?;
        let position = position.parse().ok()?;
        (signed == format!("{:016x}", signature(position, list))).then_some(position)
    }
}

fn signature(position: usize, list: &str) -> u64 {
    stable(&["cursor", &position.to_string(), list])
}

/// The query parameter `limit`.
pub(crate) fn limit_of_query(
    context: &Context<'_>,
    default: usize,
    most: usize,
) -> Result<usize, ApiError> {
    let Some(text) = context.query("limit") else { return Ok(default) };
    let number = text.parse::<usize>().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| {
        ApiError::invalid("limit", format!("limit must be a number from 1 to {most}"))
    })
}
