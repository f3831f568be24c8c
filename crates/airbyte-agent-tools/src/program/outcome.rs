//! What the calls of a program have done, as far as its answer has to tell it: changes, lists that go on, and remarks
//! that the program itself may not have looked at.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value;
use crate::batch::{BatchResult, shown};
use crate::output::ToolOutput;
use crate::plan::Plan;

/// The most remarks of results that are passed on.
const MOST_NOTES: usize = 6;

/// The most places that are named in a sentence.
const MOST_NAMED: usize = 6;

/// What the calls of a program have done.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    calls: usize,
    /// The lists that go on and were not read on, by their cursors.
    unread: BTreeMap<String, String>,
    /// The changes that were made, with their number.
    made: BTreeMap<String, usize>,
    /// The changes of which it is not known whether they were made.
    unknown: BTreeMap<String, usize>,
    /// The remarks of results, each of them once.
    notes: Vec<String>,
    /// How many remarks there were beyond these.
    more_notes: usize,
    has_long_integers: bool,
}

/// The account and the operation of a call, in a sentence.
pub(super) fn place(plan: &Plan<'_>) -> Option<String> {
    let target = plan.target()?;
    Some(format!("{} {}", target.account, target.operation.place()))
}

/// The same of a call that changes data, `None` for any other.
pub(super) fn change(plan: &Plan<'_>) -> Option<String> {
    place(plan).filter(|_| plan.effect().is_change())
}

impl Outcomes {
    /// Counts a call with these arguments, and gives its position; `None` where there were `most` already.
    pub(super) fn begin(&mut self, most: usize, given: &Value) -> Option<usize> {
        let position = (self.calls < most).then_some(self.calls)?;
        self.calls += 1;
        // Parameters may have another name or stand in `params`: the text of a cursor is enough to know it.
        let cursors = [&given["cursor"], &given["params"]["cursor"], &given["page_cursor"]];
        for cursor in cursors.into_iter().filter_map(Value::as_str) {
            self.unread.remove(cursor);
        }
        Some(position)
    }

    /// Notes a change that is about to be made. Until its end it is not known whether it was.
    pub(super) fn begin_change(&mut self, change: &str) {
        *self.unknown.entry(change.to_owned()).or_default() += 1;
    }

    /// Notes how a change ended.
    pub(super) fn end_change(&mut self, change: &str, result: &BatchResult<'_>) {
        if result.is_unknown() {
            return;
        }
        if let Some(count) = self.unknown.get_mut(change) {
            *count -= 1;
        }
        self.unknown.retain(|_, count| *count > 0);
        if matches!(result.outcome(), Some(Ok(_))) {
            *self.made.entry(change.to_owned()).or_default() += 1;
        }
    }

    /// Takes a result, and gives it as a program can hold it.
    pub(super) fn take(&mut self, place: Option<&str>, output: &ToolOutput) -> Value {
        let (mut result, _) = shown(output);
        self.has_long_integers |= value::exact(&mut result);
        let place = place.unwrap_or("a result");
        // A search in the store has its cursor in the metadata.
        for cursor in [&result["next_cursor"], &result["meta"]["next_cursor"]] {
            if let Some(cursor) = cursor.as_str() {
                self.unread.insert(cursor.to_owned(), place.to_owned());
            }
        }
        let notes = result["notes"].as_array().into_iter().flatten();
        for note in notes.filter_map(Value::as_str) {
            let note = format!("{place}: {note}");
            if self.notes.contains(&note) {
                continue;
            }
            if self.notes.len() < MOST_NOTES {
                self.notes.push(note);
            } else {
                self.more_notes += 1;
            }
        }
        result
    }

    /// What was changed, and what may have been; empty where nothing was.
    pub(super) fn changes(&self) -> String {
        let mut text = String::new();
        if !self.made.is_empty() {
            text.push_str(&format!("It changed data: {}.", counted(&self.made)));
        }
        if !self.unknown.is_empty() {
            let space = if text.is_empty() { "" } else { " " };
            text.push_str(&format!(
                "{space}It is not known whether it changed data by {}: look before it is done again.",
                counted(&self.unknown)
            ));
        }
        text
    }

    /// What has to be told beside the answer.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(Some(self.changes()).filter(|text| !text.is_empty()));
        if !self.unread.is_empty() {
            let mut lists: BTreeMap<String, usize> = BTreeMap::new();
            for place in self.unread.values() {
                *lists.entry(place.clone()).or_default() += 1;
            }
            all.push(format!("Not read to the end (next_cursor): {}.", counted(&lists)));
        }
        if self.has_long_integers {
            all.push("Integers beyond 2^53 are texts in a program.".to_owned());
        }
        all.extend(self.notes.iter().cloned());
        if self.more_notes > 0 {
            all.push(format!("Results had {} notes more.", self.more_notes));
        }
        all
    }
}

/// Names with how often each occurs.
fn counted(counts: &BTreeMap<String, usize>) -> String {
    let mut named: Vec<String> = counts
        .iter()
        .take(MOST_NAMED)
        .map(
            |(name, count)| {
                if *count == 1 { name.clone() } else { format!("{name} ({count} times)") }
            },
        )
        .collect();
    if counts.len() > MOST_NAMED {
        named.push(format!("{} more", counts.len() - MOST_NAMED));
    }
    named.join(", ")
}
