//! Lists that continue by a number: the number of records to skip, or that of the page.

use crate::cursor::DeadEnd;

/// What comes after a page.
#[derive(Debug, PartialEq)]
pub(super) enum Turn {
    /// Nothing, because it was the last page.
    End,
    /// The page with this number.
    Next(u64),
    /// More records, which cannot be requested.
    DeadEnd(DeadEnd),
}

/// What is known of a page of a list that continues by a number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    /// The number that was sent with the request.
    pub(super) sent: u64,
    /// The number of the first page.
    pub(super) start: u64,
    /// Records on the page, before any filter.
    pub(super) received: u64,
    /// Records on the pages before; `None` unless all of these are known.
    pub(super) before: Option<u64>,
    /// The size of a page.
    pub(super) size: Size,
    /// The number of records of the whole list; `None` where the response does not state it.
    pub(super) total: Option<u64>,
    /// Whether a flag in the response says that there are more records; `None` without such a flag.
    pub(super) says_more: Option<bool>,
    /// Whether the previous page had the same records, or also no records.
    pub(super) repeats: bool,
}

/// The size of a page, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// The size in the request.
    pub(super) requested: Option<u64>,
    /// The size that the vendor uses if none is requested.
    pub(super) default: Option<u64>,
    /// The largest size that the vendor serves.
    pub(super) maximum: Option<u64>,
    /// The size that the response states.
    pub(super) served: Option<u64>,
    /// For a vendor that leaves records out of a page and does not say how many: how many records
    /// it counts at least for a page.
    pub(super) least: Option<u64>,
}

/// How a page overlaps with the next one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overlap {
    /// The mark of its last record: the records up to this one were returned already.
    pub(super) last: u32,
    /// By how much the offset has grown since these records came for the first time.
    pub(super) same: u64,
    /// Whether other records have to come soon, because the list otherwise goes in circles.
    pub(super) moves: bool,
}

impl Size {
    /// The size that the vendor should have served.
    pub(super) fn expected(self) -> Option<u64> {
        let wanted = self.requested.or(self.default)?;
        Some(self.maximum.map_or(wanted, |maximum| wanted.min(maximum)))
    }

    /// Whether so many records are fewer than the expected size.
    pub(super) fn exceeds(self, received: u64) -> bool {
        self.expected().is_some_and(|expected| received < expected)
    }
}

impl Counted {
    /// The next page of a list whose number is that of the records to skip. The vendor counts by
    /// the size that it uses: records that it leaves out of a page count as well.
    pub(super) fn offset(self) -> Turn {
        let step = self.step();
        let position = self.sent.saturating_sub(self.start).saturating_add(step);
        let total = self.credible_total(position);
        let goes_on = self.says_more.unwrap_or_else(|| match total {
            Some(total) => position < total && self.size.requested != Some(0),
            None => self.received > 0,
        });
        match total {
            _ if !goes_on => Turn::End,
            _ if self.stands_still(total.is_some_and(|total| position < total)) => {
                Turn::DeadEnd(DeadEnd::Repeats)
            }
            _ if step > 0 => Turn::Next(self.sent.saturating_add(step)),
            Some(total) if self.says_more.is_none() => {
                Turn::DeadEnd(DeadEnd::Missing { total, received: position })
            }
            _ => Turn::DeadEnd(DeadEnd::NoWay),
        }
    }

    /// By how much an offset grows. A vendor that leaves records out of a page, and may have
    /// reduced its size, has counted at least as many records as came or as its smallest page has.
    /// A larger step could skip records. Records that come twice are left out.
    pub(super) fn step(self) -> u64 {
        self.received.max(self.size.served.or(self.size.least).unwrap_or_default())
    }

    /// The next page of a list whose number is that of the page.
    pub(super) fn page(self) -> Turn {
        let before = self.sent.saturating_sub(self.start);
        let size = self.size.served.or_else(|| self.size.expected());
        let passed = before.saturating_mul(size.unwrap_or_default());
        let position = self.before.unwrap_or(passed).saturating_add(self.received);
        let total = self.credible_total(position);
        let end = passed.saturating_add(size.unwrap_or_default());
        let turn = self.page_by((passed, size), total);
        let is_within = total.is_some_and(|total| end < total);
        if matches!(turn, Turn::Next(_)) && self.stands_still(is_within) {
            return Turn::DeadEnd(DeadEnd::Repeats);
        }
        turn
    }

    /// Implements [`page`](Self::page), without the check whether the list advances.
    fn page_by(self, (passed, size): (u64, Option<u64>), total: Option<u64>) -> Turn {
        let next = Turn::Next(self.sent.saturating_add(1));
        let may_be_filtered = self.received > 0 || self.size.served.is_some();
        if let Some(says_more) = self.says_more {
            return match (says_more, may_be_filtered) {
                (false, _) => Turn::End,
                (true, true) => next,
                (true, false) => Turn::DeadEnd(DeadEnd::NoWay),
            };
        }
        if let (Some(total), Some(received), None) = (total, self.all(), self.size.served) {
            return match self.received {
                _ if received >= total || self.size.requested == Some(0) => Turn::End,
                0 if passed < total => Turn::DeadEnd(DeadEnd::Missing { total, received }),
                // The vendor has counted records that it leaves out.
                0 => Turn::End,
                _ => next,
            };
        }
        let (Some(total), Some(size)) = (total, size) else {
            // A short page may be a filtered one, or one whose size the vendor has reduced.
            return if self.received > 0 { next } else { Turn::End };
        };
        let due = total.saturating_sub(passed).min(size);
        if self.received == due || self.size.served.is_some() {
            let goes_on = passed.saturating_add(size) < total && size > 0;
            return if goes_on { next } else { Turn::End };
        }
        // The vendor uses another size than was requested, so only an empty page is the end.
        match self.received {
            0 => Turn::DeadEnd(DeadEnd::Missing { total, received: passed }),
            _ => next,
        }
    }

    /// How many records came from the first page to this one; `None` where that is not known.
    pub(super) fn all(self) -> Option<u64> {
        self.before.map(|before| before.saturating_add(self.received))
    }

    /// The total, unless more records have come already.
    fn credible_total(self, position: u64) -> Option<u64> {
        let step = self.step();
        let received = position.saturating_sub(step).saturating_add(self.received);
        self.total.filter(|total| self.received == 0 || received <= *total)
    }

    /// Whether the next request would return the same records again. Pages without records may
    /// follow each other where the vendor leaves records out, but only as long as the total says
    /// that there are more.
    fn stands_still(self, is_within_total: bool) -> bool {
        self.repeats && (self.received > 0 || !is_within_total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a page from the number sent, the records, the sizes (requested, default, maximum,
    /// served), the total and the flag.
    fn page(
        (sent, received): (u64, u64),
        (requested, default, maximum, served): (u64, u64, u64, u64),
        total: u64,
        says_more: Option<bool>,
    ) -> Counted {
        let some = |number: u64| (number != NONE).then_some(number);
        let size = Size {
            requested: some(requested),
            default: some(default),
            maximum: some(maximum),
            served: some(served),
            least: None,
        };
        let total = some(total);
        Counted { sent, start: 0, received, before: None, size, total, says_more, repeats: false }
    }

    const NONE: u64 = 9_999_999;

    #[test]
    fn an_offset_goes_on_until_the_list_has_ended() {
        let cut = |total, received| Turn::DeadEnd(DeadEnd::Missing { total, received });
        for (page, expected) in [
            // The total decides, whatever size was requested.
            (page((0, 1_000), (5_000, 50, NONE, NONE), 2_500, None), Turn::Next(1_000)),
            (page((2_000, 500), (5_000, 50, NONE, NONE), 2_500, None), Turn::End),
            (page((0, 2), (2, NONE, NONE, NONE), 2, None), Turn::End),
            (page((1_000, 0), (5_000, 50, NONE, NONE), 2_500, None), cut(2_500, 1_000)),
            (page((0, 0), (0, NONE, NONE, NONE), 42, None), Turn::End),
            (page((0, 0), (NONE, 50, NONE, NONE), 0, None), Turn::End),
            // Records that the vendor leaves out of a page count.
            (page((0, 30), (50, 50, NONE, 50), 100, None), Turn::Next(50)),
            (page((50, 0), (50, 50, NONE, 50), 150, None), Turn::Next(100)),
            (page((50, 30), (50, 50, NONE, 50), 100, None), Turn::End),
            // Without a total, a page of a reduced size is not taken for the last one.
            (page((0, 1_000), (5_000, 50, NONE, 1_000), NONE, None), Turn::Next(1_000)),
            (page((1_000, 300), (5_000, 50, NONE, 1_000), NONE, None), Turn::Next(2_000)),
            (page((0, 300), (1_000, 50, NONE, 1_000), NONE, None), Turn::Next(1_000)),
            (page((0, 100), (5_000, 50, 100, NONE), NONE, None), Turn::Next(100)),
            (page((100, 99), (5_000, 50, 100, NONE), NONE, None), Turn::Next(199)),
            (page((0, 100), (5_000, 50, NONE, NONE), NONE, None), Turn::Next(100)),
            (page((0, 9), (10, 50, NONE, NONE), NONE, None), Turn::Next(9)),
            // A total below the number of records that have come is ignored.
            (page((0, 2), (2, NONE, NONE, NONE), 0, None), Turn::Next(2)),
            (page((2, 0), (2, NONE, NONE, NONE), 0, None), Turn::End),
            (page((100, 0), (5_000, 50, NONE, NONE), NONE, None), Turn::End),
            // A flag takes precedence over everything else.
            (page((0, 1), (5, 5, 5, NONE), 1, Some(true)), Turn::Next(1)),
            (page((0, 5), (5, 5, 5, NONE), 9, Some(false)), Turn::End),
            (page((5, 0), (5, 5, 5, NONE), NONE, Some(true)), Turn::DeadEnd(DeadEnd::NoWay)),
        ] {
            assert_eq!(page.offset(), expected, "{page:?}");
        }
    }

    #[test]
    fn numbered_pages_go_on_until_the_list_has_ended() {
        for (page, expected) in [
            (page((0, 10), (10, NONE, NONE, NONE), 25, None), Turn::Next(1)),
            (page((2, 5), (10, NONE, NONE, NONE), 25, None), Turn::End),
            (page((1, 10), (10, NONE, NONE, NONE), 20, None), Turn::End),
            // The vendor reduces the size without saying so: 2,500 records in pages of 1,000.
            (page((0, 1_000), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(1)),
            (page((1, 1_000), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(2)),
            (page((2, 500), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(3)),
            (page((3, 0), (5_000, NONE, NONE, NONE), 2_500, None), Turn::End),
            (
                page((1, 0), (10, NONE, NONE, NONE), 25, None),
                Turn::DeadEnd(DeadEnd::Missing { total: 25, received: 10 }),
            ),
            (page((0, 0), (NONE, 10, NONE, 10), 25, None), Turn::Next(1)),
            (page((0, 9), (NONE, 10, NONE, NONE), NONE, None), Turn::Next(1)),
            (page((0, 9), (NONE, 10, NONE, NONE), 0, None), Turn::Next(1)),
            (page((0, 9), (NONE, NONE, NONE, NONE), NONE, None), Turn::Next(1)),
            (page((0, 0), (NONE, 10, NONE, NONE), NONE, Some(true)), Turn::DeadEnd(DeadEnd::NoWay)),
            (page((0, 0), (NONE, 10, NONE, NONE), NONE, Some(false)), Turn::End),
        ] {
            assert_eq!(page.page(), expected, "{page:?}");
        }
    }

    #[test]
    fn pages_of_another_size_are_counted_by_their_records() {
        let missing = |received| Turn::DeadEnd(DeadEnd::Missing { total: 150, received });
        let lowered = (100, NONE, NONE, NONE);
        for (before, page, expected) in [
            // 100 are requested, and a page has 50.
            (0, page((0, 50), lowered, 150, None), Turn::Next(1)),
            (50, page((1, 50), lowered, 150, None), Turn::Next(2)),
            (100, page((2, 50), lowered, 150, None), Turn::End),
            (50, page((1, 25), lowered, 75, None), Turn::End),
            (50, page((1, 0), lowered, 150, None), missing(50)),
            // The vendor's pages are larger than the spec says.
            (20, page((2, 5), (NONE, 2, NONE, NONE), 25, None), Turn::End),
            (10, page((1, 10), (NONE, 2, NONE, NONE), 25, None), Turn::Next(2)),
            // A part of each page is left out.
            (22, page((3, 0), (10, NONE, NONE, NONE), 25, None), Turn::End),
        ] {
            let page = Counted { before: Some(before), ..page };
            assert_eq!(page.page(), expected, "{page:?}");
        }
    }

    #[test]
    fn a_list_that_does_not_advance_is_cut() {
        let repeats = |page: Counted| Counted { repeats: true, ..page };
        let cut = || Turn::DeadEnd(DeadEnd::Repeats);
        let known = (2, 2, NONE, 2);
        let unknown = (NONE, NONE, NONE, NONE);
        for (page, offset, number) in [
            (page((4, 2), unknown, NONE, None), cut(), cut()),
            (page((4, 2), unknown, NONE, Some(true)), cut(), cut()),
            (page((4, 2), unknown, NONE, Some(false)), Turn::End, Turn::End),
            (page((4, 0), known, NONE, Some(true)), cut(), cut()),
            (page((2, 0), known, 9, Some(true)), Turn::Next(4), Turn::Next(3)),
            (page((8, 0), known, 9, Some(true)), cut(), cut()),
        ] {
            assert_eq!(repeats(page).offset(), offset, "{page:?}");
            assert_eq!(repeats(page).page(), number, "{page:?}");
        }
    }
}
