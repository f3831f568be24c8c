//! How a list continues.

use serde::Serialize;

use super::{JsonPath, List, Text};

/// How a list continues after one page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paging {
    /// What the next request carries.
    pub next: Next,
    /// The list goes on only while this is true.
    pub more: Option<Source>,
    /// The list ends once this is true.
    pub done: Option<Source>,
    /// Parameter that sets the size of a page.
    pub size: Option<PageSize>,
    /// The list ends with a page that holds fewer records than were asked for, although the answer
    /// says how to go on. Counted lists (`Offset`, `Page`) always end so, unless `more` is there.
    pub short_page_ends: bool,
    /// Other ways in which the vendor continues the same list. Of all of them the first counts
    /// whose token or address stands in the answer.
    pub others: List<Paging>,
}

impl Paging {
    /// This way to continue and the others.
    pub fn styles(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.others.iter())
    }

    /// Whether a page may be asked for by an address that the answer before it gave.
    pub fn continues_by_address(&self) -> bool {
        self.styles().any(|style| matches!(style.next, Next::Link { .. }))
    }

    /// Parameters that this way makes use of: what continues the list, and the size.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match &self.next {
            Next::None { .. } => (None, &[][..]),
            Next::Cursor { into, .. }
            | Next::LastRecord { into, .. }
            | Next::Offset { into, .. }
            | Next::Page { into, .. } => (Some(into), &[][..]),
            Next::Link { feed, .. } => (None, &feed[..]),
        };
        let fed = several.iter().map(|(_, into)| into);
        let size = self.size.iter().map(|size| &size.parameter);
        one.into_iter().chain(fed).chain(size).map(AsRef::as_ref)
    }

    /// The size without which the vendor does not page, and its largest value; `None` when there
    /// is none, or when what was `given` already says how to page.
    pub fn needed_size(&self, given: impl Fn(&str) -> bool) -> Option<(&str, u64)> {
        let (at, size) = self
            .styles()
            .enumerate()
            .find_map(|(at, style)| Some((at, style.size.as_ref().filter(|size| size.needed)?)))?;
        let mut others = self.styles().enumerate().filter(|(other, _)| *other != at);
        let is_steered =
            given(&size.parameter) || others.any(|(_, style)| style.parameters().any(&given));
        if is_steered { None } else { Some((&size.parameter, size.maximum?)) }
    }
}

/// What the request for the next page carries.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Nothing: the answer is complete, or the vendor offers no way to continue.
    None {
        /// Why.
        reason: Text,
    },
    /// A token of the answer, in a parameter.
    Cursor {
        /// Where the token stands.
        from: Source,
        /// Parameter that takes it.
        into: Text,
    },
    /// A URL of the answer: one of its query parameters, or the URL itself.
    Link {
        /// Where the URL stands.
        from: Source,
        /// Query parameters of the URL and the parameters they feed. None: the URL itself is
        /// requested, on the vendor's origin only.
        feed: List<(Text, Text)>,
        /// Other arguments that the vendor accepts beside those that are fed: the token stands for
        /// the rest. `None`: all of them.
        keep: Option<List<Text>>,
    },
    /// A field of the last record, in a parameter.
    LastRecord {
        /// The field.
        field: JsonPath,
        /// Parameter that takes it.
        into: Text,
        /// What is added to it, for vendors that begin with the record named instead of behind it.
        add: u64,
    },
    /// The number of records received so far, in a parameter.
    Offset {
        /// Parameter that takes it.
        into: Text,
        /// Value on the first page.
        start: u64,
    },
    /// The number of the page, in a parameter.
    Page {
        /// Parameter that takes it.
        into: Text,
        /// Value on the first page.
        start: u64,
    },
}

/// Where a value of the answer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A field of the extracted metadata, possibly inside it.
    Meta {
        /// Name of the field.
        name: Text,
        /// Steps inside its value.
        inside: JsonPath,
    },
    /// A place in the body.
    Body(JsonPath),
}

/// The parameter that sets the size of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageSize {
    /// Name of the parameter.
    pub parameter: Text,
    /// Size of a page when the parameter is not given, where it is known.
    pub default: Option<u64>,
    /// Largest size the vendor serves, where it is known.
    pub maximum: Option<u64>,
    /// Whether the vendor pages only when it is asked for a size.
    pub needed: bool,
}
