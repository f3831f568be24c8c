//! Makes permitted calls and gives their results the form that a model reads.

mod count;
mod dry_run;
mod explain;
mod file;
mod file_part;
mod image;
mod job;
mod list;
mod metadata;
mod page_records;
mod page_remarks;
mod page_size;
mod plain_output;
mod position;
mod record;
mod stored_file;
mod vendor_fields;
mod written;
mod wrong_arguments;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

pub(super) use self::written::Written;
use super::approval::Answer;
use super::cursor_memory::CursorMemory;
use super::decision::PermittedCall;
use super::error::ToolError;
use super::gate::Permitted;
use super::limits::ResultLimits;
use super::list_memory::ListMemory;
use super::output::ToolOutput;
use super::progress::Progress;
use super::response_schemas::ResponseSchemas;
use super::result::view::ALL;
use super::retry_memory::RetryMemory;
use airbyte_agent_description::Selection;
use airbyte_agent_engine::selection::{self, chosen_by};
use airbyte_agent_engine::{Call, DryRun, Error, Outcome};

/// What a toolset provides for its calls.
#[derive(Clone, Copy)]
pub(super) struct RunContext<'r> {
    pub(super) limits: ResultLimits,
    pub(super) schemas: &'r ResponseSchemas,
    pub(super) lists: &'r ListMemory,
    pub(super) cursors: &'r Arc<CursorMemory>,
    /// Whether results have handles of cursors.
    pub(super) short_cursors: bool,
    pub(super) retries: &'r RetryMemory,
    /// The session of the call.
    pub(super) session: u64,
    /// The folder for files; none unless files are to be stored.
    pub(super) files: Option<&'r Path>,
    /// Whether images can be handed over beside the text of a result.
    pub(super) takes_images: bool,
    /// Whether the result may have to be written once more, within tighter limits.
    pub(super) is_rewritten: bool,
    pub(super) progress: &'r dyn Progress,
}

/// Makes a call and gives back its result.
pub(super) async fn run<'t>(
    mut call: PermittedCall<'t>,
    context: RunContext<'_>,
) -> Result<Written<'t>, ToolError> {
    if call.controls.dry_run {
        return dry_run::run(&call, &context.limits).map(Written::only);
    }
    // Whoever runs a plan has asked already. It is made sure of where requests are made.
    if call.permitted.needs_approval() {
        drop(Answer::CannotAsk.approval(&call)?);
    }
    let operation = call.permitted.operation();
    if operation.download.is_some() {
        return file::run(call, context).await.map(Written::only);
    }
    request_fields(&mut call);
    let is_default = vendor_fields::request(&mut call);
    if call.controls.count_only && operation.action.is_array() {
        count::run(call, context).await.map(Written::only)
    } else if operation.action.is_array() {
        list::run(call, context, is_default).await
    } else {
        record::run(call, context).await
    }
}

/// Makes a call that starts a job, and gives the result of the job when it is done.
pub(super) async fn run_job(
    call: PermittedCall<'_>,
    read: Permitted<'_>,
    longest: Duration,
    context: RunContext<'_>,
) -> Result<ToolOutput, ToolError> {
    if call.permitted.needs_approval() {
        drop(Answer::CannotAsk.approval(&call)?);
    }
    job::run(call, read, longest, context).await
}

/// The request that a call would send first, with every secret masked. Sends nothing.
pub(super) fn preview(call: &PermittedCall<'_>, limits: &ResultLimits) -> Result<DryRun, Error> {
    let mut call = call.clone();
    request_fields(&mut call);
    vendor_fields::request(&mut call);
    engine_call(&call, limits).dry_run()
}

/// The engine's call. It is confined to what the operation reads: a policy permits the operation, and
/// not everything that a choice of fields could reach from its records. Texts have to keep the rules of the vendor: a
/// model takes an empty list for the truth, and mends an argument that is refused.
fn engine_call(call: &PermittedCall<'_>, limits: &ResultLimits) -> Call {
    let operation = call.permitted.operation();
    let client = &call.permitted.account().client;
    let mut engine_call = client.call(&operation.entity, operation.action);
    engine_call.set_all(call.arguments.clone());
    let options = engine_call.options();
    *options = std::mem::take(options).max_held_bytes(limits.held_bytes).strict_texts();
    engine_call.options().confine();
    engine_call
}

/// Makes an engine's call. Secrets are removed from what it returns before anything of that is shortened:
/// a vendor may repeat them, and models pass on what they read.
async fn outcome(call: &PermittedCall<'_>, engine_call: Call) -> Result<Outcome, ToolError> {
    let outcome = engine_call.outcome().await;
    let mut outcome = outcome.map_err(|error| explain::explain(error, call))?;
    let redactor = call.permitted.account().client.redactor();
    redactor.clean_value(&mut outcome.data);
    redactor.clean_value(&mut outcome.meta);
    Ok(outcome)
}

/// Says in the metadata of a result which account it is of, where there are several.
fn name_account(call: &PermittedCall<'_>, meta: &mut Value) {
    if !call.names_account {
        return;
    }
    if !meta.is_object() {
        *meta = Value::Object(Map::new());
    }
    if let Some(members) = meta.as_object_mut() {
        members.insert("account".to_owned(), call.permitted.account().name.clone().into());
    }
}

/// Requests fields that the vendor does not send by itself, where the fields are part of a GraphQL query.
/// Fields that it sends anyway are chosen from the response: a selection in a query cannot choose
/// among the members of lists inside records.
fn request_fields(call: &mut PermittedCall<'_>) {
    let operation = call.permitted.operation();
    let wanted = &call.controls.fields;
    let Some(graphql) = chosen_by(operation) else { return };
    if wanted.is_empty() || wanted.iter().any(|name| name == ALL) {
        return;
    }
    let path = |name: &'_ String| name.split('[').next().unwrap_or_default().trim().to_owned();
    let default = graphql.default_fields.as_deref().and_then(|text| Selection::parse(text).ok());
    let is_sent = |name: &String| {
        let path = path(name);
        let computed = operation.response.transform.iter().any(|field| field.field == path);
        let names: Vec<&str> = path.split('.').collect();
        computed || default.as_ref().is_some_and(|default| default.shows(&names))
    };
    if wanted.iter().all(is_sent) {
        return;
    }
    let names: Vec<String> = wanted.iter().map(path).collect();
    call.arguments.entry(selection::ARGUMENT).or_insert_with(|| names.into());
}
