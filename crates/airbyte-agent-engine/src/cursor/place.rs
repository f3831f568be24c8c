//! Places inside a page: how a record is recognised when its page is read again.

use serde_json::Value;

use crate::error::{Error, Result};

/// How many records of a page that is read again come before the first record that was not given
/// yet. These are as many as `behind` says, the last of which has the mark in `behind`, or fewer or
/// more if the page has changed. `marks` are the marks of the page's records.
///
/// # Errors
///
/// `Validation` if the page no longer contains the record with the mark.
pub fn already_given(marks: &[u32], behind: (usize, u32)) -> Result<usize> {
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
pub fn mark(record: &Value) -> u32 {
    hash(START, identifier(record).unwrap_or(record).to_string().as_bytes())
}

/// The value that identifies a record, found by the name of its member.
pub(crate) fn identifier(record: &Value) -> Option<&Value> {
    let names = ["id", "gid", "Id", "key", "sid", "ts", "uuid", "number"];
    names
        .into_iter()
        .find_map(|name| record.get(name).filter(|value| value.is_string() || value.is_number()))
}

/// The hash of no bytes, with which hashing begins.
pub(crate) const START: u32 = 0x811c_9dc5;

/// Continues a hash with further bytes. FNV-1a gives the same hash on every machine and in every
/// release.
pub(crate) fn hash(start: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
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
