//! Counts the records of a list without returning them: by what the vendor says, or else page by page.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::list::read_page;
use super::page_records::PageRecords;
use super::page_remarks::PageRemarks;
use super::page_size::request_page_size;
use super::plain_output::output;
use super::{RunContext, explain};
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::output::ToolOutput;
use crate::progress::Report;
use airbyte_agent_engine::cursor::Cursor;

/// The most pages that are read to count records.
const MOST_PAGES: u64 = 20;

/// Counts the records of the whole list.
pub(super) async fn run(
    mut call: PermittedCall<'_>,
    context: RunContext<'_>,
) -> Result<ToolOutput, ToolError> {
    if call.controls.cursor.is_some() {
        let problem = "the whole list is counted; leave the cursor out, or 'count_only'";
        return Err(ToolError::argument("cursor", problem));
    }
    let operation = call.permitted.operation();
    let given = call.arguments.clone();
    if operation.response.total.is_some() {
        request_page_size(operation, Some(1), usize::MAX, &mut call.arguments);
        let outcome = read_page(&call, &context.limits, None).await?;
        context.progress.report(Report { pages: 1, ..Report::default() });
        if let Some(total) = outcome.total {
            let mut remarks = PageRemarks::default();
            remarks.add_page(None, &outcome.errors);
            return Ok(counted("count", total, remarks.sentences()));
        }
        call.arguments = given;
    }
    request_page_size(operation, Some(u64::MAX), usize::MAX, &mut call.arguments);
    count(&call, context).await
}

/// Counts page by page.
async fn count(call: &PermittedCall<'_>, context: RunContext<'_>) -> Result<ToolOutput, ToolError> {
    let mut report = Report::default();
    let mut remarks = PageRemarks::default();
    let mut member: Option<String> = None;
    let mut at: Option<Cursor> = None;
    let mut seen: HashSet<u64> = HashSet::new();
    loop {
        let outcome = read_page(call, &context.limits, at.as_ref()).await?;
        remarks.add_page(None, &outcome.errors);
        let found = PageRecords::find(outcome.data, member.as_deref());
        member = found.member.or(member);
        report.pages += 1;
        report.records += found.records.len() as u64;
        context.progress.report(report);
        let Some(next) = outcome.next else {
            return Ok(counted("count", report.records, remarks.sentences()));
        };
        let is_repeated = next.place_hash().is_some_and(|place_hash| !seen.insert(place_hash));
        let end = next.dead_end().or_else(|| is_repeated.then(|| explain::REPEATED.to_owned()));
        let end = end.or_else(|| {
            let pages = report.pages;
            (report.pages >= MOST_PAGES)
                .then(|| format!("the list goes on behind {pages} pages, and no more are counted"))
        });
        if let Some(reason) = end {
            remarks.ends(reason);
            return Ok(counted("at_least", report.records, remarks.sentences()));
        }
        at = Some(next);
    }
}

fn counted(name: &str, number: u64, notes: Vec<String>) -> ToolOutput {
    let data = Map::from_iter([(name.to_owned(), Value::from(number))]);
    output(data, notes)
}
