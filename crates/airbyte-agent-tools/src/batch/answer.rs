//! The one answer to the calls of a batch, within the limits of one result.
//!
//! Results that fit together stay as they are. Otherwise those that can be written once more share what the others
//! leave: whatever is shorter than an equal share stays whole, and what it leaves belongs to the longer ones. A result
//! that cannot be shorter and is longer than an equal share is left out, and an error says so.

use serde_json::{Map, Value, json};

use super::{BatchResult, Outcome};
use crate::error::{Retry, ToolError, ToolErrorKind};
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::result::size::Size;
use crate::result::tokens;
use crate::toolset::Toolset;

/// How often the shares are made smaller before whole results are left out. The estimate of tokens is nearly that of
/// the parts together, so that once is usually enough.
const MOST_ATTEMPTS: usize = 4;

/// What is kept for the sentence about shares, in tokens and in bytes.
const FOR_NOTE: (usize, usize) = (70, 400);

/// The longest list of names in a sentence.
const MOST_NAMED: usize = 6;

/// A result in the answer.
struct Entry<'r> {
    result: BatchResult<'r>,
    /// What is shown of it.
    shown: Value,
    records: Option<usize>,
    /// Whether it is shorter than it would be by itself.
    is_shortened: bool,
}

/// The answer with these results.
pub(super) fn answer(
    tools: &Toolset,
    results: Vec<BatchResult<'_>>,
) -> Result<ToolOutput, ToolError> {
    let limits = tools.result_limits();
    let mut entries: Vec<Entry<'_>> =
        results.into_iter().map(|result| Entry::new(tools, result)).collect();
    let whole = output(&entries, &limits);
    if fits(&whole, &limits) {
        return Ok(whole);
    }
    // What stays as it is must not take the share of the others.
    let equal = limits.divided_by(entries.len());
    for entry in entries.iter_mut().filter(|entry| !entry.can_be_shorter()) {
        if !Size::of(&entry.shown.to_string()).fits(&equal) {
            entry.leave_out();
        }
    }
    let mut shared = limits;
    for _ in 0..MOST_ATTEMPTS {
        share(tools, &mut entries, &shared);
        let written = output(&entries, &limits);
        if fits(&written, &limits) {
            return Ok(written);
        }
        shared = shared.tokens(shared.max_tokens * 9 / 10).bytes(shared.max_bytes * 9 / 10);
    }
    leave_out(&mut entries, &limits)
}

/// Writes the results once more that are longer than their share.
fn share(tools: &Toolset, entries: &mut [Entry<'_>], limits: &ResultLimits) {
    let is_fixed = |entry: &&Entry<'_>| !entry.can_be_shorter();
    let fixed: Vec<&Entry<'_>> = entries.iter().filter(is_fixed).collect();
    let names: usize = entries.iter().map(|entry| entry.result.name.len() + 8).sum();
    let sizes = |measure: fn(&str) -> usize| {
        let of = |entry: &Entry<'_>| measure(&entry.shown.to_string());
        let taken: usize = fixed.iter().map(|entry| of(entry)).sum();
        let others = entries.iter().filter(|entry| entry.can_be_shorter());
        (taken + names, others.map(of).collect::<Vec<usize>>())
    };
    let level = |most: usize, note: usize, measure| {
        let (taken, sizes) = sizes(measure);
        level(most.saturating_sub(taken + note), sizes)
    };
    let most_tokens = level(limits.max_tokens, FOR_NOTE.0, tokens::estimate);
    let most_bytes = level(limits.max_bytes, FOR_NOTE.1, str::len);
    let within = limits.tokens(most_tokens).bytes(most_bytes);
    for entry in entries.iter_mut().filter(|entry| entry.can_be_shorter()) {
        if !Size::of(&entry.shown.to_string()).fits(&within) {
            entry.shorten(tools, &within);
        }
    }
}

/// The size that none of these may exceed, so that all of them together have at most `most`.
fn level(most: usize, mut sizes: Vec<usize>) -> usize {
    sizes.sort_unstable();
    let (mut left, mut count) = (most, sizes.len());
    for size in sizes {
        if size > left / count {
            return left / count;
        }
        left -= size;
        count -= 1;
    }
    most
}

/// The answer without the longest results, as many of them as it takes.
fn leave_out(entries: &mut [Entry<'_>], limits: &ResultLimits) -> Result<ToolOutput, ToolError> {
    for _ in 0..entries.len() {
        let length = |entry: &&mut Entry<'_>| entry.shown.to_string().len();
        if let Some(longest) = entries.iter_mut().max_by_key(length) {
            longest.leave_out();
        }
        let written = output(entries, limits);
        if fits(&written, limits) {
            return Ok(written);
        }
    }
    let message = "the results of so many calls are longer than a result may be";
    Err(ToolError::new(ToolErrorKind::TooLarge, message, Retry::Changed)
        .with_advice("Make fewer calls in a batch."))
}

/// The answer with the results as they are.
fn output(entries: &[Entry<'_>], limits: &ResultLimits) -> ToolOutput {
    let shown = entries.iter().map(|entry| (entry.result.name.clone(), entry.shown.clone()));
    let mut members = Map::new();
    members.insert("results".to_owned(), Value::Object(shown.collect()));
    members.extend(note(entries, limits).map(|note| ("notes".to_owned(), json!([note]))));
    let records: Vec<usize> = entries.iter().filter_map(|entry| entry.records).collect();
    let structured = Value::Object(members);
    ToolOutput {
        text: structured.to_string(),
        structured,
        records: (!records.is_empty()).then(|| records.iter().sum()),
        ..ToolOutput::default()
    }
}

/// Says which results are shorter than by themselves.
fn note(entries: &[Entry<'_>], limits: &ResultLimits) -> Option<String> {
    let names: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.is_shortened)
        .map(|entry| entry.result.name.as_str())
        .collect();
    let named = names.get(..MOST_NAMED).unwrap_or(&names).join(", ");
    let more = match names.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!names.is_empty()).then(|| {
        format!(
            "Together, results may have {} tokens and {} bytes: {named}{more} would show more alone.",
            limits.max_tokens, limits.max_bytes
        )
    })
}

fn fits(output: &ToolOutput, limits: &ResultLimits) -> bool {
    Size::of(&output.text).fits(limits)
}

impl<'r> Entry<'r> {
    fn new(tools: &Toolset, result: BatchResult<'r>) -> Self {
        let (shown, records) = match &result.outcome {
            Outcome::Written(written) => shown(written.output()),
            Outcome::Failed(error) => (failure(tools, error), None),
            Outcome::Refused(error) => (error.clone(), None),
        };
        Self { result, shown, records, is_shortened: false }
    }

    /// Whether the result can be written once more.
    fn can_be_shorter(&self) -> bool {
        let Outcome::Written(written) = &self.result.outcome else { return false };
        written.is_shortenable()
    }

    /// Shows an error in the place of the result.
    fn leave_out(&mut self) {
        self.shown = json!({
            "error": ToolErrorKind::TooLarge.as_str(),
            "message": "It does not fit beside the others. Call again for it by itself.",
            "retry": "with_other_arguments",
        });
        (self.records, self.is_shortened) = (None, false);
    }

    /// Writes the result once more, within these limits.
    fn shorten(&mut self, tools: &Toolset, limits: &ResultLimits) {
        let Outcome::Written(written) = &self.result.outcome else { return };
        match written.within(limits) {
            Some(Ok(output)) => {
                (self.shown, self.records) = shown(&output);
                self.is_shortened = true;
            }
            Some(Err(error)) => {
                (self.shown, self.records) = (failure(tools, &error), None);
                self.is_shortened = true;
            }
            None => {}
        }
    }
}

/// What is shown of a result, and its number of records. A table is the text in `data`; what is told about
/// operations is `text`.
pub(crate) fn shown(output: &ToolOutput) -> (Value, Option<usize>) {
    let shown = if output.text.starts_with('{') {
        output.structured.clone()
    } else if let Some(table) = table(output) {
        let mut shown = output.structured.clone();
        shown["data"] = table.into();
        shown
    } else {
        json!({"text": output.text.clone()})
    };
    (shown, output.records)
}

/// The table without what stands behind it, which has members of its own; `None` where the text is no table.
fn table(output: &ToolOutput) -> Option<&str> {
    output.structured.get("data")?;
    let mut behind = "\n".to_owned();
    for (name, members) in [("meta", "meta"), ("next_cursor", "next_cursor"), ("note", "notes")] {
        let values = match output.structured.get(members) {
            Some(Value::Array(notes)) => notes.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for value in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            behind.push_str(&format!("\n{name}: {value}"));
        }
    }
    output.text.strip_suffix(&behind)
}

/// What is shown of an error, without the secrets of any account.
pub(super) fn failure(tools: &Toolset, error: &ToolError) -> Value {
    let mut json = error.to_json();
    tools.clean_value(&mut json);
    json
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn what_short_results_leave_belongs_to_the_longer_ones() {
        for (most, sizes, expected) in [
            (100, vec![10, 20, 30], 100),
            (100, vec![50, 50], 100),
            (100, vec![200, 200], 50),
            (100, vec![10, 200, 200], 45),
            (100, vec![200, 10, 40, 20], 35),
            (100, vec![200, 30, 40, 20], 26),
            (0, vec![1, 2], 0),
            (100, vec![], 100),
        ] {
            let level = level(most, sizes.clone());
            assert_eq!(level, expected, "{most} {sizes:?}");
            let used: usize = sizes.iter().map(|size| *size.min(&level)).sum();
            assert!(used <= most, "{most} {sizes:?}");
        }
    }
}
