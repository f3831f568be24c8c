//! Single records: read, written, removed.

use serde_json::{Map, Value};

use super::explain;
use crate::error::ToolError;
use crate::expose::Request;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::progress::{Progress, Report};
use crate::result::fields;
use crate::result::notes::Notes;
use crate::result::render::{Written, fits};
use crate::result::shape::{Usual, Wish};
use crate::result::table::Format;

/// Fields shown of a record that was written: the model knows what it wrote.
const WRITTEN: usize = 20;

/// Calls an operation on one record.
pub(super) async fn run(
    request: Request<'_>,
    limits: ResultLimits,
    progress: &dyn Progress,
) -> Result<ToolOutput, ToolError> {
    let operation = request.permitted.operation();
    let outcome = super::call_of(&request)
        .outcome()
        .await
        .map_err(|error| explain::explain(error, &request))?;
    progress.report(Report { pages: 1, records: 1, ..Report::default() });
    let reads = operation.hints.read_only;
    let usual = if reads {
        Usual::Full
    } else {
        Usual::Telling(WRITTEN.min(limits.list_fields.max(WRITTEN)))
    };
    let wish =
        Wish::new(&request.controls.fields, &request.controls.exclude, usual, limits.record_text);
    let schema = operation.response.schema.as_ref().map(airbyte_agent_description::Json::value);
    let write = |wish: &Wish, first: Option<&str>| {
        let mut notes = Notes::default();
        notes.say_first(first);
        let mut records = match &outcome.data {
            Value::Array(records) => records.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        wish.prepare(&mut records, &mut notes);
        let plan = wish.plan(&records, schema.as_ref());
        let mut shaped: Vec<Value> =
            records.into_iter().map(|one| wish.shape(one, &plan, &mut notes)).collect();
        if !shaped.is_empty() {
            wish.note_missing(&mut notes);
        }
        let data = match &outcome.data {
            Value::Array(_) => Value::Array(shaped),
            _ => shaped.pop().unwrap_or_default(),
        };
        let is_empty = data.is_null() || data.as_object().is_some_and(Map::is_empty);
        if is_empty && !reads {
            notes.say(format!("Done: {}.", operation.place()));
        }
        let meta = super::resume::without_paging(operation, outcome.meta.clone(), Map::new());
        let notes = notes.sentences(&request.selector, &fields::names(operation));
        Written { data: &data, meta: &meta, next: None, notes: &notes, format: Format::Json }
            .output()
    };
    let whole = write(&wish, None);
    if fits(&whole.text, &limits) {
        return Ok(whole);
    }
    if !wish.is_explicit() {
        let said = "The record is too long to be shown whole; these are its most telling fields.";
        let shorter = wish.with_usual(Usual::Telling(limits.list_fields));
        let telling = write(&shorter, Some(said));
        if fits(&telling.text, &limits) {
            return Ok(telling);
        }
    }
    if !reads {
        // It is done, and an error would say that it is not.
        let said = format!("Done: {}. The answer is too long to be shown.", operation.place());
        let least = Wish::new(&[], &[], Usual::Telling(2), 200);
        let least = write(&least, Some(&said));
        if fits(&least.text, &limits) {
            return Ok(least);
        }
        let notes = [said];
        let nothing = Written {
            data: &Value::Null,
            meta: &Value::Null,
            next: None,
            notes: &notes,
            format: Format::Json,
        };
        return Ok(nothing.output());
    }
    Err(explain::too_large(&whole.structured["data"], "The record", &request, &limits))
}
