//! Why a list that goes on cannot be read further.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// What to do if the vendor is right and the spec is not.
const CORRECT: &str = "If this happens each time, `x-agent-pagination` of the operation may be wrong: correct it in the \
                       spec, or in the overlay of an imported one";

/// Why a list that goes on cannot be read further. A cursor holds it instead of a way on, so that
/// nobody takes the last page that could be read for the end of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeadEnd {
    /// What leads on stands in the vendor's own response only.
    Withheld,
    /// Whether the list goes on, and how, stands in the vendor's own response only.
    Unknown,
    /// The response says that there is more, but not how to get it.
    NoWay,
    /// The response should say whether there is more, and does not.
    Unsaid,
    /// The response has the object of a next page, but not this member of it, which leads there.
    Tokenless(String),
    /// The way on leads to the same page again.
    Circle,
    /// The list should have so many records, but none came behind this many.
    Missing {
        /// How many records the list has, by what the response says.
        total: u64,
        /// How many came, or were passed over by the vendor.
        received: u64,
    },
    /// The way on leads to the same records again.
    Repeats,
    /// The way on leads to another host.
    Elsewhere,
    /// What leads on holds a credential, which no cursor may.
    Credential,
    /// With this argument only one page can be read.
    SinglePage(String),
    /// Only one page can be read, for the reason that the description gives.
    OnePage(String),
    /// The list may go on, and the description does not say how. It says what would settle it.
    Undecided(String),
}

impl DeadEnd {
    /// The error for who wants to read on. `operation` is its name, such as `issues.list`.
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

    /// What is wrong, as the end of a sentence.
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
