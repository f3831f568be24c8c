//! What a model is told about a job that its call has started: a tool does not wait for it.

use std::convert::Infallible;

use serde_json::{Value, json};

use crate::decision::PermittedCall;
use crate::result::untrusted;
use airbyte_agent_description::{JobStep, JsonPath};

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
