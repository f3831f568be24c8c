//! Makes permitted calls and gives their results the form that a model reads.

mod envelope;
mod explain;
mod file;
mod list;
mod record;
mod resume;

use super::error::ToolError;
use super::expose::Request;
use super::limits::ResultLimits;
use super::output::ToolOutput;
use super::progress::Progress;
use super::result::shape::ALL;
use airbyte_agent_description::{Operation, Selection};
use airbyte_agent_engine::Call;
use airbyte_agent_engine::selection::{self, chosen_by};

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

/// The call, confined to what the operation reads: what a policy permits is the operation, and not
/// all that a choice of fields would lead to from its records.
fn call_of(request: &Request<'_>) -> Call {
    let operation = request.permitted.operation();
    let client = &request.permitted.account().client;
    let mut call = client.call(&operation.entity, operation.action);
    call.set_all(request.arguments.clone());
    call.options().confine();
    call
}

/// Asks the vendor for fields that it does not send by itself, where a selection is part of the
/// query. What it sends anyway is chosen afterwards: a selection knows no lists inside records.
fn choose_at_vendor(operation: &Operation, request: &mut Request<'_>) {
    let wanted = &request.controls.fields;
    let Some(graphql) = chosen_by(operation) else { return };
    if wanted.is_empty() || wanted.iter().any(|name| name == ALL) {
        return;
    }
    let path = |name: &'_ String| name.split('[').next().unwrap_or_default().trim().to_owned();
    let usual = graphql.default_fields.as_deref().and_then(|text| Selection::parse(text).ok());
    let is_sent = |name: &String| {
        let path = path(name);
        let computed = operation.response.transform.iter().any(|field| field.field == path);
        let names: Vec<&str> = path.split('.').collect();
        computed || usual.as_ref().is_some_and(|usual| usual.shows(&names))
    };
    if wanted.iter().all(is_sent) {
        return;
    }
    let names: Vec<String> = wanted.iter().map(path).collect();
    request.arguments.entry(selection::ARGUMENT).or_insert_with(|| names.into());
}
