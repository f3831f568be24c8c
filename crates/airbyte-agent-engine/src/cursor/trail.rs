//! Notices that a list goes in circles, whatever the number of its pages, by one place that the cursors carry with them:
//! whoever holds nothing but the last cursor, as models do, learns it as well as a stream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NextPage, START, hash};

/// A place of the list further back. As the list goes on, it moves on to the present place whenever twice as many pages
/// have come as the last time (the algorithm of Brent): in a circle of any length it stands still for a whole round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trail {
    /// What led to the place.
    #[serde(rename = "w")]
    way: u32,
    /// The records of its page and of the page before.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    /// How many pages have come since.
    #[serde(rename = "n")]
    steps: u32,
    /// At how many pages the place moves on.
    #[serde(rename = "m")]
    most: u32,
}

impl Trail {
    /// The trail behind a page. `at` led to the page, and `records` is a hash of its records; there is none behind the
    /// first page, to which nothing leads.
    pub(crate) fn behind(at: &NextPage, records: Option<u32>) -> Option<Self> {
        if at.set.is_empty() && at.follow.is_none() {
            return None;
        }
        let here = |most| Self { way: short(at.way()), pages: pages(at, records), steps: 1, most };
        Some(match at.trail {
            None => here(1),
            Some(trail) if trail.steps >= trail.most => here(trail.most.saturating_mul(2)),
            Some(trail) => Self { steps: trail.steps + 1, ..trail },
        })
    }

    /// Whether `next` leads to the place where the trail begins.
    pub(crate) fn is_met_by(&self, next: &NextPage) -> bool {
        self.way == short(next.way())
    }

    /// Whether the page to which `at` led, and the page before, have the records of the two pages where the trail
    /// begins. One page may have the records of another by chance, if they say little.
    pub(crate) fn is_repeated_by(&self, at: &NextPage, records: Option<u32>) -> bool {
        self.pages.is_some() && self.pages == pages(at, records)
    }
}

/// A hash of the records of the page to which `at` led, and of the page before.
fn pages(at: &NextPage, records: Option<u32>) -> Option<u32> {
    Some(hash(at.before?, &records?.to_be_bytes()))
}

#[allow(clippy::cast_possible_truncation, reason = "a hash is as good as its parts")]
fn short(way: u64) -> u32 {
    (way ^ (way >> 32)) as u32
}

impl NextPage {
    /// A hash of what leads to the page: its arguments and its address.
    pub(crate) fn way(&self) -> u64 {
        let low = way(START, &self.set, self.follow.as_deref());
        let high = way(!START, &self.set, self.follow.as_deref());
        (u64::from(high) << 32) | u64::from(low)
    }
}

fn way(start: u32, set: &Map<String, Value>, follow: Option<&str>) -> u32 {
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

    /// The number of the page behind which the circle is noticed, of a list whose ways on and records are these.
    fn noticed(way: impl Fn(u32) -> u32, records: impl Fn(u32) -> u32) -> Option<u32> {
        let mut at = NextPage::default();
        for page in 1..2_000 {
            let token = Map::from_iter([("token".to_owned(), json!(way(page)))]);
            let mut next = NextPage::with(token);
            let now = Some(records(page));
            if at.trail.is_some_and(|t| t.is_met_by(&next) || t.is_repeated_by(&at, now)) {
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
            let by_token = noticed(|page| page % period, |page| page);
            let by_records = noticed(|page| page, |page| page % period);
            let most = 4 * period + 4;
            assert!(by_token.is_some_and(|page| page <= most), "{period}: {by_token:?}");
            assert!(by_records.is_some_and(|page| page <= most), "{period}: {by_records:?}");
        }
        // Behind a long way that leads into a circle.
        assert!(noticed(|page| page.min(100 + page % 3), |page| page).is_some());
    }

    #[test]
    fn lists_with_an_end_are_none() {
        assert_eq!(noticed(|page| page, |page| page), None);
        // Single pages that are the same show nothing.
        assert_eq!(noticed(|page| page, |page| if page % 5 == 0 { 0 } else { page }), None);
    }
}
