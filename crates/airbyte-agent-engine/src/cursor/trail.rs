//! Notices that a list goes in circles, whatever the number of its pages. The cursors contain one
//! earlier place of the list, so a caller that keeps only the last cursor, as models do, notices
//! the circle as well as a stream does.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NextPage, START, hash};

/// An earlier place of the list. While the list continues, this place is replaced by the present
/// one whenever twice as many pages have come as at the last replacement (the algorithm of Brent):
/// in a circle of any length it eventually stays unchanged for a whole round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trail {
    /// A hash of what led to the place.
    #[serde(rename = "w")]
    place_hash: u32,
    /// A hash of the records of its page and of the page before.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    /// How many pages have come since that place.
    #[serde(rename = "n")]
    steps: u32,
    /// The number of pages after which the place is replaced.
    #[serde(rename = "m")]
    most: u32,
    /// How many rounds of one length have come so far, recognised by their records, and this
    /// length.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    rounds: Option<(u8, u32)>,
}

/// How many rounds have to come before a list whose records have no identifiers is taken to go in
/// circles: rows of a report may be equal by chance.
const ROUNDS: u8 = 4;

impl Trail {
    /// The trail behind a page. `at` led to the page, and `records` is a hash of its records. There
    /// is no trail behind the first page, because no address or argument led there.
    pub(crate) fn behind(at: &NextPage, records: Option<u32>) -> Option<Self> {
        if at.set.is_empty() && at.follow.is_none() {
            return None;
        }
        let checkpoint = |most, rounds| Self {
            place_hash: short(at.place_hash()),
            pages: pages(at, records),
            steps: 1,
            most,
            rounds,
        };
        let Some(trail) = at.trail else { return Some(checkpoint(1, None)) };
        if let Some(rounds) = trail.rounds_by(at, records) {
            return Some(checkpoint(trail.most.max(trail.steps.saturating_mul(2)), Some(rounds)));
        }
        // A length that differs from that of the earlier rounds shows that those were equal by
        // chance.
        let rounds = trail.rounds.filter(|(_, length)| trail.steps < *length);
        Some(if trail.steps >= trail.most {
            checkpoint(trail.most.saturating_mul(2), rounds)
        } else {
            Self { steps: trail.steps + 1, rounds, ..trail }
        })
    }

    /// Whether `next` leads to the place where the trail begins.
    pub(crate) fn is_met_by(&self, next: &NextPage) -> bool {
        self.place_hash == short(next.place_hash())
    }

    /// Whether the page to which `at` led, and the page before it, have the records of the two
    /// pages where the trail begins. If the records have no identifiers, this has to happen several
    /// times.
    pub(crate) fn is_repeated_by(
        &self,
        at: &NextPage,
        records: Option<u32>,
        is_identified: impl FnOnce() -> bool,
    ) -> bool {
        let rounds = self.rounds_by(at, records);
        rounds.is_some_and(|(times, _)| times >= ROUNDS || is_identified())
    }

    /// The number of rounds and their length, counting one that ends at the page to which `at` led,
    /// if one does.
    fn rounds_by(&self, at: &NextPage, records: Option<u32>) -> Option<(u8, u32)> {
        let is_same = self.pages.is_some() && self.pages == pages(at, records);
        is_same.then(|| match self.rounds {
            Some((times, length)) if length == self.steps => (times.saturating_add(1), length),
            _ => (1, self.steps),
        })
    }
}

/// A hash of the records of the page to which `at` led, and of the page before.
fn pages(at: &NextPage, records: Option<u32>) -> Option<u32> {
    Some(hash(at.before?, &records?.to_be_bytes()))
}

#[allow(clippy::cast_possible_truncation, reason = "a hash is as good as its parts")]
fn short(place_hash: u64) -> u32 {
    (place_hash ^ (place_hash >> 32)) as u32
}

impl NextPage {
    /// A hash of what leads to the page: its arguments and its address.
    pub(crate) fn place_hash(&self) -> u64 {
        let low = place_hash(START, &self.set, self.follow.as_deref());
        let high = place_hash(!START, &self.set, self.follow.as_deref());
        (u64::from(high) << 32) | u64::from(low)
    }
}

fn place_hash(start: u32, set: &Map<String, Value>, follow: Option<&str>) -> u32 {
    let mut sum = start;
    let mut add = |text: &str| {
        sum = hash(sum, &(text.len() as u64).to_be_bytes());
        sum = hash(sum, text.as_bytes());
    };
    for (name, value) in set {
        add(name);
        add(&value.to_string());
    }
    add(follow.unwrap_or_default());
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The number of the page behind which the circle is noticed, for a list whose next pages and
    /// records are given by functions.
    fn noticed(
        place_hash: impl Fn(u32) -> u32,
        records: impl Fn(u32) -> u32,
        is_identified: bool,
    ) -> Option<u32> {
        let mut at = NextPage::default();
        for page in 1..3_000 {
            let token = Map::from_iter([("token".to_owned(), json!(place_hash(page)))]);
            let mut next = NextPage::with(token);
            let now = Some(records(page));
            let is_noticed = |trail: Trail| {
                trail.is_met_by(&next) || trail.is_repeated_by(&at, now, || is_identified)
            };
            if at.trail.is_some_and(is_noticed) {
                return Some(page);
            }
            next.before = now;
            next.trail = Trail::behind(&at, now);
            at = next;
        }
        None
    }

    #[test]
    fn circles_of_any_length_are_noticed() {
        for period in [1, 2, 3, 7, 50, 200] {
            // Tokens come again beside new records, and records beside new tokens.
            let by_token = noticed(|page| page % period, |page| page, false);
            let by_records = noticed(|page| page, |page| page % period, true);
            let by_rows = noticed(|page| page, |page| page % period, false);
            for (found, rounds) in [(by_token, 4), (by_records, 4), (by_rows, 8)] {
                let most = rounds * period + 6;
                assert!(found.is_some_and(|page| page <= most), "{period}: {found:?}");
            }
        }
        // A list whose first pages lead into a circle.
        assert!(noticed(|page| page.min(100 + page % 3), |page| page, false).is_some());
    }

    #[test]
    fn lists_with_an_end_are_no_circles() {
        assert_eq!(noticed(|page| page, |page| page, true), None);
        // Single pages that are equal show nothing.
        assert_eq!(noticed(|page| page, |page| if page % 5 == 0 { 0 } else { page }, true), None);
        // Neither do rows of few values in a random order.
        let row = |page: u32| (page.wrapping_mul(2_654_435_761) >> 7) ^ ((page * page) >> 3);
        for values in [5, 20, 50] {
            assert_eq!(noticed(|page| page, |page| row(page) % values, false), None, "{values}");
        }
    }
}
