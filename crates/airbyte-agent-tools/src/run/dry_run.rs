//! Calls that are shown instead of being made.

use serde_json::{Map, Value, json};

use super::{explain, plain_output};
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::result::clean;

/// The request that a call would send. Nothing is sent.
pub(super) fn run(
    call: &PermittedCall<'_>,
    limits: &ResultLimits,
) -> Result<ToolOutput, ToolError> {
    let request = super::preview(call, limits).map_err(|error| explain::explain(error, call))?;
    let headers = request.headers.into_iter().map(|(name, value)| (name, value.into()));
    let headers: Map<String, Value> = headers.collect();
    let mut data = json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": request.body,
    });
    if !request.then.is_empty() {
        data["then"] = json!(request.then);
    }
    call.permitted.account().client.redactor().clean_value(&mut data);
    clean::value(&mut data);
    let data = match data {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let mut notes = vec!["Nothing was sent: this is the request of a dry run.".to_owned()];
    if call.permitted.needs_approval() {
        notes.push("Without dry_run, the user is asked before it is sent.".to_owned());
    }
    Ok(plain_output::output(data, notes))
}
