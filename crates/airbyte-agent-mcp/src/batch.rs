//! The calls of a batch. Each is written down, counted against the quotas, waits for its turn and ends in time like
//! a call by itself.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use airbyte_agent_core::tools::{Batch, BatchCall, BatchResult, Effect, ToolError, ToolOutput};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::admission::{admit, defect, timed_out};
use crate::audit::{Ending, Entry};
use crate::caller::Caller;
use crate::part::{begin, refuse, tool};
use crate::progress::LatestReport;
use crate::shared::Shared;

/// What the answer of a batch may take beyond the longest time of its calls.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// What the log calls the tool of a call that names an operation.
const TOOL: &str = "batch";

/// Makes the calls, and writes their answer. Dropping the future ends all of them.
pub(crate) async fn run(
    shared: &Shared,
    caller: &Caller<'_>,
    batch: Batch<'_>,
    progress: &LatestReport,
    context: &RequestContext<RoleServer>,
) -> Result<ToolOutput, ToolError> {
    let deadline = Instant::now() + shared.limits.timeout;
    let calls = batch.into_calls(progress).into_iter();
    let calls: Vec<_> = calls
        .map(|call| {
            let entry = begin(shared, caller, &call, TOOL, context);
            one(shared, call, entry, deadline)
        })
        .collect();
    let results = stream::iter(calls).buffered(Batch::MOST_AT_ONCE).collect().await;
    shared.tools.batch_output(results)
}

/// Makes one of the calls.
async fn one<'r>(
    shared: &Shared,
    call: BatchCall<'r>,
    entry: Entry,
    deadline: Instant,
) -> BatchResult<'r> {
    let (name, tool) = (call.name().to_owned(), tool(&call, TOOL).to_owned());
    if let Err(refusal) = call.plan().map_or(Ok(()), |plan| admit(shared, plan)) {
        return refuse(name, &refusal, entry);
    }
    let span = tracing::info_span!("mcp_batch_call", tool, part = name);
    let work = async {
        // The semaphore is never closed. A call that gets no turn runs into the time limit.
        let _turn = shared.turns.acquire().await;
        call.run().await
    };
    let work = AssertUnwindSafe(work.instrument(span)).catch_unwind();
    let result = match tokio::time::timeout_at(deadline, work).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => return refuse(name, &defect(&tool), entry),
        Err(_) => return refuse(name, &timed_out(shared, Effect::Read, true), entry),
    };
    if let Some(outcome) = result.outcome() {
        if let Err(error) = outcome {
            shared.warn_of(&tool, error);
        }
        entry.end(&Ending::of(outcome));
    }
    result
}
