//! One call of a tool: its turn, its time, its end.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use airbyte_agent_core::tools::{Target, ToolError, ToolOutput};
use futures_util::FutureExt as _;
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RequestContext;
use serde_json::Value;

use crate::answer::{self, Again, Refusal};
use crate::audit::{Ending, Entry};
use crate::progress::Latest;
use crate::quota::Quota;
use crate::server::Shared;

/// How a call ended.
pub(crate) enum End {
    /// With a result.
    Done(ToolOutput),
    /// With an error of the tool.
    Failed(ToolError),
    /// Ended or not begun by this server.
    Refused(Refusal),
}

/// Calls a tool for a client.
pub(crate) async fn call(
    shared: &Shared,
    request: CallToolRequestParams,
    context: RequestContext<RoleServer>,
) -> CallToolResult {
    let arguments = request.arguments.map_or(Value::Null, Value::Object);
    let target = shared.tools.target(&request.name, &arguments);
    let client = context.client_info().map(|client| format!("{} {}", client.name, client.version));
    let entry = Entry::begin(
        shared.audit.as_ref(),
        client,
        &request.name,
        &arguments,
        target.as_ref().ok().copied().flatten(),
    );
    let end = match target {
        _ if !entry.is_permitted() => End::Refused(Refusal::new(
            "not_audited",
            "Nothing was changed: the operator's audit log cannot be written. Tell the user.",
            Again::Never,
        )),
        Ok(target) => match admit(shared, target) {
            Ok(()) => Box::pin(run(shared, &request.name, arguments, target, &context)).await,
            Err(refusal) => End::Refused(refusal),
        },
        Err(error) => End::Failed(error),
    };
    match end {
        End::Done(output) => {
            entry.end(&Ending {
                outcome: "ok",
                records: output.records,
                bytes: Some(output.text.len()),
                ..Ending::default()
            });
            answer::success(output)
        }
        End::Failed(error) => {
            if error.is_operator_problem() {
                tracing::warn!(tool = %request.name, "{}", error.message());
            }
            entry.end(&Ending {
                outcome: "error",
                error: Some(error.kind().as_str()),
                status: error.status(),
                request_id: error.request_id(),
                ..Ending::default()
            });
            answer::failure(&error)
        }
        End::Refused(refusal) => {
            entry.end(&Ending { outcome: refusal.kind(), ..Ending::default() });
            answer::refusal(&refusal)
        }
    }
}

/// Counts the call against the operator's rate limits.
fn admit(shared: &Shared, target: Option<Target<'_>>) -> Result<(), Refusal> {
    let Some(target) = target else { return Ok(()) };
    let covers = |quota: &&Quota| quota.covers(target.connector.name.as_ref(), target.operation);
    let now = Instant::now();
    let mut taken: Vec<&Quota> = Vec::new();
    for quota in shared.quotas.iter().filter(covers) {
        if let Err(wait) = quota.take(now) {
            taken.into_iter().for_each(Quota::give_back);
            let seconds = wait.as_secs() + 1;
            let text = format!("The operator allows {}. Try again in {seconds} s.", quota.text());
            return Err(Refusal::new("rate_limited", text, Again::AfterSeconds(seconds)));
        }
        taken.push(quota);
    }
    Ok(())
}

async fn run(
    shared: &Shared,
    name: &str,
    arguments: Value,
    target: Option<Target<'_>>,
    context: &RequestContext<RoleServer>,
) -> End {
    let Some(_seat) = shared.flight.board() else {
        return End::Refused(Refusal::new(
            "stopping",
            "The server is stopping and takes no more calls.",
            Again::Never,
        ));
    };
    let progress = Latest::default();
    let work = async {
        // The semaphore is never closed; a call that gets no turn runs into the time limit.
        let _turn = shared.turns.acquire().await;
        shared.tools.call_with(name, arguments, &progress).await
    };
    let token = context.meta.get_progress_token();
    let told = progress.tell_while(&context.peer, token, AssertUnwindSafe(work).catch_unwind());
    tokio::select! {
        biased;
        // Dropping the work ends it; nobody reads what is answered here.
        () = context.ct.cancelled() => End::Refused(Refusal::new(
            "cancelled",
            "The call was cancelled.",
            Again::Never,
        )),
        ended = tokio::time::timeout(shared.limits.timeout, told) => match ended {
            Ok(Ok(Ok(output))) => End::Done(output),
            Ok(Ok(Err(error))) => End::Failed(error),
            Ok(Err(_)) => {
                tracing::error!(tool = name, "a call ended in a panic");
                End::Refused(Refusal::new(
                    "internal",
                    "The call failed by a defect of the server. Tell the user and do not call again.",
                    Again::Never,
                ))
            }
            Err(_) => {
                let changes = target.is_some_and(|target| !target.operation.hints.read_only);
                End::Refused(timed_out(shared, changes))
            }
        },
    }
}

fn timed_out(shared: &Shared, changes: bool) -> Refusal {
    let seconds = shared.limits.timeout.as_secs_f64();
    let advice = if changes {
        "It may have taken effect: look before you call again."
    } else {
        "Ask for less: fewer records, fewer fields, a narrower filter."
    };
    let text = format!("The call was ended after {seconds} s, the operator's limit. {advice}");
    Refusal::new("timeout", text, Again::Changed)
}
