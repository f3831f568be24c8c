//! One call of a client: it is attempted, and once more after its user has signed in where credentials were missing.

use rmcp::model::{CallToolRequestParams, CallToolResponse, ContentBlock};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::audit::{Begin, Ending};
use crate::call::attempt;
use crate::caller::Caller;
use crate::refusal::Refusal;
use crate::response;
use crate::server::Server;
use crate::shared::Shared;
use crate::sign_in::{Answered, Desk, SignInResult, answered, ask};
use airbyte_agent_core::tools::Effect;

/// Calls a tool for a client.
///
/// # Errors
///
/// When the call has the answer to a question that is not open, or when the client has to open a page before it makes
/// the call again.
pub(crate) async fn call(
    server: &Server,
    mut request: CallToolRequestParams,
    context: RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let shared = &*server.shared;
    let caller = Caller::of(server, &context);
    let Some(desk) = &shared.desk else {
        return Ok(Box::pin(attempt(server, &caller, request, &context)).await?.response);
    };
    match answered(shared, desk, &caller, &request, &context).await {
        Answered::Nothing => {}
        // The answer is none to a question of the policy.
        Answered::SignedIn => without_answers(&mut request),
        Answered::Not(refusal) => return Ok(write_down(shared, &caller, &request, &refusal)),
    }
    let mut again = request.clone();
    let ended = Box::pin(attempt(server, &caller, request, &context)).await?;
    let Some((account, problem)) = ended.refused.filter(|(account, _)| desk.offers(account)) else {
        return Ok(ended.response);
    };
    match ask(shared, desk, &caller, (&account, &problem), &context).await {
        SignInResult::Impossible => Ok(with_command(ended.response, desk, &account)),
        SignInResult::Question(question) => Ok(question.into()),
        SignInResult::Required(error) => Err(error),
        SignInResult::Not(refusal) => Ok(write_down(shared, &caller, &again, &refusal)),
        SignInResult::SignedIn => {
            without_answers(&mut again);
            Ok(Box::pin(attempt(server, &caller, again, &context)).await?.response)
        }
    }
}

fn without_answers(request: &mut CallToolRequestParams) {
    request.request_state = None;
    request.input_responses = None;
}

/// The response to a call for which nobody signed in.
fn write_down(
    shared: &Shared,
    caller: &Caller<'_>,
    request: &CallToolRequestParams,
    refusal: &Refusal,
) -> CallToolResponse {
    if let Some(audit) = &shared.audit {
        let entry = audit.begin(Begin {
            client: None,
            caller: Some(caller.name).filter(|name| !name.is_empty()),
            trace: None,
            tool: &request.name,
            part: None,
            arguments: &serde_json::Value::Null,
            target: None,
            effect: Effect::Nothing,
        });
        entry.end(&Ending { outcome: refusal.kind(), ..Ending::default() });
    }
    response::refused(refusal).into()
}

/// The response of a call that failed for its credentials, with the command that a user can run, for clients that
/// cannot open a page.
fn with_command(response: CallToolResponse, desk: &Desk, account: &str) -> CallToolResponse {
    let CallToolResponse::Complete(mut result) = response else { return response };
    let text = result.content.first().and_then(|block| block.as_text());
    let (Some(text), Some(command)) = (text.map(|text| &text.text), desk.command(account)) else {
        return CallToolResponse::Complete(result);
    };
    if !text.contains(&command) {
        let text = format!("{text} The user can sign in again with: {command}");
        if let Some(first) = result.content.first_mut() {
            *first = ContentBlock::text(text);
        }
    }
    CallToolResponse::Complete(result)
}
