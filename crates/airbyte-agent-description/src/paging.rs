//! How a list continues.

use serde::Serialize;

use super::{JsonPath, List, Text};

/// How a list continues after one page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paging {
    /// What the request for the next page carries.
    pub next: Next,
    /// The list continues only while the value here is true.
    pub more: Option<Source>,
    /// The list ends once the value here is true.
    pub done: Option<Source>,
    /// Parameter that sets the size of a page.
    pub size: Option<PageSize>,
    /// Whether the list ends with a page that holds fewer records than were requested, even if the
    /// response says how to continue. Counted lists (`Offset`, `Page`) always end this way unless `more`
    /// is given.
    pub short_page_ends: bool,
    /// Other paginators of the same list. The first one whose token or address is in the response is
    /// used.
    pub others: List<Paging>,
    /// Parameters with which only one page can be read, because the list cannot be continued in their
    /// direction.
    pub single_page: List<Text>,
}

impl Paging {
    /// This paginator and its alternatives.
    pub fn styles(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.others.iter())
    }

    /// Whether a page may be requested by an address that the previous response gave.
    pub fn continues_by_address(&self) -> bool {
        self.styles().any(|style| matches!(style.next, Next::Link { .. }))
    }

    /// The parameters that this paginator sets: what continues the list, and the page size.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let (one, several) = match &self.next {
            Next::None { .. } | Next::Unknown { .. } => (None, &[][..]),
            Next::Cursor { into, .. }
            | Next::LastRecord { into, .. }
            | Next::Offset { into, .. }
            | Next::Page { into, .. } => (Some(into), &[][..]),
            Next::Link { feed, .. } => (None, &feed[..]),
        };
        let backwards = match &self.next {
            Next::LastRecord { backwards, .. } => backwards.as_ref(),
            _ => None,
        };
        let fed = several.iter().map(|(_, into)| into);
        let size = self.size.iter().map(|size| &size.parameter);
        one.into_iter().chain(backwards).chain(fed).chain(size).map(AsRef::as_ref)
    }

    /// The first of the given arguments with which only one page can be read.
    pub fn confined_by(&self, given: impl Fn(&str) -> bool) -> Option<&str> {
        let mut names = self.styles().flat_map(|style| style.single_page.iter()).map(AsRef::as_ref);
        names.find(|name| given(name))
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
    /// Nothing: the response is complete, or the vendor offers no way to continue.
    None {
        /// Why the list has one page.
        reason: Text,
    },
    /// What is not known: the list may have more pages, and the description does not say how they are
    /// requested.
    Unknown {
        /// What is not known, and what would settle it.
        reason: Text,
    },
    /// A parameter that takes a token of the response.
    Cursor {
        /// Where the response holds the token.
        from: Source,
        /// Name of the parameter.
        into: Text,
    },
    /// A URL of the response, or parameters that take values of its query.
    Link {
        /// Where the response holds the URL.
        from: Source,
        /// Query parameters of the URL, each with the parameter that takes its value. If empty, the URL
        /// itself is requested, on the vendor's origin only.
        feed: List<(Text, Text)>,
        /// The other arguments that are sent again, for vendors whose token stands for the rest.
        /// `None`: all of them.
        keep: Option<List<Text>>,
    },
    /// A parameter that takes a field of the last record.
    LastRecord {
        /// Where the record holds the field.
        field: JsonPath,
        /// Name of the parameter.
        into: Text,
        /// Number that is added to the field, for vendors that begin with the named record instead of
        /// after it.
        add: u64,
        /// Parameter that takes the field of the first record instead, in lists whose caller passes it:
        /// they continue backwards.
        backwards: Option<Text>,
    },
    /// A parameter that takes the number of records received so far.
    Offset {
        /// Name of the parameter.
        into: Text,
        /// The parameter's value for the first page.
        start: u64,
    },
    /// A parameter that takes the number of the page.
    Page {
        /// Name of the parameter.
        into: Text,
        /// The parameter's value for the first page.
        start: u64,
    },
}

/// Where a response holds a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A field of the extracted metadata, possibly inside it.
    Meta {
        /// Name of the field.
        name: Text,
        /// Steps from its value to the one meant.
        inside: JsonPath,
    },
    /// A place in the body of the response.
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
    /// Whether the vendor divides the list into pages only if a size is requested.
    pub needed: bool,
    /// Where a response says how large a page it serves, for vendors that lower what was requested.
    pub served: Option<Source>,
    /// Whether the vendor leaves records out of a page after it has counted them.
    pub filtered: bool,
}
