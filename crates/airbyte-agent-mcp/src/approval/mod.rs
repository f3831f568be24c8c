//! Has the user of the client asked before calls about which the policy asks.
//!
//! Clients of revisions with a session get a request of their own, an elicitation, while the call waits. Clients
//! of 2026-07-28 and later get the question as the result of the call, and make the call again with the answer.
//! Either way the answer counts for the very call that was shown, and once.

mod pending;

use airbyte_agent_core::BoxFuture;
use airbyte_agent_core::tools::{Answer, ApprovalRequest, Approver};
use rmcp::RoleServer;
use rmcp::model::{
    BooleanSchema, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationSchema, InputRequest, InputRequiredResult, InputResponses,
    PrimitiveSchemaDefinition, ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};

pub(crate) use self::pending::Pending;
use crate::asking::{Asking, asking};
use crate::limits::Limits;

/// The name of the question in results and of its answer in calls.
const QUESTION: &str = "approval";

/// The member of the answer that is `true` when the call may be made.
const APPROVE: &str = "approve";

/// Asks by a request to the client.
pub(crate) struct BySession<'c> {
    pub(crate) context: &'c RequestContext<RoleServer>,
    pub(crate) limits: Limits,
}

impl Approver for BySession<'_> {
    fn ask<'a>(&'a self, request: &'a ApprovalRequest) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            if asking(self.context) != Asking::ByRequest {
                return Answer::CannotAsk;
            }
            let elicitation = ServerRequest::ElicitRequest(ElicitRequest::new(question(request)));
            let options = PeerRequestOptions::with_timeout(self.limits.approval);
            let sent = self.context.peer.send_request_with_option(elicitation, options).await;
            let Ok(handle) = sent else { return Answer::NotAnswered };
            match handle.await_response().await {
                Ok(ClientResult::ElicitResult(result)) => answer(&result, request),
                Ok(_) => Answer::NotAnswered,
                Err(error) => {
                    tracing::debug!(%error, "the user was not asked");
                    Answer::NotAnswered
                }
            }
        })
    }
}

/// The result that asks the user, with the handle of the question.
pub(crate) fn input_required(request: &ApprovalRequest, handle: String) -> InputRequiredResult {
    let elicitation = ElicitRequest::new(question(request));
    let questions = [(QUESTION.to_owned(), InputRequest::Elicitation(elicitation))];
    InputRequiredResult::new(Some(questions.into()), Some(handle))
}

/// Whether an answer came with a call, whatever it is.
pub(crate) fn has_answer(responses: Option<&InputResponses>) -> bool {
    responses.is_some_and(|responses| responses.contains_key(QUESTION))
}

/// The answer that came with a call.
pub(crate) fn answered(responses: Option<&InputResponses>, request: &ApprovalRequest) -> Answer {
    let given = responses.and_then(|responses| responses.get(QUESTION)).cloned();
    match given.map(serde_json::from_value::<ElicitResult>) {
        Some(Ok(result)) => answer(&result, request),
        _ => Answer::NotAnswered,
    }
}

fn answer(result: &ElicitResult, request: &ApprovalRequest) -> Answer {
    let says_yes = || result.content.as_ref().is_some_and(|content| content[APPROVE] == true);
    match result.action {
        ElicitationAction::Accept if says_yes() => Answer::Approved(request.approve()),
        // A form that was sent off without the mark is no approval.
        ElicitationAction::Accept | ElicitationAction::Decline => Answer::Refused,
        _ => Answer::NotAnswered,
    }
}

fn question(request: &ApprovalRequest) -> ElicitRequestParams {
    let mark = BooleanSchema::new()
        .title("Send this request")
        .description("Without this mark nothing is sent.");
    let members = [(APPROVE.to_owned(), PrimitiveSchemaDefinition::Boolean(mark))];
    let schema = ElicitationSchema::new(members.into()).with_required(vec![APPROVE.to_owned()]);
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: request.text(),
        requested_schema: schema,
    }
}
