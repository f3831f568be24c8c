//! Asks the user of a client to open the page, in the way that the client and its revision have.

use std::pin::pin;

use rmcp::model::{
    ClientCapabilities, ClientResult, CustomNotification, ElicitRequest, ElicitRequestParams,
    ElicitationAction, ErrorCode, InputRequest, InputRequiredResult, ProtocolVersion,
    ServerNotification, ServerRequest,
};
use rmcp::service::{PeerRequestOptions, RequestContext};
use rmcp::{ErrorData, RoleServer};
use serde_json::json;

use super::answer::QUESTION;
use super::{Desk, Missed, SignInPage};
use crate::asking::OnlyJson;
use crate::caller::{Caller, OfThisMachine};
use crate::progress::LatestReport;
use crate::random;
use crate::refusal::{Refusal, Retry};
use crate::shared::Shared;

/// The code of the error that asks a client to open a page and to make the call again.
const ADDRESS_REQUIRED: ErrorCode = ErrorCode(-32042);

/// What came of asking.
pub(crate) enum SignInResult {
    /// The account has credentials now.
    SignedIn,
    /// The client has to ask the user, and to call again with the answer.
    Question(InputRequiredResult),
    /// The same as an error of the protocol, for clients that read nothing before the response.
    Required(ErrorData),
    /// Nobody signed in.
    Not(Refusal),
    /// Nobody can be asked.
    Impossible,
}

/// How a client is asked to open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    Request,
    Result,
    Error,
}

/// Asks the user of the client to sign in to an account. `problem` says why.
pub(crate) async fn ask(
    shared: &Shared,
    desk: &Desk,
    caller: &Caller<'_>,
    (account, problem): (&str, &str),
    context: &RequestContext<RoleServer>,
) -> SignInResult {
    let Some(strategy) = strategy(context).filter(|_| is_of_this_machine(caller, context)) else {
        return SignInResult::Impossible;
    };
    let longest = shared.limits.approval;
    let page = match desk.open(account, longest).await {
        Ok(page) => page,
        Err(error) => {
            tracing::warn!(account, "no page to sign in: {}", shared.tools.clean(error.message()));
            return SignInResult::Impossible;
        }
    };
    // What the vendor wrote is no part of what the user is told.
    let title = shared.title_of(account);
    let message = format!(
        "The credentials of {title} (account '{account}') are missing or were refused. To sign in, open this page of \
         your own machine. What you enter there is kept by airbyte-agent and shown neither to the client nor to the \
         model."
    );
    match strategy {
        Strategy::Request => match by_request(shared, page, message, context).await {
            Ok(()) => SignInResult::SignedIn,
            Err(None) => SignInResult::Not(Refusal::new(
                "cancelled",
                "The call was cancelled.",
                Retry::Never,
            )),
            Err(Some(missed)) => SignInResult::Not(desk.refusal(account, problem, &missed)),
        },
        Strategy::Result | Strategy::Error => {
            // The page lasts as long as the question is remembered.
            let known = desk.remember(caller.name, (account, problem), page.clone(), longest);
            let Some(handle) = known else { return SignInResult::Impossible };
            if strategy == Strategy::Result {
                let request = ElicitRequest::new(question(&page, message, String::new()));
                let questions = [(QUESTION.to_owned(), InputRequest::Elicitation(request))];
                return SignInResult::Question(InputRequiredResult::new(
                    Some(questions.into()),
                    Some(handle),
                ));
            }
            let elicitation = json!({
                "mode": "url", "message": message, "url": &*page.address, "elicitationId": handle,
            });
            SignInResult::Required(ErrorData::new(
                ADDRESS_REQUIRED,
                "the user has to sign in; then make the call again",
                Some(json!({"elicitations": [elicitation]})),
            ))
        }
    }
}

/// Asks by a request to the client, and waits until the page is done. The error is `None` when the call was cancelled.
async fn by_request(
    shared: &Shared,
    page: SignInPage,
    message: String,
    context: &RequestContext<RoleServer>,
) -> Result<(), Option<Missed>> {
    let longest = shared.limits.approval;
    let id = random::handle().ok_or(Some(Missed::Gone))?;
    let request = ElicitRequest::new(question(&page, message, id.clone()));
    let options = PeerRequestOptions::with_timeout(longest);
    let request = ServerRequest::ElicitRequest(request);
    let sent = context.peer.send_request_with_option(request, options).await;
    let answer = sent.map_err(|_| Some(Missed::Gone))?.await_response();
    let work = async {
        let (mut done, mut answer) = (page.done.clone(), pin!(answer));
        let mut is_accepted = false;
        loop {
            tokio::select! {
                biased;
                ended = &mut done => return ended.map_err(Missed::Failed),
                answer = &mut answer, if !is_accepted => match answer {
                    Ok(ClientResult::ElicitResult(result)) => match result.action {
                        // The user agrees to open the page, and has still to fill it in.
                        ElicitationAction::Accept => is_accepted = true,
                        ElicitationAction::Decline => return Err(Missed::Declined),
                        _ => return Err(Missed::Closed),
                    },
                    _ => return Err(Missed::Gone),
                },
            }
        }
    };
    let waiting = LatestReport::waiting_for("waiting for the user to sign in");
    let token = context.meta.get_progress_token();
    let ended = waiting.report_while(&context.peer, token, tokio::time::timeout(longest, work));
    let ended = tokio::select! {
        biased;
        () = context.ct.cancelled() => return Err(None),
        ended = ended => ended.unwrap_or(Err(Missed::TooLate)),
    };
    ended.map_err(Some)?;
    let method = "notifications/elicitation/complete";
    let complete = CustomNotification::new(method, Some(json!({"elicitationId": id})));
    let complete = ServerNotification::CustomNotification(complete);
    if let Err(error) = context.peer.send_notification(complete).await {
        tracing::debug!(%error, "the client was not told that the user has signed in");
    }
    Ok(())
}

fn question(page: &SignInPage, message: String, elicitation_id: String) -> ElicitRequestParams {
    let url = page.address.to_string();
    ElicitRequestParams::UrlElicitationParams { meta: None, message, url, elicitation_id }
}

/// How the client can be asked to open a page, `None` where it cannot.
fn strategy(context: &RequestContext<RoleServer>) -> Option<Strategy> {
    let opens = |known: ClientCapabilities| known.elicitation.is_some_and(|has| has.url.is_some());
    let version = context.protocol_version()?;
    // Revisions are dates, which are compared as texts.
    if !context.client_capabilities().is_some_and(opens) || version < ProtocolVersion::V_2025_11_25
    {
        return None;
    }
    if version >= ProtocolVersion::V_2026_07_28 {
        return Some(Strategy::Result);
    }
    let head = context.extensions.get::<http::request::Parts>();
    let reads_once = head.is_some_and(|head| head.extensions.get::<OnlyJson>().is_some());
    Some(if reads_once { Strategy::Error } else { Strategy::Request })
}

/// Whether the page can be reached by the user of the client, and the account is nobody else's. Over HTTP that takes a
/// client of this machine. Where callers are known by name, none of them may change an account that others use, too.
fn is_of_this_machine(caller: &Caller<'_>, context: &RequestContext<RoleServer>) -> bool {
    let head = context.extensions.get::<http::request::Parts>();
    caller.name.is_empty()
        && head.is_none_or(|head| head.extensions.get::<OfThisMachine>().is_some())
}
