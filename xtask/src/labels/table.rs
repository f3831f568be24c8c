//! Counts how often inference was right, for each kind of label.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The outcome of comparing a decision with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The decision is equal to the label.
    Exact,
    /// Nothing was decided although the label states something.
    Abstained,
    /// The decision differs from the label.
    Wrong,
}

impl Outcome {
    /// The outcome of a decision that is right or wrong.
    pub(crate) fn of(is_right: bool) -> Self {
        if is_right { Self::Exact } else { Self::Wrong }
    }
}

/// The counts of one kind of label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many were exactly right.
    pub exact: usize,
    /// How many decisions were wrong.
    pub wrong: usize,
    /// How many were not decided.
    pub abstained: usize,
}

/// The counts of all kinds of labels.
#[derive(Debug, Default)]
pub struct Table {
    /// How many documents could not be read.
    pub unread: usize,
    /// The counts by kind.
    pub counts: BTreeMap<String, Counts>,
    /// The cases that were not exactly right, one line for each.
    pub details: Vec<String>,
}

impl Table {
    /// Counts one outcome. An empty detail is not listed.
    pub(crate) fn count(&mut self, kind: &str, outcome: Outcome, detail: &str) {
        let counts = self.counts.entry(kind.to_owned()).or_default();
        match outcome {
            Outcome::Exact => counts.exact += 1,
            Outcome::Wrong => counts.wrong += 1,
            Outcome::Abstained => counts.abstained += 1,
        }
        if outcome != Outcome::Exact && !detail.is_empty() {
            self.details.push(format!("{outcome:?}: [{kind}] {detail}"));
        }
    }

    /// The table as text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{:<50} {:>6} {:>7} {:>8} {:>11}\n",
            "kind of label", "count", "exact", "wrong", "abstained"
        );
        for (kind, counts) in &self.counts {
            let all = counts.exact + counts.wrong + counts.abstained;
            let share = |count: usize| {
                let tenths = (count * 2000 / all.max(1)).div_ceil(2);
                format!("{}.{}%", tenths / 10, tenths % 10)
            };
            let (exact, wrong, abstained) =
                (share(counts.exact), share(counts.wrong), share(counts.abstained));
            // Writing to a text does not fail.
            let _ = writeln!(text, "{kind:<50} {all:>6} {exact:>7} {wrong:>8} {abstained:>11}");
        }
        let _ = writeln!(text, "{} documents could not be read", self.unread);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_one_kind_and_what_is_not_right_is_listed() {
        let mut table = Table::default();
        for outcome in [Outcome::Exact, Outcome::Exact, Outcome::Exact, Outcome::Wrong] {
            table.count("a", outcome, "x");
        }
        table.count("b", Outcome::Abstained, "");
        let text = table.text();
        assert!(text.contains("75.0%    25.0%        0.0%"), "{text}");
        assert_eq!(table.details, ["Wrong: [a] x"]);
    }
}
