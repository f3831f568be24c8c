//! Where a list continues, as an opaque text.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Where a list continues.
///
/// A cursor is opaque: keep it, hand it to a model, store it, and resume by it with the same
/// arguments. It holds no credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// What a cursor says: arguments to set, or an address to follow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// `entity.action` the cursor belongs to.
    #[serde(rename = "o")]
    pub(crate) operation: String,
    /// Arguments of the next request.
    #[serde(rename = "s", default, skip_serializing_if = "Map::is_empty")]
    pub(crate) set: Map<String, Value>,
    /// Names of the only arguments, besides those of the path and of headers, that the next request
    /// carries.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<Vec<String>>,
    /// Address of the next page; empty when the list goes on, but the answer does not say how.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) follow: Option<String>,
    /// Records of the page that were given already, and the mark of the last of them. Only tools
    /// stop inside a page.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) behind: Option<(usize, u32)>,
}

impl Cursor {
    pub(crate) fn new(position: &Position) -> Result<Self> {
        let text = serde_json::to_vec(position)
            .map_err(|error| Error::internal("a cursor cannot be written").with_source(error))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(text)))
    }

    /// What the cursor says, if it belongs to `operation`.
    pub(crate) fn position_of(&self, operation: &str) -> Result<Position> {
        let position = self.position()?;
        if position.operation == operation {
            return Ok(position);
        }
        Err(Error::validation(format!(
            "the cursor belongs to {}, not to {operation}",
            position.operation
        )))
    }

    pub(crate) fn position(&self) -> Result<Position> {
        let invalid = || Error::validation("the cursor is not one that this library gave out");
        let bytes = URL_SAFE_NO_PAD.decode(self.0.trim()).map_err(|_| invalid())?;
        serde_json::from_slice(&bytes).map_err(|_| invalid())
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let cursor = Self(text.trim().to_owned());
        cursor.position()?;
        Ok(cursor)
    }
}
