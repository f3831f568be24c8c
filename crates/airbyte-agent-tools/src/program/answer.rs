//! The answer of a program, within the limits of one result.

use serde_json::{Map, Value, json};

use super::outcome::Outcomes;
use super::runner::ProgramEnd;
use crate::error::{Retry, ToolError, ToolErrorKind};
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::result::clean;
use crate::result::size::Size;
use crate::result::untrusted::quoted;
use crate::toolset::Toolset;

/// The most characters of what a failed program printed that its error shows.
const PRINTED_IN_ERROR: usize = 400;

/// The answer of a program that ended so.
pub(super) fn answer(
    tools: &Toolset,
    mut end: ProgramEnd,
    outcomes: &Outcomes,
) -> Result<ToolOutput, ToolError> {
    if end.failure.is_some() {
        return Err(failure(&end, outcomes));
    }
    clean::value(&mut end.value);
    tools.clean_value(&mut end.value);
    let mut printed = json!(end.printed);
    clean::value(&mut printed);
    tools.clean_value(&mut printed);
    let printed = printed.as_str().unwrap_or_default().trim_end().to_owned();
    let limits = tools.result_limits();
    let parts =
        Parts { value: end.value, printed, left_out: end.left_out, notes: outcomes.notes() };
    let whole = parts.whole();
    if fits(&whole, &limits) {
        return Ok(whole);
    }
    parts.cut(&limits).ok_or_else(|| too_long(&limits, outcomes))
}

/// The error of a program that failed.
pub(super) fn failure(end: &ProgramEnd, outcomes: &Outcomes) -> ToolError {
    let what = end.failure.as_deref().unwrap_or_default();
    let place = end.line.map_or_else(String::new, |line| format!(" on line {line}"));
    let mut message = format!("the program failed{place}: {}", quoted(what.trim_end()));
    let mut printed: String = end.printed.trim_end().chars().take(PRINTED_IN_ERROR).collect();
    if printed.len() < end.printed.trim_end().len() {
        printed.push('…');
    }
    if !printed.is_empty() {
        message.push_str(&format!(", after it had printed {}", quoted(&printed)));
    }
    ToolError::new(ToolErrorKind::ProgramFailed, message, Retry::Changed)
        .with_advice(outcomes.changes())
}

fn too_long(limits: &ResultLimits, outcomes: &Outcomes) -> ToolError {
    let message = format!(
        "what the program returns is longer than {} tokens and {} bytes, the limits of a result",
        limits.max_tokens, limits.max_bytes
    );
    let advice = format!("{} Return less: counts, sums, few fields.", outcomes.changes());
    ToolError::new(ToolErrorKind::TooLarge, message, Retry::Changed)
        .with_advice(advice.trim_start())
}

/// The parts of an answer.
struct Parts {
    value: Value,
    printed: String,
    /// How many characters were printed beyond that.
    left_out: u64,
    notes: Vec<String>,
}

impl Parts {
    fn whole(&self) -> ToolOutput {
        self.output(self.value.clone(), &self.printed, self.left_out, None)
    }

    fn output(
        &self,
        value: Value,
        printed: &str,
        left_out: u64,
        cut: Option<String>,
    ) -> ToolOutput {
        let mut members = Map::new();
        let mut notes = self.notes.clone();
        if value.is_null() && printed.is_empty() && left_out == 0 {
            notes.push("The program returned nothing: end it with return.".to_owned());
        }
        members.insert("data".to_owned(), value);
        if !printed.is_empty() {
            members.insert("meta".to_owned(), json!({"printed": printed}));
        }
        if left_out > 0 {
            notes.push(format!("It printed {left_out} characters more. Print less."));
        }
        notes.extend(cut);
        if !notes.is_empty() {
            members.insert("notes".to_owned(), json!(notes));
        }
        let structured = Value::Object(members);
        ToolOutput { text: structured.to_string(), structured, ..ToolOutput::default() }
    }

    /// The answer with as much as fits: of what was printed at most a third, and of a list or a text its beginning.
    /// `None` where what was returned cannot be cut.
    fn cut(&self, limits: &ResultLimits) -> Option<ToolOutput> {
        let third = limits.tokens(limits.max_tokens / 3).bytes(limits.max_bytes / 3);
        let characters: Vec<char> = self.printed.chars().collect();
        let start = |length: usize| characters.iter().take(length).collect::<String>();
        let length = longest(characters.len(), |length| Size::of(&start(length)).fits(&third));
        let printed = start(length);
        let left_out = self.left_out + (characters.len() - length) as u64;
        let output =
            |value: Value, cut: Option<String>| self.output(value, &printed, left_out, cut);
        let fitting = |output: ToolOutput| fits(&output, limits).then_some(output);
        if let Some(whole) = fitting(output(self.value.clone(), None)) {
            return Some(whole);
        }
        match &self.value {
            Value::Array(items) => {
                let with = |count: usize| {
                    let all = items.len();
                    let note =
                        format!("The list is cut: {count} of its {all} elements. Return less.");
                    output(items.iter().take(count).cloned().collect(), Some(note))
                };
                let count = longest(items.len(), |count| fits(&with(count), limits));
                fitting(with(count)).filter(|_| count > 0)
            }
            Value::String(text) => {
                let characters: Vec<char> = text.chars().collect();
                let with = |count: usize| {
                    let all = characters.len();
                    let note =
                        format!("The text is cut: {count} of its {all} characters. Return less.");
                    output(characters.iter().take(count).collect::<String>().into(), Some(note))
                };
                let count = longest(characters.len(), |count| fits(&with(count), limits));
                fitting(with(count)).filter(|_| count > 0)
            }
            _ => None,
        }
    }
}

/// The largest number up to `most` that fits; 0 where none does. Whatever is smaller than one that fits fits, too.
fn longest(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut good, mut bad) = (0, most + 1);
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        if fits(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

fn fits(output: &ToolOutput, limits: &ResultLimits) -> bool {
    Size::of(&output.text).fits(limits)
}
