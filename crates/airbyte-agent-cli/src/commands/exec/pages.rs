//! `exec --all`: follows the pages of a list, up to a number of records.
//!
//! If the list ends early, by a failure or by Ctrl-C, the records that have arrived are printed as a
//! complete document, together with the cursor that continues after them.

use std::collections::HashSet;

use airbyte_agent_core::{Call, Error, Outcome};
use serde_json::{Map, Value, json};

use super::{RecordContext, context_store, print_next_hint};
use crate::args::exec::ExecArgs;
use crate::args::format::Format;
use crate::failure::Stop;
use crate::notes;
use crate::output::{self, ResultDocument};
use crate::progress::RecordProgress;
use crate::signals::Interrupt;
use crate::terminal;

/// Why no further page is requested.
enum Ending {
    /// The last page, or the requested number of records, has been reached.
    Complete,
    /// The user pressed Ctrl-C.
    Interrupted,
    /// A page could not be read.
    Failed(Error),
}

/// What has been read of the list so far.
struct ListProgress<'a> {
    args: &'a ExecArgs,
    context: &'a RecordContext<'a>,
    /// JSON lines are printed page by page; the other formats need all records.
    streams: bool,
    bar: Option<RecordProgress>,
    /// The records, unless they have been printed already.
    records: Vec<Value>,
    count: usize,
    meta: Value,
    /// What the vendor reported beside the records of all pages.
    errors: Vec<Value>,
    total: Option<u64>,
    /// The cursor that continues after the last record.
    next: Option<String>,
    /// The selected fields that occurred in a record.
    seen: HashSet<String>,
}

/// Follows the pages and prints their records.
pub(super) async fn follow_pages(
    args: &ExecArgs,
    call: Call,
    context: &RecordContext<'_>,
) -> Result<(), Stop> {
    let format = output::format_or_default(args.output);
    let streams = format == Format::Jsonl;
    let mut interrupt = Interrupt::new()?;
    // A bar between records that are printed to the same terminal would garble both.
    let shows_bar = !streams || !terminal::stdout_is_terminal();
    let mut progress = ListProgress {
        args,
        context,
        streams,
        bar: shows_bar.then(|| RecordProgress::new(args.max)),
        records: Vec::new(),
        count: 0,
        meta: Value::Null,
        errors: Vec::new(),
        total: None,
        next: args.resume.clone(),
        seen: HashSet::new(),
    };
    let mut pages = call.outcomes();
    if let Some(max) = args.max {
        pages = pages.max(usize::try_from(max).unwrap_or(usize::MAX));
    }
    let ending = loop {
        match interrupt.race(pages.try_next()).await {
            None => break Ending::Interrupted,
            Some(Err(error)) => break Ending::Failed(error),
            Some(Ok(None)) => break Ending::Complete,
            Some(Ok(Some(page))) => progress.add_page(page)?,
        }
    };
    progress.finish(format, ending)
}

impl ListProgress<'_> {
    fn add_page(&mut self, page: Outcome) -> Result<(), Stop> {
        let data = match page.data {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        // Nobody can go on by a cursor that leads nowhere; the reason follows as an error.
        let next = page.next.filter(|cursor| cursor.dead_end().is_none());
        self.next = next.map(|cursor| cursor.to_string());
        self.count += data.len();
        self.meta = page.meta;
        self.total = page.total.or(self.total);
        self.errors.extend(page.errors);
        if let Some(bar) = &mut self.bar {
            if let Some(total) = self.total.or_else(|| total_count(&self.meta)) {
                bar.set_total(self.args.max.map_or(total, |max| max.min(total)));
            }
            bar.add_page(data.len());
        }
        let mut data = Value::Array(data);
        self.context.redactor.clean_value(&mut data);
        self.context.collect_selected_fields(&data, &mut self.seen);
        if self.streams {
            output::print_json_lines(&data)?;
        } else if let Value::Array(data) = data {
            self.records.extend(data);
        }
        Ok(())
    }

    /// Prints what has not been printed yet, and reports how the list ended.
    fn finish(mut self, format: Format, ending: Ending) -> Result<(), Stop> {
        if let Some(bar) = self.bar.take() {
            bar.finish();
        }
        context_store::print_freshness(format, &self.meta);
        // A cursor that was refused leads nowhere.
        let is_dead = matches!(&ending, Ending::Failed(error) if error.refuses_call());
        let (count, next) = (self.count, self.next.filter(|_| !is_dead));
        let is_complete = matches!(ending, Ending::Complete);
        let errors = self.context.cleaned(&self.errors);
        if !self.streams && (is_complete || count > 0) {
            if !self.errors.is_empty() {
                let meta = std::mem::take(&mut self.meta);
                let mut members =
                    if let Value::Object(members) = meta { members } else { Map::new() };
                members.insert("errors".to_owned(), errors.clone().into());
                self.meta = Value::Object(members);
            }
            self.context.redactor.clean_value(&mut self.meta);
            // An incomplete document always contains the cursor.
            let next = (self.args.cursor || !is_complete).then(|| json!(next));
            let data = Value::Array(self.records);
            let (meta, total, errors) = (self.meta, self.total, errors.clone());
            let document = ResultDocument { data, meta, next, total, errors };
            output::print_records(format, &document, &self.context.hints())?;
        }
        RecordContext::warn_about_errors(&errors);
        // Whoever read from the beginning to the end should have all that the vendor has counted.
        let is_whole = is_complete && next.is_none() && self.args.resume.is_none();
        match self.total.filter(|total| is_whole && *total > count as u64) {
            Some(total) => notes::print_warnings([format!(
                "the vendor says that the list has {total} records, but only {count} came: some may be \
                 missing, or the vendor counts records that it does not show"
            )]),
            None => RecordContext::note_total(format, self.total, count),
        }
        match ending {
            Ending::Complete => {
                self.context.warn_about_missing_fields(count, &self.seen);
                print_next_hint(next.as_deref());
                Ok(())
            }
            Ending::Interrupted => {
                let message = match count {
                    0 => "interrupted before the first page".to_owned(),
                    1 => "interrupted after 1 record".to_owned(),
                    count => format!("interrupted after {count} records"),
                };
                Err(Stop::interrupted(message, next))
            }
            Ending::Failed(error) if count > 0 => Err(Stop::resumable(error, next)),
            Ending::Failed(error) => Err(error.into()),
        }
    }
}

/// The number of all records, if the metadata contains it.
fn total_count(meta: &Value) -> Option<u64> {
    let is_total = |name: &str| {
        let name: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        let name = name.to_ascii_lowercase();
        ["total", "totalcount", "totalrecords", "totalsize", "totalresults", "totalitems"]
            .contains(&name.as_str())
    };
    let members = meta.as_object()?;
    let total = members.iter().find(|(name, value)| is_total(name) && value.is_u64());
    total.and_then(|(_, value)| value.as_u64()).filter(|total| *total > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_recognized_by_their_names() {
        for (meta, expected) in [
            (json!({"total_count": 5, "next": "x"}), Some(5)),
            (json!({"totalRecords": 7}), Some(7)),
            (json!({"total": 0}), None),
            (json!({"total": "many", "count": 3}), None),
            (Value::Null, None),
        ] {
            assert_eq!(total_count(&meta), expected, "{meta}");
        }
    }
}
