//! Where a list continues: an opaque text that only the engine can make.
//!
//! A cursor contains a [`Position`], which is readable, and a seal over it: a message
//! authentication code that binds the position to the operation, the account and the arguments of
//! the call. A cursor that somebody else wrote or changed is refused before anything is sent. This
//! module does not know HTTP.

mod dead_end;
mod key;
mod place;
mod seal;
mod trail;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

pub(crate) use self::dead_end::DeadEnd;
pub use self::key::CursorKey;
pub(crate) use self::place::{START, hash, identifier};
pub use self::place::{already_given, mark};
pub use self::seal::Seal;
pub(crate) use self::trail::Trail;

/// Where a list continues.
///
/// A cursor is opaque: store it or hand it to a model, and resume by it with the same operation,
/// the same account and the same arguments. Only the size of a page may change. It contains no
/// credential. Accounts whose tokens are renewed are identified by
/// [`TokenStore::account`](crate::TokenStore::account), because the tokens themselves change. A
/// cursor is sealed under a [`CursorKey`]: one that was written or changed by somebody else is
/// refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// What the request for the next page of a list contains.
///
/// A transport that knows where a list continues returns this value; see
/// [`Reply::with_next`](crate::Reply::with_next).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextPage {
    /// Arguments of the next request; they replace those of the same name.
    #[serde(rename = "s", default, skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
    /// Names of the only arguments that the next request contains, in addition to those of the path
    /// and of headers.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Address of the next page; empty when the list continues, but the response does not say how.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// The reason why the list cannot be read further although it continues.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<DeadEnd>,
    /// How many records the earlier pages contained, for numbered pages that were read from the
    /// first one on.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<u64>,
    /// A hash of the records of the previous page.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<u32>,
    /// An earlier place of the list, by which the engine notices that the list goes in circles.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) trail: Option<Trail>,
    /// The mark of the last record of the previous page, where the pages of a list may overlap.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<u32>,
    /// By how much the offset of such a list has grown since these records came for the first time.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) same: Option<u64>,
}

impl NextPage {
    /// No page: the list continues, but cannot be read further for this reason.
    pub(crate) fn cut(cut: DeadEnd) -> Self {
        Self { cut: Some(cut), ..Self::default() }
    }

    /// The reason why the list cannot be read further; `None` where it can.
    pub(crate) fn why_cut(&self) -> Option<DeadEnd> {
        let is_withheld = self.follow.as_deref() == Some("");
        self.cut.clone().or_else(|| is_withheld.then_some(DeadEnd::Withheld))
    }

    /// The page at an address that only the transport itself has to understand.
    pub fn at(address: impl Into<String>) -> Self {
        Self { follow: Some(address.into()), ..Self::default() }
    }

    /// The page that this call returns with these arguments.
    pub fn with(arguments: Map<String, Value>) -> Self {
        Self { set: arguments, ..Self::default() }
    }
}

/// The content of a cursor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// The operation to which the cursor belongs, as `entity.action`.
    #[serde(rename = "o")]
    pub operation: String,
    /// The page to which the cursor leads.
    #[serde(flatten)]
    pub page: NextPage,
    /// How many records of the page were given already, and the [`mark`] of the last of them.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<(usize, u32)>,
    /// Fingerprint of the arguments of the call, so that an error can say that the arguments
    /// differ.
    #[serde(rename = "a", default)]
    arguments: u32,
}

impl Cursor {
    /// The content of the cursor, without a check of its seal. Use it for documents such as an
    /// audit log, and never as a basis for decisions. `None` when the text is not a cursor.
    pub fn unverified(&self) -> Option<Value> {
        let position = self.position()?;
        let mut shown = Map::from_iter([("operation".to_owned(), position.operation.into())]);
        let NextPage { set, only, follow, cut, .. } = position.page;
        if !set.is_empty() {
            shown.insert("arguments".to_owned(), Value::Object(set));
        }
        shown.extend(only.map(|only| ("only".to_owned(), only.into())));
        shown.extend(follow.map(|address| ("address".to_owned(), address.into())));
        shown.extend(cut.map(|cut| ("ends".to_owned(), cut.sentence().into())));
        if let Some((records, _)) = position.behind {
            shown.insert("behind_records".to_owned(), records.into());
        }
        Some(Value::Object(shown))
    }

    /// The reason why the list cannot be read further although it continues, for example because
    /// the vendor does not say how to get the next page. `None` for cursors that lead to a next
    /// page. Resuming by a cursor with a reason fails with this reason.
    pub fn dead_end(&self) -> Option<String> {
        self.cut().map(|(_, cut)| cut.sentence())
    }

    /// A hash of the arguments or the address of the next page. If the same hash comes twice in one
    /// list, the list goes in circles, even if the cursors differ in what they say about earlier
    /// pages. `None` for a cursor that does not lead to a next page.
    pub fn place_hash(&self) -> Option<u64> {
        self.way_on()?.ok()
    }

    /// The hash of [`place_hash`](Self::place_hash), or the error of resuming, for a cursor that
    /// does not lead to a next page. `None` when the text is not a cursor.
    pub(crate) fn way_on(&self) -> Option<Result<u64>> {
        let position = self.position()?;
        Some(match position.page.why_cut() {
            Some(cut) => Err(cut.error(&position.operation)),
            // A place inside a page differs from the beginning of this page.
            None => Ok(position
                .page
                .place_hash()
                .wrapping_add(position.behind.map_or(0, |(n, _)| n as u64))),
        })
    }

    fn cut(&self) -> Option<(String, DeadEnd)> {
        let position = self.position()?;
        Some((position.operation, position.page.why_cut()?))
    }

    fn position(&self) -> Option<Position> {
        let (payload, _) = self.parts().ok()?;
        serde_json::from_slice(&payload).ok()
    }

    /// The encoded position, and the seal over it.
    fn parts(&self) -> Result<(Vec<u8>, [u8; seal::LENGTH])> {
        let invalid = || Error::validation("the cursor is not one that this library gave out");
        let mut bytes = URL_SAFE_NO_PAD.decode(self.0.trim()).map_err(|_| invalid())?;
        let at = bytes.len().checked_sub(seal::LENGTH).ok_or_else(invalid)?;
        let tag = bytes.split_off(at).try_into().map_err(|_| invalid())?;
        Ok((bytes, tag))
    }

    fn join(mut payload: Vec<u8>, tag: [u8; seal::LENGTH]) -> Self {
        payload.extend(tag);
        Self(URL_SAFE_NO_PAD.encode(payload))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// Reads the text of a cursor. Its seal is checked when a call resumes by it.
    fn from_str(text: &str) -> Result<Self> {
        let cursor = Self(text.trim().to_owned());
        let (payload, _) = cursor.parts()?;
        serde_json::from_slice::<Position>(&payload)
            .map_err(|_| Error::validation("the cursor is not one that this library gave out"))?;
        Ok(cursor)
    }
}
