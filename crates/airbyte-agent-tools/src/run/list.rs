//! Lists: as many whole records as the limits allow, and a cursor that continues exactly behind them.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::metadata::without_paging;
use super::page_records::{PageRecords, record_schema};
use super::page_remarks::PageRemarks;
use super::page_size::{request_page_size, requested_page_size};
use super::position::{self, Start};
use super::written::Written;
use super::{RunContext, explain};
use crate::cursor_memory::new_handle;
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::list_memory::{KnownList, ListId};
use crate::output::ToolOutput;
use crate::progress::Report;
use crate::result::list_text::ListText;
use crate::result::notes::Notes;
use crate::result::render::Supplement;
use crate::result::view::{DefaultFields, View};
use airbyte_agent_engine::Outcome;
use airbyte_agent_engine::cursor::{Cursor, Seal, already_given, mark};

/// The most pages that one call reads, however many records are wanted.
const MOST_PAGES: usize = 100;

/// A page that was read.
#[derive(Clone)]
struct Page {
    /// Where it was read from, `None` for the first page.
    start: Option<Cursor>,
    /// Where the list continues behind it.
    next: Option<Cursor>,
}

/// Where a record stands in the list.
#[derive(Clone, Copy)]
struct Place {
    page: usize,
    /// The number of records before it on its page.
    before: usize,
    mark: u32,
}

/// What was read of a list.
#[derive(Clone)]
struct List<'t> {
    call: Arc<PermittedCall<'t>>,
    seal: Arc<Seal<'t>>,
    pages: Vec<Page>,
    /// The records as they are shown.
    records: Vec<Value>,
    /// Where each of the records stands.
    places: Vec<Place>,
    /// The first record that was read and is not among `records`: it is read again in its turn.
    due: Option<Place>,
    meta: Value,
    notes: Vec<String>,
    /// What is shown in the place of the cursor, if something is.
    handle: Option<String>,
    /// Whether an earlier page was explained.
    is_continued: bool,
}

/// Reads a list. `sends_default` says that the vendor was asked for the default fields only.
pub(super) async fn run<'t>(
    mut call: PermittedCall<'t>,
    context: RunContext<'_>,
    sends_default: bool,
) -> Result<Written<'t>, ToolError> {
    let operation = call.permitted.operation();
    let client = &call.permitted.account().client;
    let limits = context.limits;
    // A program that does not say how many records it wants is given as many as it may have.
    let usual = limits.whole.then(|| u64::try_from(limits.list_records).unwrap_or(u64::MAX));
    let wanted = call.controls.max_records.or(usual);
    let most =
        wanted.map_or(limits.list_records, |wanted| usize::try_from(wanted).unwrap_or(usize::MAX));
    // Who wants a number of records gets as many as the limits allow.
    let text_limits = if wanted.is_none() { limits.of_default_list() } else { limits };
    let id = ListId::of(&call);
    let known = call.controls.cursor.as_ref().and_then(|_| context.lists.get(id));
    let seal = client.seal(operation, &call.arguments)?;
    let mut start = match &call.controls.cursor {
        Some(text) => {
            let text = context.cursors.resolve(context.session, text)?;
            position::start(operation, &seal, &text, &mut call.arguments)?
        }
        None => Start::default(),
    };
    request_page_size(operation, wanted, most, &mut call.arguments);
    let controls = &call.controls;
    let default =
        if limits.whole { DefaultFields::All } else { DefaultFields::Best(limits.list_fields) };
    let view = View::new(&controls.fields, &controls.exclude, default, limits.list_text)
        .withholding(&call.permitted.withheld());
    let schema = context.schemas.get(operation);

    let mut text = ListText::new(controls.format, text_limits);
    let mut notes = Notes::default();
    let (mut pages, mut records, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let mut due = None;
    let mut shown_fields = known.as_ref().map(|known| Arc::clone(&known.fields));
    let mut meta = Value::Null;
    let mut remarks = PageRemarks::default();
    let mut member: Option<String> = None;
    let mut seen: HashSet<u64> = start.page.iter().filter_map(Cursor::place_hash).collect();
    let mut report = Report::default();
    let mut at = start.page.take();
    loop {
        let outcome = read_page(&call, &limits, at.as_ref()).await?;
        let mut found = PageRecords::find(outcome.data, member.as_deref());
        if pages.is_empty() {
            meta = without_paging(operation, outcome.meta, found.counts);
        }
        remarks.add_page(outcome.total, &outcome.errors);
        member = found.member.or(member);
        report.pages += 1;
        report.records += found.records.len() as u64;
        context.progress.report(report);
        let marks: Vec<u32> = found.records.iter().map(mark).collect();
        let given = match start.behind.take() {
            Some(behind) => already_given(&marks, behind)?,
            None => 0,
        };
        let schema = record_schema(schema.as_deref(), member.as_deref());
        view.prepare(&mut found.records, schema, &mut notes);
        let shown_fields = shown_fields.get_or_insert_with(|| {
            Arc::new(view.choose(&found.records, call.permitted.default_fields(), schema))
        });
        for (before, (record, mark)) in found.records.into_iter().zip(marks).enumerate().skip(given)
        {
            let place = Place { page: pages.len(), before, mark };
            if records.len() == most || text.is_full() {
                due = Some(place);
                break;
            }
            let record = view.show(record, shown_fields, &mut notes);
            text.add(&record);
            records.push(record);
            places.push(place);
        }
        // What was read is shown; a cursor that leads nowhere would only make a model try.
        let next = outcome.next.filter(|next| match next.dead_end() {
            Some(reason) => remarks.ends(reason),
            None if next.place_hash().is_some_and(|place_hash| !seen.insert(place_hash)) => {
                remarks.ends(explain::REPEATED.to_owned())
            }
            None => true,
        });
        pages.push(Page { start: at, next: next.clone() });
        let is_complete = due.is_some() || records.len() >= most || text.is_full();
        let reads_on = wanted.is_some() && !is_complete && pages.len() < MOST_PAGES;
        match next {
            Some(next) if reads_on => at = Some(next),
            _ => break,
        }
    }
    if !records.is_empty() {
        view.note_missing(&mut notes);
    }
    let is_continued = known.is_some();
    let mut said = known.map(|known| known.said).unwrap_or_default();
    notes.leave_out(&said);
    let record = record_schema(schema.as_deref(), member.as_deref());
    let sentences = notes.sentences(call.selector, record);
    said.merge(notes);
    let fields = shown_fields.unwrap_or_default();
    context.lists.set(id, KnownList { fields, said });
    let mut notes = sentences;
    if sends_default && !is_continued && !records.is_empty() {
        notes.push(format!("Only these fields were asked for; name others in {}.", call.selector));
    }
    notes.splice(0..0, remarks.sentences());
    remarks.write(&mut meta);
    super::name_account(&call, &mut meta);
    let (call, seal) = (Arc::new(call), Arc::new(seal));
    let handle = None;
    let list = List { call, seal, pages, records, places, due, meta, notes, handle, is_continued };
    // Each writing has a handle of its own, for the list may end elsewhere.
    let cursors = context.short_cursors.then(|| (Arc::clone(context.cursors), context.session));
    let output_of = move |mut list: List<'t>, text: ListText, limits: &ResultLimits| {
        let handle = cursors.as_ref().and_then(|_| new_handle());
        list.handle.clone_from(&handle);
        let output = list.output(text, limits)?;
        if let (Some(handle), Some((cursors, session)), Some(next)) =
            (handle, &cursors, &output.next)
        {
            cursors.keep(*session, handle, next.to_string());
        }
        Ok(output)
    };
    if !context.is_rewritten {
        return output_of(list, text, &limits).map(Written::only);
    }
    let write = move |limits: &ResultLimits, text_limits: ResultLimits| {
        let mut text = text.clone();
        text.set_limits(text_limits);
        output_of(list.clone(), text, limits)
    };
    let output = write(&limits, text_limits)?;
    Ok(Written::shortenable(output, move |limits| write(limits, text_limits.within(limits))))
}

/// Reads the page at this place, or the first one.
pub(super) async fn read_page(
    call: &PermittedCall<'_>,
    limits: &ResultLimits,
    at: Option<&Cursor>,
) -> Result<Outcome, ToolError> {
    let mut engine_call = super::engine_call(call, limits);
    if let Some(cursor) = at {
        engine_call.resume(cursor.clone());
    }
    super::outcome(call, engine_call).await
}

impl List<'_> {
    /// The result with the most records that the limits allow.
    fn output(
        mut self,
        mut text: ListText,
        limits: &ResultLimits,
    ) -> Result<ToolOutput, ToolError> {
        let all = self.records.len();
        let whole = self.supplement(all, false)?;
        if text.fits(all, &whole) {
            let text = text.finish(all, &whole);
            return Ok(whole.output(self.records.into(), text));
        }
        let (mut fitting, mut too_many) = (0, all);
        while too_many - fitting > 1 {
            let middle = fitting + (too_many - fitting) / 2;
            if text.fits(middle, &self.supplement(middle, true)?) {
                fitting = middle;
            } else {
                too_many = middle;
            }
        }
        if fitting == 0 {
            // One record is shown as long as it is within the limits at all.
            text.set_limits(*limits);
            fitting = usize::from(text.fits(1, &self.supplement(1, all > 1)?));
        }
        if fitting == 0 {
            let first = self.records.into_iter().next().unwrap_or_default();
            let what = "The first record alone";
            return Err(explain::too_large(&first, what, &self.call, limits));
        }
        let supplement = self.supplement(fitting, fitting < all)?;
        let text = text.finish(fitting, &supplement);
        self.records.truncate(fitting);
        Ok(supplement.output(self.records.into(), text))
    }

    /// What is remarks beside the first `count` records. `is_shortened` says that more were read than fit.
    fn supplement(&self, count: usize, is_shortened: bool) -> Result<Supplement, ToolError> {
        let mut notes = Vec::new();
        if count == 0 {
            notes.push("No records match.".to_owned());
        }
        if is_shortened && !self.is_continued {
            notes.push(format!(
                "{count} records fit here; cursor next_cursor goes on exactly behind them."
            ));
        }
        notes.extend(self.notes.iter().cloned());
        let (meta, handle) = (self.meta.clone(), self.handle.clone());
        Ok(Supplement { meta, next: self.next(count)?, handle, notes })
    }

    /// Where the list continues behind the first `count` records.
    fn next(&self, count: usize) -> Result<Option<Cursor>, ToolError> {
        let Some(due) = self.places.get(count).or(self.due.as_ref()) else {
            return Ok(self.pages.last().and_then(|page| page.next.clone()));
        };
        let page = self.pages.get(due.page).and_then(|page| page.start.as_ref());
        if due.before == 0 {
            return Ok(page.cloned());
        }
        let last = count.checked_sub(1).and_then(|last| self.places.get(last));
        let mark = last.map_or(0, |place| place.mark);
        let size = requested_page_size(self.call.permitted.operation(), &self.call.arguments);
        Ok(Some(position::inside(&self.seal, page, size, (due.before, mark))?))
    }
}
