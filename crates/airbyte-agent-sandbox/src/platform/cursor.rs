//! Cursors of lists: a position, signed together with what it is a position of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Cx;
use super::refusal::Refusal;
use crate::hash::stable;

/// Reads and writes cursors.
pub(crate) struct Cursor;

impl Cursor {
    /// A cursor at `position` of the list that `of` tells.
    pub(crate) fn write(position: usize, of: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{position}:{:016x}", signature(position, of)))
    }

    /// The position of a cursor; 0 without one.
    pub(crate) fn start(text: Option<&str>, of: &str) -> Result<usize, Refusal> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(0) };
        Self::read(text, of)
            .ok_or_else(|| Refusal::bad("The cursor does not belong to this list").field("cursor"))
    }

    fn read(text: &str, of: &str) -> Option<usize> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (position, signed) = text.split_once(':')?;
        let position = position.parse().ok()?;
        (signed == format!("{:016x}", signature(position, of))).then_some(position)
    }
}

fn signature(position: usize, of: &str) -> u64 {
    stable(&["cursor", &position.to_string(), of])
}

/// The query parameter `limit`.
pub(crate) fn limit(cx: &Cx<'_>, default: usize, most: usize) -> Result<usize, Refusal> {
    let Some(text) = cx.query("limit") else { return Ok(default) };
    let number = text.parse::<usize>().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| {
        Refusal::invalid("limit", format!("limit is to be a number from 1 to {most}"))
    })
}
