//! Makes a permitted call and gives its result the form a model reads.

use serde_json::{Value, json};

use super::clean;
use super::error::ToolError;
use super::expose::Request;
use super::limits::ResultLimits;
use super::output::ToolOutput;
use super::progress::{Progress, Report};

/// Makes the call.
pub(super) async fn run(
    request: Request<'_>,
    _limits: ResultLimits,
    progress: &dyn Progress,
) -> Result<ToolOutput, ToolError> {
    let Request { permitted, arguments, controls } = request;
    let operation = permitted.operation();
    let mut call = permitted.account().client.call(&operation.entity, operation.action);
    call.set_all(arguments);
    if let Some(cursor) = &controls.cursor {
        call.resume(cursor.parse()?);
    }
    let mut outcome = call.outcome().await?;
    clean::value(&mut outcome.data);
    let records = outcome.data.as_array().map_or(1, Vec::len);
    progress.report(Report { pages: 1, records: records as u64, ..Report::default() });
    let structured = json!({"data": outcome.data, "next_cursor": outcome.next});
    let text = Value::to_string(&structured);
    Ok(ToolOutput { text, structured, next: outcome.next, records: Some(records) })
}
