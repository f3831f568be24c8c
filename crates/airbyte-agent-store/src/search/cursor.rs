//! Where a search continues: the values by which the last record was sorted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::value::Cell;

/// A value by which records are sorted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Key {
    Null,
    Integer(i64),
    /// The bits of the number, so that none is lost.
    Real(u64),
    Text(String),
    Digits(String),
}

impl Key {
    pub(super) fn of(cell: &Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Integer(number) => Self::Integer(*number),
            Cell::Real(number) => Self::Real(number.to_bits()),
            Cell::Text(text) => Self::Text(text.clone()),
            Cell::Digits(digits) => Self::Digits(digits.clone()),
        }
    }

    pub(super) fn cell(&self) -> Cell {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(*number),
            Self::Real(bits) => Cell::Real(f64::from_bits(*bits)),
            Self::Text(text) => Cell::Text(text.clone()),
            Self::Digits(digits) => Cell::Digits(digits.clone()),
        }
    }
}

/// Where a search continues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The search that the cursor belongs to.
    search: u64,
    pub(super) keys: Vec<Key>,
    pub(super) row: i64,
}

impl Cursor {
    pub(super) fn new(search: &str, keys: Vec<Key>, row: i64) -> Self {
        Self { search: number(search), keys, row }
    }

    pub(super) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The cursor that a text is, if it belongs to this search.
    pub(super) fn read(text: &Value, search: &str) -> Result<Self> {
        let read = text
            .as_str()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        match read {
            Some(cursor) if cursor.search == number(search) => Ok(cursor),
            Some(_) => Err(Error::Search(
                "'cursor' belongs to another search; repeat the filter and order that it came from"
                    .to_owned(),
            )),
            None => Err(Error::Search(
                "'cursor' must be the text that came with the page before".to_owned(),
            )),
        }
    }
}

/// A number that differs for different searches: FNV-1a, which is the same in every process.
fn number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
