//! Jobs at the vendor: what a model is told about one that its call has started, and calls that wait for one.

use std::convert::Infallible;
use std::time::Duration;

use serde_json::{Value, json};

use super::{RunContext, explain};
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::gate::Permitted;
use crate::output::ToolOutput;
use crate::result::untrusted;
use crate::retry_memory::Attempt;
use airbyte_agent_description::{JobStep, JsonPath};
use airbyte_agent_engine::{Call, Job};

/// How to get the result of the job that a call has started; `None` when its operation starts none.
/// `record` is what the vendor returned.
pub(super) fn note(call: &PermittedCall<'_>, record: &Value) -> Option<String> {
    let job = call.permitted.operation().job.as_ref()?;
    let id = job.id.first(record).filter(|id| !id.is_null())?;
    if id.as_str().is_some_and(|id| !untrusted::is_word(id)) {
        // Others wrote it, and it is no word that can stand in a sentence.
        return Some(
            "This started a job at the vendor. Its identifier is in data; the action help tells how to \
             read its status and result."
                .to_owned(),
        );
    }
    let arguments = |step: &JobStep| {
        let placeholder = |path: &JsonPath| {
            let place = path.to_string();
            let place = place.trim_start_matches("$.");
            Ok::<_, Infallible>(json!(format!("<{place} of the status>")))
        };
        let Ok(arguments) = step.arguments(&call.arguments, id, placeholder);
        Value::Object(arguments)
    };
    let (status, result) = (&job.status, &job.result);
    let state = job.state.to_string();
    let failed = if job.failed.is_empty() {
        String::new()
    } else {
        format!("; {} mean that it failed", job.failed.join(", "))
    };
    Some(format!(
        "This started a job at the vendor. Call {} {} about every {} s until {} is {}{failed}. Then the \
         result is read by {} {}.",
        status.place(),
        arguments(status),
        job.pause_seconds,
        state.trim_start_matches("$."),
        job.done.join(" or "),
        result.place(),
        arguments(result),
    ))
}

/// Makes a call that starts a job, waits until the job is done, and gives its result. `read` is the permitted
/// operation that reads it.
pub(super) async fn run(
    call: PermittedCall<'_>,
    read: Permitted<'_>,
    longest: Duration,
    context: RunContext<'_>,
) -> Result<ToolOutput, ToolError> {
    let mut engine_call = super::engine_call(&call, &context.limits);
    let attempt = context.retries.begin(context.session, &call);
    if let Some(attempt) = &attempt {
        let options = engine_call.options();
        *options = std::mem::take(options).idempotency_key(attempt.key());
    }
    let started = engine_call.start::<Call>().await.map_err(|error| explain::explain(error, &call));
    let repeated = attempt.as_ref().and_then(Attempt::note);
    let started = match attempt {
        Some(attempt) => attempt.end(started)?,
        None => started?,
    };
    let mut job: Job = started.wait_at_most(longest);
    job.wait().await.map_err(|error| explain::explain(error, &call))?;
    let arguments = job.result_arguments().map_err(|error| explain::explain(error, &call))?;
    let PermittedCall { controls, selector, names_account, .. } = call;
    let result = PermittedCall { permitted: read, arguments, controls, selector, names_account };
    let output = Box::pin(super::run(result, context)).await?.into_output();
    Ok(match repeated {
        Some(note) => output.with_note(&note),
        None => output,
    })
}
