//! Lists by offset out of whose pages the vendor leaves records, where nobody says how many it has counted: their
//! pages may overlap, so that none of their records is passed over.

use super::counted::{Counted, Overlap, Size};
use super::next::Paginator;

impl Paginator<'_> {
    /// How the next page of a list, out of whose pages the vendor leaves records, overlaps with this one. `None`
    /// where it does not.
    pub(super) fn overlap(&self, counted: &Counted, repeats: bool) -> Option<Overlap> {
        let (step, expected) = (counted.step(), counted.size.least.and(counted.size.expected())?);
        let last = self.spelling.marks().last().copied().filter(|_| step < expected)?;
        // The same records come again until the offset has passed those that were left out before them.
        let same = if repeats { self.at.same.unwrap_or_default().saturating_add(step) } else { 0 };
        Some(Overlap { last, same, moves: same <= expected })
    }

    /// How many records the vendor has counted at least for this page, out of which it may have left some: a
    /// size that was asked for may have been lowered, but not below the one that it serves unasked.
    pub(super) fn least(&self, size: Size) -> u64 {
        let records = self.records as u64;
        match (size.expected(), size.default) {
            (Some(expected), Some(default)) => expected.min(default),
            (Some(expected), None) if records == 0 => expected,
            _ => records,
        }
    }
}
