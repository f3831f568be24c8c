//! Operations on a single record: to read, write or remove it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::metadata::without_paging;
use super::page_remarks::PageRemarks;
use super::written::Written;
use super::{RunContext, explain, job};
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::progress::Report;
use crate::result::notes::Notes;
use crate::result::render::{self, Supplement};
use crate::result::view::{DefaultFields, View};
use crate::retry_memory::Attempt;

/// The most fields that are shown of a record that was written: the model knows what it wrote.
const MOST_WRITTEN: usize = 20;

/// The response to a call, before it is given a form.
struct Response<'t> {
    call: PermittedCall<'t>,
    view: View,
    /// The schema of what the operation returns.
    schema: Option<Arc<Value>>,
    records: Vec<Value>,
    /// Whether the response is a list.
    is_list: bool,
    meta: Value,
    /// What is known about the records whatever is shown of them.
    notes: Notes,
}

/// Calls an operation on one record.
pub(super) async fn run<'t>(
    call: PermittedCall<'t>,
    context: RunContext<'_>,
) -> Result<Written<'t>, ToolError> {
    let operation = call.permitted.operation();
    let mut engine_call = super::engine_call(&call, &context.limits);
    let attempt = context.retries.begin(context.session, &call);
    if let Some(attempt) = &attempt {
        let options = engine_call.options();
        *options = std::mem::take(options).idempotency_key(attempt.key());
    }
    let repeated = attempt.as_ref().and_then(Attempt::note);
    let outcome = super::outcome(&call, engine_call).await;
    let outcome = match attempt {
        Some(attempt) => attempt.end(outcome)?,
        None => outcome?,
    };
    context.progress.report(Report { pages: 1, records: 1, ..Report::default() });

    let limits = &context.limits;
    let reads = operation.hints.read_only;
    let default = match reads {
        _ if limits.whole => DefaultFields::All,
        true => DefaultFields::NotEmpty,
        false => DefaultFields::Best(MOST_WRITTEN),
    };
    let controls = &call.controls;
    let view = View::new(&controls.fields, &controls.exclude, default, limits.record_text)
        .withholding(&call.permitted.withheld());
    let is_list = outcome.data.is_array();
    let started = job::note(&call, &outcome.data);
    let mut records = match outcome.data {
        Value::Array(records) => records,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let mut notes = Notes::default();
    for note in repeated.into_iter().chain(started) {
        notes.add(note);
    }
    let schema = context.schemas.get(operation);
    view.prepare(&mut records, schema.as_deref(), &mut notes);
    let mut meta = without_paging(operation, outcome.meta, Map::new());
    let mut remarks = PageRemarks::default();
    remarks.add_page(outcome.total, &outcome.errors);
    remarks.sentences().into_iter().for_each(|note| notes.add_first(&note));
    remarks.write(&mut meta);
    super::name_account(&call, &mut meta);
    let response = Response { call, view, schema, records, is_list, meta, notes };
    let output = response.within(&context.limits)?;
    if context.is_rewritten {
        Ok(Written::shortenable(output, move |limits| response.within(limits)))
    } else {
        Ok(Written::only(output))
    }
}

impl Response<'_> {
    /// The result with as much as these limits allow.
    fn within(&self, limits: &ResultLimits) -> Result<ToolOutput, ToolError> {
        let operation = self.call.permitted.operation();
        let (data, supplement) = self.shown(&self.view, None);
        let whole = match render::json_within(limits, data, supplement) {
            Ok(output) => return Ok(output),
            Err(data) => data,
        };
        if !self.view.is_explicit() {
            let note =
                "The record is too long to be shown whole; these are its most telling fields.";
            let shorter = self.view.with_default(DefaultFields::Best(limits.list_fields));
            let (data, supplement) = self.shown(&shorter, Some(note));
            if let Ok(output) = render::json_within(limits, data, supplement) {
                return Ok(output);
            }
        }
        if operation.hints.read_only {
            return Err(explain::too_large(&whole, "The record", &self.call, limits));
        }
        // The operation was done, and an error would say that it was not.
        let note = format!("Done: {}. The response is too long to be shown.", operation.place());
        let least = View::new(&[], &[], DefaultFields::Best(2), 200);
        let (data, supplement) = self.shown(&least, Some(&note));
        if let Ok(output) = render::json_within(limits, data, supplement) {
            return Ok(output);
        }
        Ok(render::json(Value::Null, Supplement { notes: vec![note], ..Supplement::default() }))
    }

    /// What is shown of the response in this view, with a sentence before all others.
    fn shown(&self, view: &View, first_note: Option<&str>) -> (Value, Supplement) {
        let operation = self.call.permitted.operation();
        let mut notes = self.notes.clone();
        if let Some(note) = first_note {
            notes.add_first(note);
        }
        let schema = self.schema.as_deref();
        let entity = self.call.permitted.default_fields();
        let fields = view.choose(&self.records, entity, schema.filter(|_| view.needs_choice()));
        let records = self.records.iter().cloned();
        let mut shown: Vec<Value> =
            records.map(|record| view.show(record, &fields, &mut notes)).collect();
        if !shown.is_empty() {
            view.note_missing(&mut notes);
        }
        let data = if self.is_list { Value::Array(shown) } else { shown.pop().unwrap_or_default() };
        let is_empty = data.is_null() || data.as_object().is_some_and(Map::is_empty);
        if is_empty && !operation.hints.read_only {
            notes.add(format!("Done: {}.", operation.place()));
        }
        let notes = notes.sentences(self.call.selector, schema);
        (data, Supplement { meta: self.meta.clone(), notes, ..Supplement::default() })
    }
}
