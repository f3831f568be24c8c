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
    PageSize {
        parameter: Cow::Borrowed(parameter),
        default: None,
        maximum: None,
        needed: false,
        served: None,
        filtered: false,
    }
}

impl PageSize {
    setters! {
        /// Size of a page when the parameter is not given.
        default(size: u64) default = Some(size);
        /// Largest size the vendor serves.
        maximum(size: u64) maximum = Some(size);
        /// The vendor divides the list into pages only if a size is requested.
        needed() needed = true;
        /// Where a response says how large a page it serves.
        served(source: Source) served = Some(source);
        /// The vendor leaves records out of a page after it has counted them.
        filtered() filtered = true;
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
            single_page: Cow::Borrowed(&[]),
        }
    }

    /// The list has one page, for the reason given.
    pub const fn none(reason: &'static str) -> Self {
        Self::by(Next::None { reason: Cow::Borrowed(reason) })
    }

    /// Nobody knows how the list continues; `reason` says what would settle it.
    pub const fn unknown(reason: &'static str) -> Self {
        Self::by(Next::Unknown { reason: Cow::Borrowed(reason) })
    }

    /// The list continues by a token of the response.
    pub const fn cursor(from: Source, into: &'static str) -> Self {
        Self::by(Next::Cursor { from, into: Cow::Borrowed(into) })
    }

    /// The list continues by a URL of the response, or by parameters that take values of its query.
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

    /// The list continues by a field of the last record and a number that is added to it.
    pub const fn last_record(field: JsonPath, into: &'static str, add: u64) -> Self {
        Self::by(Next::LastRecord { field, into: Cow::Borrowed(into), add, backwards: None })
    }

    /// As [`Paging::last_record`], where lists whose caller passes the parameter `backwards` continue by
    /// the field of the first record in it.
    pub const fn both_ways(
        field: JsonPath,
        into: &'static str,
        add: u64,
        backwards: &'static str,
    ) -> Self {
        let (into, backwards) = (Cow::Borrowed(into), Some(Cow::Borrowed(backwards)));
        Self::by(Next::LastRecord { field, into, add, backwards })
    }

    /// The list continues by the number of records received so far.
    pub const fn offset(into: &'static str, start: u64) -> Self {
        Self::by(Next::Offset { into: Cow::Borrowed(into), start })
    }

    /// The list continues by the number of the page.
    pub const fn page(into: &'static str, start: u64) -> Self {
        Self::by(Next::Page { into: Cow::Borrowed(into), start })
    }

    setters! {
        /// The list continues only while the value here is true.
        more(source: Source) more = Some(source);
        /// The list ends once the value here is true.
        done(source: Source) done = Some(source);
        /// The parameter that sets the size of a page.
        size(size: PageSize) size = Some(size);
        /// A page with fewer records than were asked for is the last one.
        short_page_ends() short_page_ends = true;
        /// Other paginators of the same list.
        others(others: &'static [Paging]) others = Cow::Borrowed(others);
        /// Parameters with which only one page can be read.
        single_page(names: &'static [Text]) single_page = Cow::Borrowed(names);
    }
}
