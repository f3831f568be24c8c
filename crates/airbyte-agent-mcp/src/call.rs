//! One call of a tool: it is planned, written down, admitted, approved, run and answered.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::ErrorKind;
use airbyte_agent_core::tools::{
    Answer, ApprovalRequest, Effect, Plan, ToolError, ToolErrorKind, ToolOutput,
};
use futures_util::FutureExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CreateTaskResult, InputRequiredResult,
    InputResponses, ProtocolVersion,
};
use rmcp::service::RequestContext;
use rmcp::task_manager::TaskExit;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;
use tracing::Instrument as _;

use crate::admission::{admit, cancelled, defect, timed_out, too_destructive};
use crate::approval;
use crate::asking::{Asking, asking};
use crate::audit::{Begin, Ending, Entry};
use crate::batch;
use crate::caller::Caller;
use crate::program;
use crate::progress::LatestReport;
use crate::refusal::{Refusal, Retry};
use crate::response;
use crate::server::Server;
use crate::shared::Shared;
use crate::tasks::LONGEST_JOB;
use crate::trace;

/// How a call ended.
enum Outcome {
    /// The tool gave a result.
    Done(ToolOutput),
    /// The tool failed.
    Failed(ToolError),
    /// This server refused or ended the call.
    Refused(Refusal),
}

/// A call that has ended, or was handed on.
pub(crate) struct Ended {
    pub(crate) response: CallToolResponse,
    /// The account whose credentials are missing or were refused, and what was said about them.
    pub(crate) refused: Option<(String, String)>,
}

impl<T: Into<CallToolResponse>> From<T> for Ended {
    fn from(response: T) -> Self {
        Self { response: response.into(), refused: None }
    }
}

/// Makes one attempt at a call of a tool for a client.
///
/// # Errors
///
/// When the call has the answer to a question that is not open.
pub(crate) async fn attempt(
    server: &Server,
    caller: &Caller<'_>,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<Ended, ErrorData> {
    let shared = &*server.shared;
    let arguments = request.arguments.map_or(Value::Null, Value::Object);
    // The log shows the arguments as they were given.
    let given = shared.audit.as_ref().map(|audit| {
        let mut arguments = arguments.clone();
        // Before anything of them is shortened.
        shared.tools.clean_value(&mut arguments);
        (audit, arguments)
    });
    let tasks = context.client_capabilities().is_some_and(|known| known.supports_tasks());
    // A task is planned once more, on its own.
    let again = tasks.then(|| arguments.clone());
    let plan = shared.tools.plan(&request.name, arguments);
    let plan = plan.map(|plan| {
        let plan = plan.in_session(caller.session.id);
        // The next request may reach another process, which keeps nothing of this one.
        if caller.stands_alone { plan } else { plan.short_cursors() }
    });
    let entry = match given {
        None => Entry::unlogged(),
        Some((audit, arguments)) => audit.begin(Begin {
            client: context
                .client_info()
                .map(|client| format!("{} {}", client.name, client.version)),
            caller: Some(caller.name).filter(|name| !name.is_empty()),
            trace: trace::parent(context).map(str::to_owned),
            tool: &request.name,
            part: None,
            arguments: &arguments,
            target: plan.as_ref().ok().and_then(Plan::target),
            effect: plan.as_ref().map_or(Effect::Nothing, Plan::effect),
        }),
    };
    let answers = (request.request_state.as_deref(), request.input_responses.as_ref());
    let shown = plan.as_ref().ok().and_then(Plan::approval_request);
    let outcome = match plan {
        _ if !entry.is_permitted() => Outcome::Refused(Refusal::new(
            "not_audited",
            "Nothing was changed: the operator's audit log cannot be written. Tell the user.",
            Retry::Never,
        )),
        Ok(plan) => match approved(shared, caller, plan, answers, context).await {
            Ok(plan) => match again.filter(|_| plan.starts_job() && shared.tasks.has_room()) {
                Some(arguments) => {
                    let job = Job { name: request.name.to_string(), arguments, shown, entry };
                    return Ok(CallToolResponse::Task(as_task(server, caller, job)).into());
                }
                None => Box::pin(run(shared, caller, &request.name, plan, context)).await,
            },
            Err(Stopped::Outcome(outcome)) => *outcome,
            Err(Stopped::Question(question)) => {
                entry.end(&Ending { outcome: "asked", ..Ending::default() });
                return Ok(Ended::from(question));
            }
            Err(Stopped::NoQuestion) => {
                entry.end(&Ending { outcome: "not_approved", ..Ending::default() });
                let message = "requestState is not known: it was used already, is too old, or is not of \
                               this caller. Call again without it";
                return Err(ErrorData::invalid_params(message, None));
            }
        },
        Err(error) => Outcome::Failed(error),
    };
    let version = context.protocol_version();
    // Revisions are dates, which are compared as texts.
    let has_structure = version.is_none_or(|version| version >= ProtocolVersion::V_2025_06_18);
    let refused = match &outcome {
        Outcome::Failed(error) => refused_account(shared, error),
        _ => None,
    };
    let response = finish(shared, &request.name, outcome, entry, has_structure).into();
    Ok(Ended { response, refused })
}

/// The account whose credentials a call would have needed, and what was said about them.
fn refused_account(shared: &Shared, error: &ToolError) -> Option<(String, String)> {
    if error.kind() != ToolErrorKind::Call(ErrorKind::Authentication) {
        return None;
    }
    Some((error.account()?.to_owned(), shared.tools.clean(error.message())))
}

/// A call that starts a job, with the approval that it has.
struct Job {
    name: String,
    arguments: Value,
    /// What was shown to the user who approved the call; `None` where nobody had to.
    shown: Option<ApprovalRequest>,
    entry: Entry,
}

/// Makes a call that starts a job, as a task whose result is that of the job.
fn as_task(server: &Server, caller: &Caller<'_>, job: Job) -> CreateTaskResult {
    let owner = server.clone();
    let session = Arc::clone(&caller.session);
    let task = server.shared.tasks.spawn(caller.name, move |context| {
        Box::pin(async move {
            let shared = &*owner.shared;
            let Job { name, arguments, shown, entry } = job;
            let work = async {
                let mut plan = shared.tools.plan(&name, arguments)?.in_session(session.id);
                if let Some(shown) = &shown {
                    plan.answer(Answer::Approved(shown.approve()))?;
                }
                if plan.effect() == Effect::Destroy
                    && shared.limits.destructive.is_some_and(|most| !session.destroy(most))
                {
                    return Ok(Err(too_destructive(shared)));
                }
                plan.run_job(LONGEST_JOB, &LatestReport::default()).await.map(Ok)
            };
            let work = AssertUnwindSafe(work).catch_unwind();
            let outcome = tokio::select! {
                biased;
                () = context.cancelled() => {
                    entry.end(&Ending { outcome: "cancelled", ..Ending::default() });
                    return Err(TaskExit::Cancelled);
                }
                ended = work => match ended {
                    Ok(Ok(Ok(output))) => Outcome::Done(output),
                    Ok(Ok(Err(refusal))) => Outcome::Refused(refusal),
                    Ok(Err(error)) => Outcome::Failed(error),
                    Err(_) => Outcome::Refused(defect(&name)),
                },
            };
            // Every revision that has tasks has structured content.
            Ok(finish(shared, &name, outcome, entry, true))
        })
    });
    CreateTaskResult::new(task)
}

/// Why a call is not run.
enum Stopped {
    /// It has ended.
    Outcome(Box<Outcome>),
    /// The client has to ask the user, and to call again with the answer.
    Question(InputRequiredResult),
    /// It has an answer to a question that is not open.
    NoQuestion,
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Outcome(Box::new(Outcome::Refused(refusal)))
    }
}

impl From<ToolError> for Stopped {
    fn from(error: ToolError) -> Self {
        Self::Outcome(Box::new(Outcome::Failed(error)))
    }
}

/// The plan with the approval of the user, where the policy asks for it. The call is counted against the limits
/// of the operator before anybody is asked.
async fn approved<'t>(
    shared: &Shared,
    caller: &Caller<'_>,
    mut plan: Plan<'t>,
    (handle, answers): (Option<&str>, Option<&InputResponses>),
    context: &RequestContext<RoleServer>,
) -> Result<Plan<'t>, Stopped> {
    if plan.effect() == Effect::Destroy
        && shared.limits.destructive.is_some_and(|most| !caller.session.may_destroy(most))
    {
        return Err(too_destructive(shared).into());
    }
    let Some(request) = plan.approval_request() else {
        admit(shared, &plan)?;
        return Ok(plan);
    };
    let asking = asking(context);
    // A call without the answer is asked about once more.
    let has_answer = asking == Asking::ByResult && approval::has_answer(answers);
    if let Some(handle) = handle.filter(|_| has_answer) {
        let shown = shared.pending.take(caller.name, handle).ok_or(Stopped::NoQuestion)?;
        // The approval is of what was shown: where this is another call, the plan does not take it.
        plan.answer(approval::answered(answers, &shown))?;
        return Ok(plan);
    }
    admit(shared, &plan)?;
    match asking {
        Asking::Impossible => plan.answer(Answer::CannotAsk)?,
        Asking::ByResult => {
            let longest = shared.limits.approval;
            return match shared.pending.add(caller.name, request.clone(), longest) {
                Some(handle) => Err(Stopped::Question(approval::input_required(&request, handle))),
                None => Err(Refusal::new(
                    "internal",
                    "Nothing was sent: the system has no random numbers. Tell the user.",
                    Retry::Never,
                )
                .into()),
            };
        }
        Asking::ByRequest => {
            let approver = approval::BySession { context, limits: shared.limits };
            let token = context.meta.get_progress_token();
            let waiting = LatestReport::waiting_for("waiting for the user's approval");
            let question = waiting.report_while(&context.peer, token, plan.ask(&approver));
            tokio::select! {
                biased;
                () = context.ct.cancelled() => return Err(cancelled().into()),
                answer = question => answer?,
            }
        }
    }
    Ok(plan)
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
            entry.end(&Ending::of(Ok(&output)));
            let definition = shared.tools.definition(tool);
            let has_schema = definition.is_some_and(|tool| tool.output_schema.is_some());
            response::success(output, shared.form, has_structure, has_schema)
        }
        Outcome::Failed(error) => {
            shared.warn_of(tool, &error);
            entry.end(&Ending::of(Err(&error)));
            response::failure(&error, &shared.tools)
        }
        Outcome::Refused(refusal) => {
            entry.end(&Ending { outcome: refusal.kind(), ..Ending::default() });
            response::refused(&refusal)
        }
    }
}

async fn run(
    shared: &Shared,
    caller: &Caller<'_>,
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
    let is_repeatable = plan.is_repeatable();
    if effect == Effect::Destroy
        && shared.limits.destructive.is_some_and(|most| !caller.session.destroy(most))
    {
        return Outcome::Refused(too_destructive(shared));
    }
    let progress = LatestReport::default();
    // The calls of a batch end at the limit, so that the others are answered.
    let grace = if plan.is_batch() { batch::GRACE } else { Duration::ZERO };
    // A program has a clock of its own, which stands still while the user is asked.
    let longest = if plan.is_program() { Duration::MAX } else { shared.limits.timeout };
    let span = trace::span(name, context);
    let work = async {
        let plan = match plan.into_batch() {
            Ok(calls) => return batch::run(shared, caller, calls, &progress, context).await,
            Err(plan) => plan,
        };
        let plan = match plan.into_program() {
            Ok(code) => return program::run(shared, caller, code, &progress, context).await,
            Err(plan) => plan,
        };
        // The semaphore is never closed. A call that gets no turn runs into the time limit.
        let _turn = shared.turns.acquire().await;
        plan.run_with(&progress).await
    };
    let token = context.meta.get_progress_token();
    let work = AssertUnwindSafe(work.instrument(span.clone())).catch_unwind();
    let reported = progress.report_while(&context.peer, token, work);
    let outcome = tokio::select! {
        biased;
        // Dropping the work ends the call. The client does not read the response to a cancelled call.
        () = context.ct.cancelled() => Outcome::Refused(cancelled()),
        ended = tokio::time::timeout(longest.saturating_add(grace), reported) => match ended {
            Ok(Ok(Ok(output))) => Outcome::Done(output),
            Ok(Ok(Err(error))) => Outcome::Failed(error),
            Ok(Err(_)) => Outcome::Refused(defect(name)),
            Err(_) => Outcome::Refused(timed_out(shared, effect, is_repeatable)),
        },
    };
    match &outcome {
        Outcome::Done(_) => {}
        Outcome::Failed(error) => trace::fail(&span, error.kind().as_str()),
        Outcome::Refused(refusal) => trace::fail(&span, refusal.kind()),
    }
    outcome
}
