//! The calls inside a batch or a program, in the audit log.

use airbyte_agent_core::tools::{BatchCall, BatchResult, Effect, Plan};
use rmcp::RoleServer;
use rmcp::service::RequestContext;

use crate::audit::{Begin, Ending, Entry};
use crate::caller::Caller;
use crate::refusal::Refusal;
use crate::shared::Shared;
use crate::trace;

/// Begins to write a call down. `whole` is the tool of the call that it is part of, which stands in the place of its
/// own where it names an operation only.
pub(crate) fn begin(
    shared: &Shared,
    caller: &Caller<'_>,
    call: &BatchCall<'_>,
    whole: &str,
    context: &RequestContext<RoleServer>,
) -> Entry {
    let Some(audit) = &shared.audit else { return Entry::unlogged() };
    let mut arguments = call.given().clone();
    // Before anything of them is shortened.
    shared.tools.clean_value(&mut arguments);
    let client = context.client_info();
    audit.begin(Begin {
        client: client.map(|client| format!("{} {}", client.name, client.version)),
        caller: Some(caller.name).filter(|name| !name.is_empty()),
        trace: trace::parent(context).map(str::to_owned),
        tool: tool(call, whole),
        part: Some(call.name()),
        arguments: &arguments,
        target: call.plan().ok().and_then(Plan::target),
        effect: call.plan().map_or(Effect::Nothing, Plan::effect),
    })
}

/// The name of the tool of a call.
pub(crate) fn tool<'c>(call: &'c BatchCall<'_>, whole: &'c str) -> &'c str {
    match call.tool() {
        "" => whole,
        tool => tool,
    }
}

/// The result of a call that this server refuses or ends.
pub(crate) fn refuse<'r>(name: String, refusal: &Refusal, entry: Entry) -> BatchResult<'r> {
    entry.end(&Ending { outcome: refusal.kind(), ..Ending::default() });
    BatchResult::refused(name, refusal.to_json())
}
