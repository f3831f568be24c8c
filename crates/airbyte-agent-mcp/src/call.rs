//! One call of a tool: it is planned, written down, admitted, run and answered.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use airbyte_agent_core::tools::{Effect, Plan, Target, ToolError, ToolOutput};
use futures_util::FutureExt as _;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion};
use rmcp::service::RequestContext;
use serde_json::Value;

use crate::audit::{Begin, Ending, Entry};
use crate::progress::LatestReport;
use crate::quota::Quota;
use crate::refusal::{Refusal, Retry};
use crate::response;
use crate::shared::Shared;

/// How a call ended.
enum Outcome {
    /// The tool gave a result.
    Done(ToolOutput),
    /// The tool failed.
    Failed(ToolError),
    /// This server refused or ended the call.
    Refused(Refusal),
}

/// Calls a tool for a client.
pub(crate) async fn call(
    shared: &Shared,
    request: CallToolRequestParams,
    context: RequestContext<RoleServer>,
) -> CallToolResult {
    let arguments = request.arguments.map_or(Value::Null, Value::Object);
    // The log shows the arguments as they were given.
    let given = shared.audit.as_ref().map(|audit| {
        let mut arguments = arguments.clone();
        // Before anything of them is shortened.
        shared.tools.clean_value(&mut arguments);
        (audit, arguments)
    });
    let plan = shared.tools.plan(&request.name, arguments);
    let entry = match given {
        None => Entry::unlogged(),
        Some((audit, arguments)) => audit.begin(Begin {
            client: context
                .client_info()
                .map(|client| format!("{} {}", client.name, client.version)),
            tool: &request.name,
            arguments: &arguments,
            target: plan.as_ref().ok().and_then(Plan::target),
            effect: plan.as_ref().map_or(Effect::Nothing, Plan::effect),
        }),
    };
    let outcome = match plan {
        _ if !entry.is_permitted() => Outcome::Refused(Refusal::new(
            "not_audited",
            "Nothing was changed: the operator's audit log cannot be written. Tell the user.",
            Retry::Never,
        )),
        Ok(plan) => match admit(shared, plan.target()) {
            Ok(()) => Box::pin(run(shared, &request.name, plan, &context)).await,
            Err(refusal) => Outcome::Refused(refusal),
        },
        Err(error) => Outcome::Failed(error),
    };
    let version = context.protocol_version();
    // Revisions are dates, which are compared as texts.
    let has_structure = version.is_none_or(|version| version >= ProtocolVersion::V_2025_06_18);
    finish(shared, &request.name, outcome, entry, has_structure)
}

/// Writes down how a call ended, and gives the response for the client.
fn finish(
    shared: &Shared,
    tool: &str,
    outcome: Outcome,
    entry: Entry,
    has_structure: bool,
) -> CallToolResult {
    match outcome {
        Outcome::Done(output) => {
            entry.end(&Ending {
                outcome: "ok",
                records: output.records,
                bytes: Some(output.text.len()),
                ..Ending::default()
            });
            response::success(output, shared.form, has_structure)
        }
        Outcome::Failed(error) => {
            if error.is_operator_problem() {
                tracing::warn!(tool, "{}", shared.tools.clean(error.message()));
            }
            entry.end(&Ending {
                outcome: "error",
                error: Some(error.kind().as_str()),
                status: error.status(),
                request_id: error.request_id(),
                ..Ending::default()
            });
            response::failure(&error, &shared.tools)
        }
        Outcome::Refused(refusal) => {
            entry.end(&Ending { outcome: refusal.kind(), ..Ending::default() });
            response::refused(&refusal)
        }
    }
}

/// Counts the call against the quotas of the operator.
fn admit(shared: &Shared, target: Option<Target<'_>>) -> Result<(), Refusal> {
    let Some(target) = target else { return Ok(()) };
    let covers = |quota: &&Quota| quota.covers(target.connector.name.as_ref(), target.operation);
    let now = Instant::now();
    let mut taken: Vec<&Quota> = Vec::new();
    for quota in shared.quotas.iter().filter(covers) {
        if let Err(wait) = quota.take(now) {
            taken.into_iter().for_each(Quota::give_back);
            let seconds = wait.as_secs() + 1;
            let message =
                format!("The operator allows {}. Try again in {seconds} s.", quota.text());
            return Err(Refusal::new("rate_limited", message, Retry::AfterSeconds(seconds)));
        }
        taken.push(quota);
    }
    Ok(())
}

async fn run(
    shared: &Shared,
    name: &str,
    plan: Plan<'_>,
    context: &RequestContext<RoleServer>,
) -> Outcome {
    let Some(_in_flight) = shared.in_flight.begin() else {
        return Outcome::Refused(Refusal::new(
            "stopping",
            "The server is stopping and takes no more calls.",
            Retry::Never,
        ));
    };
    let effect = plan.effect();
    let progress = LatestReport::default();
    let work = async {
        // The semaphore is never closed. A call that gets no turn runs into the time limit.
        let _turn = shared.turns.acquire().await;
        plan.run_with(&progress).await
    };
    let token = context.meta.get_progress_token();
    let work = AssertUnwindSafe(work).catch_unwind();
    let reported = progress.report_while(&context.peer, token, work);
    tokio::select! {
        biased;
        // Dropping the work ends the call. The client does not read the response to a cancelled call.
        () = context.ct.cancelled() => Outcome::Refused(Refusal::new(
            "cancelled",
            "The call was cancelled.",
            Retry::Never,
        )),
        ended = tokio::time::timeout(shared.limits.timeout, reported) => match ended {
            Ok(Ok(Ok(output))) => Outcome::Done(output),
            Ok(Ok(Err(error))) => Outcome::Failed(error),
            Ok(Err(_)) => {
                tracing::error!(tool = name, "a call ended in a panic");
                Outcome::Refused(Refusal::new(
                    "internal",
                    "The call failed by a defect of the server. Tell the user and do not call again.",
                    Retry::Never,
                ))
            }
            Err(_) => Outcome::Refused(timed_out(shared, effect)),
        },
    }
}

fn timed_out(shared: &Shared, effect: Effect) -> Refusal {
    let seconds = shared.limits.timeout.as_secs_f64();
    let advice = if effect.is_change() {
        "It may have taken effect: look before you call again."
    } else {
        "Ask for less: fewer records, fewer fields, a narrower filter."
    };
    let message = format!("The call was ended after {seconds} s, the operator's limit. {advice}");
    Refusal::new("timeout", message, Retry::Changed)
}
