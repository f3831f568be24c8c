//! Parts of pages: where a list continues inside a page, and behind the last record that is wanted.

use serde_json::Value;

use super::next::Paginator;
use super::read::{Answer, Read};
use super::token::{behind, is_token, typed};
use crate::cursor::{Cursor, NextPage, already_given, mark};
use crate::description::Next;
use crate::error::Result;
use crate::transport::Continuation;

/// A record as it is shown, and the number of records before it in the response, including those
/// that are not shown.
pub(super) type Shown = (usize, Value);

/// The part of a page that is returned.
pub(super) struct Bounds {
    /// Records of the page that were returned earlier.
    pub(super) skip: usize,
    /// Records that are returned now.
    pub(super) take: usize,
    /// Whether the page contains more records than these, and the cursor at which they begin.
    #[allow(
        clippy::option_option,
        reason = "no more records, or more of them with or without a cursor"
    )]
    pub(super) rest: Option<Option<Cursor>>,
}

impl Answer<'_> {
    /// Whether only a part of a page of so many records is to be returned.
    pub(super) fn is_bounded(&self, records: usize) -> bool {
        self.behind.is_some()
            || self.at.last.is_some()
            || self.most.is_some_and(|most| most < records)
    }

    /// The part of a page with these records that is to be returned. `received` is the number of
    /// records in the response.
    pub(super) fn bounds(&self, read: &Read, received: usize, shown: &[Shown]) -> Result<Bounds> {
        let marks: Vec<u32> = shown.iter().map(|(_, record)| mark(record)).collect();
        let skip = self.behind.map_or(Ok(0), |behind| already_given(&marks, behind))?;
        let skip = skip.max(self.overlap(shown));
        let left = shown.len() - skip;
        let take = self.most.map_or(left, |most| left.min(most));
        let last = (skip + take).checked_sub(1).filter(|_| take < left);
        let rest =
            last.map(|last| self.behind(read, received, &shown[last], (last + 1, marks[last])));
        Ok(Bounds { skip, take, rest: rest.transpose()? })
    }

    /// How many of the shown records came with the previous page as well.
    fn overlap(&self, shown: &[Shown]) -> usize {
        let Some(last) = self.at.last else { return 0 };
        let marks = self.spelling().marks();
        let given = marks.iter().position(|mark| *mark == last).map_or(0, |place| place + 1);
        shown.iter().take_while(|(before, _)| *before < given).count()
    }

    /// The cursor of the place behind the last of so many records.
    fn behind(
        &self,
        read: &Read,
        received: usize,
        (before, record): &Shown,
        place: (usize, u32),
    ) -> Result<Option<Cursor>> {
        let Some(seal) = self.seal else { return Ok(None) };
        let paginator = self.paginator(read, received);
        let is_described = matches!(self.reply.continuation(), Continuation::Described);
        let is_direct = is_described && self.operation.response.filter.is_none();
        if is_direct && let Some(page) = paginator.behind(before + 1, record) {
            return Ok(Some(seal.page(page)?));
        }
        let mut page = self.at.clone();
        // Only with the same page size does the vendor return the same page again.
        paginator.keep_size(&self.operation.paging, &mut page);
        Ok(Some(seal.place(page, Some(place))?))
    }
}

impl Paginator<'_> {
    /// The page that begins behind the last of so many records of the response. `None` where the
    /// vendor's parameters cannot express that.
    fn behind(&self, count: usize, record: &Value) -> Option<NextPage> {
        let operation = self.operation;
        let paging = &operation.paging;
        if !paging.others.is_empty() || paging.confined_by(|name| self.is_given(name)).is_some() {
            return None;
        }
        let mut page = NextPage::default();
        match &paging.next {
            Next::LastRecord { field, into, add, backwards } => {
                if backwards.as_ref().is_some_and(|name| self.is_given(name)) {
                    return None;
                }
                let value = field.first(record).cloned().filter(is_token)?;
                page.set.insert(into.to_string(), typed(operation, into, behind(value, *add)));
            }
            Next::Offset { into, start } if self.counts_records() => {
                let sent = self.number(into).unwrap_or(*start);
                page.set.insert(into.to_string(), sent.saturating_add(count as u64).into());
            }
            _ => return None,
        }
        self.keep_needed_size(paging, &mut page);
        Some(page)
    }
}
