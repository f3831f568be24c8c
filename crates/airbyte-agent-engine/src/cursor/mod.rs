//! Where a list continues, as an opaque text that only the engine that gave it out can make.
//!
//! A cursor holds a [`Position`] in the open and a seal over it: a message authentication code
//! that binds the position to the operation, the account and the arguments of the call. Whoever
//! writes a cursor of their own, or changes one, is refused before anything is sent. Nothing here
//! knows of HTTP.

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
/// A cursor is opaque: keep it, hand it to a model, and resume by it with the same operation, the
/// same account and the same arguments; the size of a page may change. It holds no credential.
/// Accounts whose tokens are renewed are told apart by
/// [`TokenStore::account`](crate::TokenStore::account), because the tokens themselves change. It
/// is sealed under a [`CursorKey`]: one that was written or changed by somebody else is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

/// What the request for the next page of a list carries.
///
/// Transports that know where a list continues say so with it; see
/// [`Reply::with_next`](crate::Reply::with_next).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextPage {
    /// Arguments of the next request; they replace those of the same name.
    #[serde(rename = "s", default, skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Value>,
    /// Names of the only arguments, besides those of the path and of headers, that the next request
    /// carries.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// Address of the next page; empty when the list goes on, but the response does not say how.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// Why the list cannot be read further although it goes on.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut: Option<DeadEnd>,
    /// How many records the pages before gave, for numbered pages that were read from the first one on.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<u64>,
    /// A hash of the records of the page before.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<u32>,
    /// A place of the list further back, by which it is noticed that the list goes in circles.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) trail: Option<Trail>,
    /// The mark of the last record of the page before, where the pages of a list may overlap.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<u32>,
    /// By how much the offset of such a list has grown since the same records came for the first time.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) same: Option<u64>,
}

impl NextPage {
    /// No page: the list goes on, but cannot be read further.
    pub(crate) fn cut(cut: DeadEnd) -> Self {
        Self { cut: Some(cut), ..Self::default() }
    }

    /// Why the list cannot be read further.
    pub(crate) fn why_cut(&self) -> Option<DeadEnd> {
        let is_withheld = self.follow.as_deref() == Some("");
        self.cut.clone().or_else(|| is_withheld.then_some(DeadEnd::Withheld))
    }

    /// The page at an address that only the transport itself needs to understand.
    pub fn at(address: impl Into<String>) -> Self {
        Self { follow: Some(address.into()), ..Self::default() }
    }

    /// The page that the same call gives with these arguments.
    pub fn with(arguments: Map<String, Value>) -> Self {
        Self { set: arguments, ..Self::default() }
    }
}

/// What a cursor says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// `entity.action` the cursor belongs to.
    #[serde(rename = "o")]
    pub operation: String,
    /// The page to which the cursor leads.
    #[serde(flatten)]
    pub page: NextPage,
    /// Records of the page that were given already, and the [`mark`] of the last of them.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<(usize, u32)>,
    /// Fingerprint of the arguments of the call, so that a refusal can say that these differ.
    #[serde(rename = "a", default)]
    arguments: u32,
}

impl Cursor {
    /// What the cursor says without any look at its seal: for documents such as an audit log, never
    /// to act upon. `None` when the text is no cursor.
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

    /// Why the list cannot be read further although it goes on, for example because the vendor does not
    /// say how to get the next page. `None` for cursors that lead on. Resuming by such a cursor fails
    /// with this reason.
    pub fn dead_end(&self) -> Option<String> {
        self.cut().map(|(_, cut)| cut.sentence())
    }

    /// A hash of the arguments or the address that the cursor leads on with: whoever meets it twice in one list has been
    /// led in a circle, even if the cursors differ in what they say about the pages before. `None` for a cursor that
    /// does not lead on.
    pub fn place_hash(&self) -> Option<u64> {
        self.way_on()?.ok()
    }

    /// The same, or the error of resuming, for a cursor that does not lead on. `None` when the text is no cursor.
    pub(crate) fn way_on(&self) -> Option<Result<u64>> {
        let position = self.position()?;
        Some(match position.page.why_cut() {
            Some(cut) => Err(cut.error(&position.operation)),
            // A place inside a page is another one than the page.
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

    /// The position as it is written, and the seal over it.
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

    /// Reads the text of a cursor. Whether its seal is good is seen when a call resumes by it.
    fn from_str(text: &str) -> Result<Self> {
        let cursor = Self(text.trim().to_owned());
        let (payload, _) = cursor.parts()?;
        serde_json::from_slice::<Position>(&payload)
            .map_err(|_| Error::validation("the cursor is not one that this library gave out"))?;
        Ok(cursor)
    }
}
