//! The reasons why a list that continues cannot be read further.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// What the user can do if the vendor is right and the spec is wrong.
const CORRECT: &str = "If this happens each time, `x-agent-pagination` of the operation may be wrong: correct it in the \
                       spec, or in the overlay of an imported one";

/// The reason why a list that continues cannot be read further. A cursor contains it instead of the
/// next page, so that no caller takes the last page that could be read for the end of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeadEnd {
    /// What leads to the next page is only in the vendor's own response, which the platform does
    /// not pass on.
    Withheld,
    /// Only the vendor's own response, which the platform does not pass on, says whether and how
    /// the list continues.
    Unknown,
    /// The response says that there are more records, but not how to request them.
    NoWay,
    /// The response does not say whether there are more records, although it should.
    Unsaid,
    /// The response contains the object about the next page, but not this member, which leads
    /// there.
    Tokenless(String),
    /// The request for the next page would return the same page again.
    Circle,
    /// According to the response the list has more records, but none came after this many.
    Missing {
        /// How many records the list has, according to the response.
        total: u64,
        /// How many records came, or were skipped by the vendor.
        received: u64,
    },
    /// The request for the next page would return the same records again.
    Repeats,
    /// The address of the next page is on another host.
    Elsewhere,
    /// What leads to the next page contains a credential, which a cursor must not contain.
    Credential,
    /// With this argument only one page can be read.
    SinglePage(String),
    /// Only one page can be read, for the reason that the description gives.
    OnePage(String),
    /// The list may continue, and the description does not say how. The text says what has to be
    /// found out.
    Undecided(String),
}

impl DeadEnd {
    /// The error for a caller who wants to read on. `operation` is its name, such as `issues.list`.
    pub(crate) fn error(&self, operation: &str) -> Error {
        let kind = match self {
            Self::Withheld
            | Self::Unknown
            | Self::SinglePage(_)
            | Self::OnePage(_)
            | Self::Undecided(_) => ErrorKind::Usage,
            Self::Elsewhere => ErrorKind::Decode,
            Self::NoWay
            | Self::Unsaid
            | Self::Tokenless(_)
            | Self::Circle
            | Self::Repeats
            | Self::Credential
            | Self::Missing { .. } => ErrorKind::Vendor,
        };
        Error::new(kind, format!("{operation}: {}", self.sentence()))
    }

    /// The reason as a part of a sentence, without a full stop.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Withheld => {
                "the list goes on, but what leads to the next page stands in the vendor's \
                               own response only, which the platform does not hand on"
                    .to_owned()
            }
            Self::Unknown => {
                "the list may go on: whether it does, and how, stands in the vendor's own response \
                                only, which the platform does not hand on"
                    .to_owned()
            }
            Self::NoWay => {
                "the list is cut: the vendor says that there is more, but not how to get it"
                    .to_owned()
            }
            Self::Unsaid => {
                "the list may be cut: the vendor's response does not say whether there is \
                             more, as its responses do otherwise"
                    .to_owned()
            }
            Self::Tokenless(token) => format!(
                "the list is cut: the vendor's response tells of a next page, but has no `{token}`, which leads to it"
            ),
            Self::Circle => format!(
                "the list is cut: the vendor handed out the same cursor twice; stopped instead of going in circles. \
                 {CORRECT}"
            ),
            Self::Repeats => format!(
                "the list is cut: the vendor gave the same page twice, so the position in the list does not move; \
                 stopped instead of reading it for ever. {CORRECT}"
            ),
            Self::Elsewhere => {
                "the list is cut: the next page is on another host; not followed".to_owned()
            }
            Self::Credential => {
                "the list is cut: the vendor repeats a credential in what leads to the next page, \
                                 and a cursor must not hold one"
                    .to_owned()
            }
            Self::Missing { total, received } => format!(
                "the list is cut: the vendor says that it has {total} records, but gave none behind the \
                 first {received}"
            ),
            Self::SinglePage(argument) => format!(
                "the list goes on, but with `{argument}` only one page can be read; leave `{argument}` \
                 out to read all pages"
            ),
            Self::Undecided(reason) => format!(
                "the list may go on, and the spec does not say how its next page is requested: {reason} Correct \
                 `x-agent-pagination` of the operation in the spec, or in the overlay of an imported one"
            ),
            Self::OnePage(reason) => format!(
                "the list is cut: the vendor says that there is more, but only one page can be read: \
                 {reason}"
            ),
        }
    }
}
