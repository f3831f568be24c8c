//! How lists continue.

use std::borrow::Cow;

use super::setters;
use crate::{JsonPath, Next, PageSize, Paging, Source, Text};

/// The source of the next page is a metadata field.
pub const fn from_meta(name: &'static str) -> Source {
    from_meta_at(name, JsonPath { steps: Cow::Borrowed(&[]) })
}

/// A place inside a metadata field.
pub const fn from_meta_at(name: &'static str, inside: JsonPath) -> Source {
    Source::Meta { name: Cow::Borrowed(name), inside }
}

/// A place in the body.
pub const fn from_body(path: JsonPath) -> Source {
    Source::Body(path)
}

/// The parameter that sets the size of a page.
pub const fn page_size(parameter: &'static str) -> PageSize {
    PageSize { parameter: Cow::Borrowed(parameter), default: None, maximum: None, needed: false }
}

impl PageSize {
    setters! {
        /// Size of a page when the parameter is not given.
        default(size: u64) default = Some(size);
        /// Largest size the vendor serves.
        maximum(size: u64) maximum = Some(size);
        /// The vendor pages only when it is asked for a size.
        needed() needed = true;
    }
}

impl Paging {
    const fn by(next: Next) -> Self {
        Self {
            next,
            more: None,
            done: None,
            size: None,
            short_page_ends: false,
            others: Cow::Borrowed(&[]),
        }
    }

    /// Not at all, and why.
    pub const fn none(reason: &'static str) -> Self {
        Self::by(Next::None { reason: Cow::Borrowed(reason) })
    }

    /// By a token of the answer.
    pub const fn cursor(from: Source, into: &'static str) -> Self {
        Self::by(Next::Cursor { from, into: Cow::Borrowed(into) })
    }

    /// By a URL of the answer, or its query parameters and the parameters that they feed.
    pub const fn link(from: Source, feed: &'static [(Text, Text)]) -> Self {
        Self::by(Next::Link { from, feed: Cow::Borrowed(feed), keep: None })
    }

    /// As [`Paging::link`], where the vendor accepts only these other arguments beside the token.
    pub const fn link_keeping(
        from: Source,
        feed: &'static [(Text, Text)],
        keep: &'static [Text],
    ) -> Self {
        let keep = Some(Cow::Borrowed(keep));
        Self::by(Next::Link { from, feed: Cow::Borrowed(feed), keep })
    }

    /// By a field of the last record and what is added to it.
    pub const fn last_record(field: JsonPath, into: &'static str, add: u64) -> Self {
        Self::by(Next::LastRecord { field, into: Cow::Borrowed(into), add })
    }

    /// By the number of records received so far.
    pub const fn offset(into: &'static str, start: u64) -> Self {
        Self::by(Next::Offset { into: Cow::Borrowed(into), start })
    }

    /// By the number of the page.
    pub const fn page(into: &'static str, start: u64) -> Self {
        Self::by(Next::Page { into: Cow::Borrowed(into), start })
    }

    setters! {
        /// The list goes on only while this is true.
        more(source: Source) more = Some(source);
        /// The list ends once this is true.
        done(source: Source) done = Some(source);
        /// The parameter that sets the size of a page.
        size(size: PageSize) size = Some(size);
        /// A page with fewer records than were asked for is the last one.
        short_page_ends() short_page_ends = true;
        /// Other ways in which the vendor continues the same list.
        others(others: &'static [Paging]) others = Cow::Borrowed(others);
    }
}
