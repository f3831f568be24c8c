//! Lists that continue by a number: of records to skip, or of the page.

use crate::cursor::Cut;

/// What follows a page.
#[derive(Debug, PartialEq)]
pub(super) enum Turn {
    /// Nothing: it was the last one.
    End,
    /// The page with this number.
    Next(u64),
    /// More, which cannot be reached.
    Cut(Cut),
}

/// What is known of a page of such a list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counted {
    /// The number that was sent.
    pub(super) sent: u64,
    /// The number of the first page.
    pub(super) start: u64,
    /// Records on the page, before any filter.
    pub(super) received: u64,
    /// The size of a page.
    pub(super) size: Size,
    /// How many records the whole list has, where the response says so.
    pub(super) total: Option<u64>,
    /// Whether a flag in the response says that there is more; `None` without such a flag.
    pub(super) says_more: Option<bool>,
}

/// The size of a page, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// The size that was requested.
    pub(super) requested: Option<u64>,
    /// The size if none is requested.
    pub(super) default: Option<u64>,
    /// The largest size that the vendor serves.
    pub(super) maximum: Option<u64>,
    /// The size that the response says it has.
    pub(super) served: Option<u64>,
}

impl Size {
    /// The size that the vendor should have served.
    fn expected(self) -> Option<u64> {
        let wanted = self.requested.or(self.default)?;
        Some(self.maximum.map_or(wanted, |maximum| wanted.min(maximum)))
    }

    /// Whether so many records are fewer than requested.
    pub(super) fn exceeds(self, received: u64) -> bool {
        self.expected().is_some_and(|expected| received < expected)
    }

    /// Whether so many records are fewer than the vendor serves, so that the list must have ended. Where
    /// it may have lowered the size that was requested, fewer records say nothing.
    fn shows_end(self, received: u64) -> bool {
        if let Some(served) = self.served {
            let is_lowered = self.requested.is_some_and(|requested| served < requested);
            return !is_lowered && received < served;
        }
        let is_served = self.requested.is_none_or(|requested| {
            self.maximum.is_some() || self.default.is_some_and(|default| requested <= default)
        });
        is_served && self.exceeds(received)
    }
}

impl Counted {
    /// The next page of a list whose number is that of the records to skip. The vendor counts in the
    /// size that it serves: records that it leaves out of a page count, too.
    pub(super) fn offset(self) -> Turn {
        let step = self.received.max(self.size.served.unwrap_or_default());
        let position = self.sent.saturating_sub(self.start).saturating_add(step);
        let goes_on = self.says_more.unwrap_or_else(|| match self.total {
            Some(total) => position < total && self.size.requested != Some(0),
            None => self.received > 0 && !self.size.shows_end(self.received),
        });
        match self.total {
            _ if !goes_on => Turn::End,
            _ if step > 0 => Turn::Next(self.sent.saturating_add(step)),
            Some(total) if self.says_more.is_none() => {
                Turn::Cut(Cut::Missing { total, received: position })
            }
            _ => Turn::Cut(Cut::NoWay),
        }
    }

    /// The next page of a list whose number is that of the page.
    pub(super) fn page(self) -> Turn {
        let before = self.sent.saturating_sub(self.start);
        let next = Turn::Next(self.sent.saturating_add(1));
        let may_be_filtered = self.received > 0 || self.size.served.is_some();
        if let Some(says_more) = self.says_more {
            return match (says_more, may_be_filtered) {
                (false, _) => Turn::End,
                (true, true) => next,
                (true, false) => Turn::Cut(Cut::NoWay),
            };
        }
        let Some(total) = self.total else {
            let goes_on = self.received > 0 && !self.size.shows_end(self.received);
            return if goes_on { next } else { Turn::End };
        };
        let Some(size) = self.size.served.or_else(|| self.size.expected()) else {
            return if self.received > 0 { next } else { Turn::End };
        };
        let passed = before.saturating_mul(size);
        let due = total.saturating_sub(passed).min(size);
        if self.received == due || self.size.served.is_some() {
            let goes_on = passed.saturating_add(size) < total && size > 0;
            return if goes_on { next } else { Turn::End };
        }
        // The vendor serves another size than was requested, so that only an empty page is the end.
        match self.received {
            0 => Turn::Cut(Cut::Missing { total, received: passed }),
            _ => next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page: number sent, records, sizes (requested, default, maximum, served), total, flag.
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
        };
        Counted { sent, start: 0, received, size, total: some(total), says_more }
    }

    const NONE: u64 = 9_999_999;

    #[test]
    fn an_offset_goes_on_until_the_list_has_ended() {
        let cut = |total, received| Turn::Cut(Cut::Missing { total, received });
        for (page, expected) in [
            // The total decides, whatever was requested.
            (page((0, 1_000), (5_000, 50, NONE, NONE), 2_500, None), Turn::Next(1_000)),
            (page((2_000, 500), (5_000, 50, NONE, NONE), 2_500, None), Turn::End),
            (page((0, 2), (2, NONE, NONE, NONE), 2, None), Turn::End),
            (page((1_000, 0), (5_000, 50, NONE, NONE), 2_500, None), cut(2_500, 1_000)),
            (page((0, 0), (0, NONE, NONE, NONE), 42, None), Turn::End),
            (page((0, 0), (NONE, 50, NONE, NONE), 0, None), Turn::End),
            // What the vendor leaves out of a page counts.
            (page((0, 30), (50, 50, NONE, 50), 100, None), Turn::Next(50)),
            (page((50, 0), (50, 50, NONE, 50), 150, None), Turn::Next(100)),
            (page((50, 30), (50, 50, NONE, 50), 100, None), Turn::End),
            // Without a total, a page of a lowered size is not the last one.
            (page((0, 1_000), (5_000, 50, NONE, 1_000), NONE, None), Turn::Next(1_000)),
            (page((1_000, 300), (5_000, 50, NONE, 1_000), NONE, None), Turn::Next(2_000)),
            (page((0, 300), (1_000, 50, NONE, 1_000), NONE, None), Turn::End),
            (page((0, 100), (5_000, 50, 100, NONE), NONE, None), Turn::Next(100)),
            (page((100, 99), (5_000, 50, 100, NONE), NONE, None), Turn::End),
            (page((0, 100), (5_000, 50, NONE, NONE), NONE, None), Turn::Next(100)),
            (page((0, 9), (10, 50, NONE, NONE), NONE, None), Turn::End),
            (page((100, 0), (5_000, 50, NONE, NONE), NONE, None), Turn::End),
            // A flag decides before everything else.
            (page((0, 1), (5, 5, 5, NONE), 1, Some(true)), Turn::Next(1)),
            (page((0, 5), (5, 5, 5, NONE), 9, Some(false)), Turn::End),
            (page((5, 0), (5, 5, 5, NONE), NONE, Some(true)), Turn::Cut(Cut::NoWay)),
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
            // The vendor lowers the size silently: 2,500 records in pages of 1,000.
            (page((0, 1_000), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(1)),
            (page((1, 1_000), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(2)),
            (page((2, 500), (5_000, NONE, NONE, NONE), 2_500, None), Turn::Next(3)),
            (page((3, 0), (5_000, NONE, NONE, NONE), 2_500, None), Turn::End),
            (
                page((1, 0), (10, NONE, NONE, NONE), 25, None),
                Turn::Cut(Cut::Missing { total: 25, received: 10 }),
            ),
            (page((0, 0), (NONE, 10, NONE, 10), 25, None), Turn::Next(1)),
            (page((0, 9), (NONE, 10, NONE, NONE), NONE, None), Turn::End),
            (page((0, 9), (NONE, NONE, NONE, NONE), NONE, None), Turn::Next(1)),
            (page((0, 0), (NONE, 10, NONE, NONE), NONE, Some(true)), Turn::Cut(Cut::NoWay)),
            (page((0, 0), (NONE, 10, NONE, NONE), NONE, Some(false)), Turn::End),
        ] {
            assert_eq!(page.page(), expected, "{page:?}");
        }
    }
}
