//! Lists by offset, of vendors that leave records out of pages and do not say how many they have
//! counted: the pages of such a list may overlap, so that no record is skipped.

use super::counted::{Counted, Overlap, Size};
use super::next::Paginator;

impl Paginator<'_> {
    /// How the next page of a list overlaps with this one, if the vendor leaves records out of
    /// pages. `None` where the pages do not overlap.
    pub(super) fn overlap(&self, counted: &Counted, repeats: bool) -> Option<Overlap> {
        let (step, expected) = (counted.step(), counted.size.least.and(counted.size.expected())?);
        let last = self.spelling.marks().last().copied().filter(|_| step < expected)?;
        // These records come again until the offset has passed those that were left out before
        // them.
        let same = if repeats { self.at.same.unwrap_or_default().saturating_add(step) } else { 0 };
        Some(Overlap { last, same, moves: same <= expected })
    }

    /// How many records the vendor has at least counted for this page, from which it may have left
    /// some out. The vendor may have reduced a size that was requested, but not below its default
    /// size.
    pub(super) fn least(&self, size: Size) -> u64 {
        let records = self.records as u64;
        match (size.expected(), size.default) {
            (Some(expected), Some(default)) => expected.min(default),
            (Some(expected), None) if records == 0 => expected,
            _ => records,
        }
    }
}
