//! Makes permitted calls and gives their results the form that a model reads.

mod envelope;
mod explain;
mod file;
mod list;
mod record;
mod resume;

use super::controls::own_selection;
use super::error::ToolError;
use super::expose::Request;
use super::limits::ResultLimits;
use super::output::ToolOutput;
use super::progress::Progress;
use super::result::shape::ALL;
use airbyte_agent_description::{Location, Operation};

/// Makes the call.
pub(super) async fn run(
    mut request: Request<'_>,
    limits: ResultLimits,
    progress: &dyn Progress,
) -> Result<ToolOutput, ToolError> {
    let operation = request.permitted.operation();
    if operation.download.is_some() {
        return file::run(request, limits, progress).await;
    }
    choose_at_vendor(operation, &mut request);
    if operation.action.is_array() {
        list::run(request, limits, progress).await
    } else {
        record::run(request, limits, progress).await
    }
}

/// Asks the vendor for fields that it does not send by itself, where a selection is part of the
/// query. What it sends anyway is chosen afterwards: a selection knows no lists inside records.
fn choose_at_vendor(operation: &Operation, request: &mut Request<'_>) {
    let wanted = &request.controls.fields;
    let Some(own) = own_selection(operation).filter(|p| p.location == Location::GraphQl) else {
        return;
    };
    let known = super::result::fields::names(operation);
    let is_known = |name: &String| {
        let first = name.split(['.', '[']).next().unwrap_or_default();
        name == ALL || known.iter().any(|known| known == first)
    };
    if wanted.is_empty() || known.is_empty() || wanted.iter().all(is_known) {
        return;
    }
    let names: Vec<&str> =
        wanted.iter().map(|name| name.split('[').next().unwrap_or_default()).collect();
    request.arguments.entry(own.name.as_ref()).or_insert_with(|| names.into());
}
