//! The answer to the question to sign in that came with a call.

use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, ElicitResult, ElicitationAction};
use rmcp::service::RequestContext;

use super::{Desk, Missed};
use crate::caller::Caller;
use crate::progress::LatestReport;
use crate::refusal::{Refusal, Retry};
use crate::shared::Shared;

/// The name of the question in results and of its answer in calls.
pub(super) const QUESTION: &str = "sign_in";

/// What a call says about a question to sign in.
pub(crate) enum Answered {
    /// Nothing.
    Nothing,
    /// The account has credentials now.
    SignedIn,
    /// Nobody signed in.
    Not(Refusal),
}

/// What a call says about a question to sign in that was given as a result. Where the user agreed to open the page,
/// waits until it is done.
pub(crate) async fn answered(
    shared: &Shared,
    desk: &Desk,
    caller: &Caller<'_>,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Answered {
    let responses = request.input_responses.as_ref();
    let given = responses.and_then(|responses| responses.get(QUESTION)).cloned();
    let (Some(given), Some(handle)) = (given, request.request_state.as_deref()) else {
        return Answered::Nothing;
    };
    // An old question is asked again if the credentials are still missing.
    let Some(question) = desk.question(caller.name, handle) else { return Answered::Nothing };
    let missed = match serde_json::from_value::<ElicitResult>(given).map(|result| result.action) {
        Ok(ElicitationAction::Accept) => {
            let done = tokio::time::timeout(shared.limits.approval, question.page.done.clone());
            let waiting = LatestReport::waiting_for("waiting for the user to sign in");
            let token = context.meta.get_progress_token();
            let ended = tokio::select! {
                biased;
                () = context.ct.cancelled() => {
                    desk.forget(handle);
                    let message = "The call was cancelled.";
                    return Answered::Not(Refusal::new("cancelled", message, Retry::Never));
                }
                ended = waiting.report_while(&context.peer, token, done) => ended,
            };
            match ended {
                Ok(Ok(())) => None,
                Ok(Err(why)) => Some(Missed::Failed(why)),
                Err(_) => Some(Missed::TooLate),
            }
        }
        Ok(ElicitationAction::Decline) => Some(Missed::Declined),
        _ => Some(Missed::Closed),
    };
    desk.forget(handle);
    match missed {
        None => Answered::SignedIn,
        Some(missed) => Answered::Not(desk.refusal(&question.account, &question.problem, &missed)),
    }
}
