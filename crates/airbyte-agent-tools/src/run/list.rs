//! Lists: whole records, as many as fit, and a cursor that goes on exactly behind them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{envelope, explain, resume};
use crate::error::ToolError;
use crate::expose::Request;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::progress::{Progress, Report};
use crate::result::notes::Notes;
use crate::result::render::{Written, fits};
use crate::result::shape::{Usual, Wish};
use crate::result::{fields, tokens};
use airbyte_agent_description::Operation;
use airbyte_agent_engine::cursor::{Cursor, Seal};
use airbyte_agent_engine::{Error, ErrorKind};

/// Most pages of one call, whatever is asked for.
const PAGES: usize = 100;

/// A page that was read.
struct Page {
    /// Where it was read from, `None` for the first.
    at: Option<Cursor>,
    /// Where the list continues behind it.
    next: Option<Cursor>,
}

/// A record and where it stands.
struct Entry {
    shaped: Value,
    page: usize,
    /// Records before it on its page.
    before: usize,
    mark: u32,
}

/// Reads a list.
pub(super) async fn run(
    mut request: Request<'_>,
    limits: ResultLimits,
    progress: &dyn Progress,
) -> Result<ToolOutput, ToolError> {
    let operation = request.permitted.operation();
    let controls = request.controls.clone();
    let wanted = controls.max_records;
    let client = &request.permitted.account().client;
    let seal = client.seal(operation, &request.arguments)?;
    let mut start = match &controls.cursor {
        Some(text) => resume::start(operation, &seal, text, &mut request.arguments)?,
        None => resume::Start::default(),
    };
    resume::size(operation, wanted, &mut request.arguments);
    let schema = operation.response.schema.as_ref().map(airbyte_agent_description::Json::value);
    let usual = Usual::Telling(limits.list_fields);
    let wish = Wish::new(&controls.fields, &controls.exclude, usual, limits.list_text);
    let most = wanted.map_or(usize::MAX, |wanted| usize::try_from(wanted).unwrap_or(usize::MAX));
    let mut notes = Notes::default();
    let mut pages: Vec<Page> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut plan = None;
    let mut meta = Value::Null;
    let mut member: Option<String> = None;
    let mut seen: HashSet<Cursor> = HashSet::new();
    let (mut bytes, mut spent) = (0, 0);
    let mut at = start.page.take();
    let mut report = Report::default();
    loop {
        let outcome = page(&request, at.as_ref()).await?;
        let opened = envelope::open(outcome.data, member.as_deref());
        let mut records = opened.records;
        if pages.is_empty() {
            meta = resume::without_paging(operation, outcome.meta, opened.counts);
        }
        member = opened.member.or(member);
        let schema = envelope::schema(schema.as_ref(), member.as_deref());
        report.pages += 1;
        report.records += records.len() as u64;
        progress.report(report);
        let marks: Vec<u32> = records.iter().map(resume::mark).collect();
        let passed = match start.behind.take() {
            Some(behind) => resume::passed(&marks, behind)?,
            None => 0,
        };
        let page = pages.len();
        wish.prepare(&mut records, &mut notes);
        let plan = plan.get_or_insert_with(|| wish.plan(&records, schema));
        for (before, (record, mark)) in records.into_iter().zip(marks).enumerate().skip(passed) {
            // What cannot be shown any more is not worth shaping; it is read again when its turn
            // comes.
            if entries.len() == most || bytes > limits.max_bytes || spent > limits.max_tokens {
                entries.push(Entry { shaped: Value::Null, page, before, mark });
                break;
            }
            let shaped = wish.shape(record, plan, &mut notes);
            let text = shaped.to_string();
            bytes += text.len();
            spent += tokens::estimate(&text);
            entries.push(Entry { shaped, page, before, mark });
        }
        let repeats = outcome.next.as_ref().is_some_and(|next| !seen.insert(next.clone()));
        if repeats || outcome.next.is_some() && outcome.next == at {
            let message =
                "the vendor gave the same cursor twice; stopped instead of going in circles";
            return Err(Error::new(ErrorKind::Vendor, message).into());
        }
        pages.push(Page { at, next: outcome.next.clone() });
        let full = bytes > limits.max_bytes || spent > limits.max_tokens;
        let goes_on = wanted.is_some() && entries.len() < most && !full && pages.len() < PAGES;
        match outcome.next {
            Some(next) if goes_on => at = Some(next),
            _ => break,
        }
    }
    if !entries.is_empty() {
        wish.note_missing(&mut notes);
    }
    let known = fields::names(operation);
    let notes = notes.sentences(&request.selector, &known);
    let list = List { request: &request, operation, seal: &seal, pages, entries, meta, notes };
    list.fit(most, &limits)
}

async fn page(
    request: &Request<'_>,
    at: Option<&Cursor>,
) -> Result<airbyte_agent_engine::Outcome, ToolError> {
    let mut call = super::call_of(request);
    if let Some(cursor) = at {
        call.resume(cursor.clone());
    }
    call.outcome().await.map_err(|error| explain::explain(error, request))
}

/// What was read of a list.
struct List<'r> {
    request: &'r Request<'r>,
    operation: &'r Operation,
    seal: &'r Seal<'r>,
    pages: Vec<Page>,
    entries: Vec<Entry>,
    meta: Value,
    notes: Vec<String>,
}

impl List<'_> {
    /// The most records that fit.
    fn fit(mut self, most: usize, limits: &ResultLimits) -> Result<ToolOutput, ToolError> {
        // A last entry that was not shaped stands for those that are not shown.
        let shaped = self.entries.iter().take_while(|entry| !entry.shaped.is_null()).count();
        let all = shaped.min(most);
        let whole = self.write(all, false)?;
        if fits(&whole.text, limits) {
            return Ok(whole);
        }
        let (mut fit, mut too_many) = (0, all);
        while too_many - fit > 1 {
            let middle = fit + (too_many - fit) / 2;
            if fits(&self.write(middle, true)?.text, limits) {
                fit = middle;
            } else {
                too_many = middle;
            }
        }
        if fit == 0 {
            let first = std::mem::take(&mut self.entries).into_iter().next();
            let first = first.map(|entry| entry.shaped).unwrap_or_default();
            return Err(explain::too_large(&first, "The first record alone", self.request, limits));
        }
        self.write(fit, true)
    }

    /// The result with the first `count` records.
    fn write(&self, count: usize, is_short: bool) -> Result<ToolOutput, ToolError> {
        let data: Vec<Value> =
            self.entries.iter().take(count).map(|entry| entry.shaped.clone()).collect();
        let next = self.next(count)?;
        let selector = &self.request.selector;
        let mut notes = self.notes.clone();
        if is_short {
            notes.insert(
                0,
                format!(
                    "{count} records fit into this result; cursor next_cursor goes on exactly \
                     behind them. Fewer {selector} or format tsv fit more."
                ),
            );
        }
        if data.is_empty() {
            notes.insert(0, "No records match.".to_owned());
        }
        Ok(Written {
            data: &Value::Array(data),
            meta: &self.meta,
            next: next.as_ref(),
            notes: &notes,
            format: self.request.controls.format,
        }
        .output())
    }

    /// Where the list goes on behind the first `count` records.
    fn next(&self, count: usize) -> Result<Option<Cursor>, ToolError> {
        let Some(due) = self.entries.get(count) else {
            return Ok(self.pages.last().and_then(|page| page.next.clone()));
        };
        let page = self.pages.get(due.page).and_then(|page| page.at.as_ref());
        if due.before == 0 {
            return Ok(page.cloned());
        }
        let last = count.checked_sub(1).and_then(|last| self.entries.get(last));
        let mark = last.map_or(0, |entry| entry.mark);
        let size = self.size();
        let size = size.as_ref().map(|(name, value)| (*name, value));
        Ok(Some(resume::inside(self.seal, page, size, (due.before, mark))?))
    }

    /// The page size that was asked for.
    fn size(&self) -> Option<(&str, Value)> {
        let name = self.operation.paging.size.as_ref()?.parameter.as_ref();
        let arguments: &Map<String, Value> = &self.request.arguments;
        Some((name, arguments.get(name)?.clone()))
    }
}
