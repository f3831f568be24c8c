//! The calls of a program. Each is written down, counted against the quotas, shown to the user where the policy asks,
//! waits for its turn and ends in time like a call by itself.

use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use airbyte_agent_core::BoxFuture;
use airbyte_agent_core::tools::{
    BatchCall, BatchResult, Effect, Plan, Program, ProgramHost, ToolError, ToolOutput,
};
use futures_util::FutureExt as _;
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::admission::{admit, defect, timed_out, too_destructive};
use crate::approval::BySession;
use crate::asking::{Asking, asking};
use crate::audit::{Ending, Entry};
use crate::caller::Caller;
use crate::part::{begin, refuse};
use crate::progress::LatestReport;
use crate::refusal::{Refusal, Retry};
use crate::shared::Shared;

/// What the log calls the tool of a call that names none.
const TOOL: &str = "program";

/// What the answer of a program may take beyond the longest time of its calls.
const GRACE: Duration = Duration::from_millis(500);

/// Runs a program until it ends or its time is over. Dropping the future ends all of its calls.
pub(crate) async fn run(
    shared: &Shared,
    caller: &Caller<'_>,
    program: Program<'_>,
    progress: &LatestReport,
    context: &RequestContext<RoleServer>,
) -> Result<ToolOutput, ToolError> {
    let clock = Clock::new(shared.limits.timeout);
    let approvals = tokio::sync::Mutex::new(());
    let host = Host { shared, caller, context, clock: &clock, approvals: &approvals };
    let mut work = std::pin::pin!(program.run(&host, progress));
    loop {
        tokio::select! {
            biased;
            ended = &mut work => return ended,
            () = tokio::time::sleep_until(clock.deadline() + GRACE) => {}
        }
        // Users may have been asked in the meantime, which takes no time of the program.
        if Instant::now() >= clock.deadline() + GRACE {
            let seconds = shared.limits.timeout.as_secs_f64();
            let why = format!("it was ended after {seconds} s, the operator's limit");
            return Err(program.stopped(&why));
        }
    }
}

/// Makes the calls of one program.
struct Host<'h> {
    shared: &'h Shared,
    caller: &'h Caller<'h>,
    context: &'h RequestContext<RoleServer>,
    clock: &'h Clock,
    /// Held while the user is asked: one question at a time.
    approvals: &'h tokio::sync::Mutex<()>,
}

impl ProgramHost for Host<'_> {
    fn make<'a>(&'a self, mut call: BatchCall<'a>) -> BoxFuture<'a, BatchResult<'a>> {
        let entry = begin(self.shared, self.caller, &call, TOOL, self.context);
        Box::pin(async move {
            let name = call.name().to_owned();
            match self.permitted(&mut call, &entry).await {
                Ok(()) => self.one(call, entry).await,
                Err(Stopped::Refused(refusal)) => refuse(name, &refusal, entry),
                Err(Stopped::Failed(error)) => {
                    entry.end(&Ending::of(Err(&error)));
                    call.fail(error)
                }
            }
        })
    }
}

/// Why a call is not made.
enum Stopped {
    /// This server refuses it.
    Refused(Refusal),
    /// It has no approval.
    Failed(ToolError),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Host<'_> {
    /// Counts the call against the limits of the operator, and has the user asked, in the order of calls by themselves.
    async fn permitted(&self, call: &mut BatchCall<'_>, entry: &Entry) -> Result<(), Stopped> {
        let shared = self.shared;
        if !entry.is_permitted() {
            return Err(not_audited().into());
        }
        // A call that cannot be understood is not made, and says so itself.
        let Ok(plan) = call.plan() else { return Ok(()) };
        let is_destructive = plan.effect() == Effect::Destroy;
        let session = &self.caller.session;
        let most = shared.limits.destructive.filter(|_| is_destructive);
        if most.is_some_and(|most| !session.may_destroy(most)) {
            return Err(too_destructive(shared).into());
        }
        admit(shared, plan)?;
        if plan.needs_approval() {
            if asking(self.context) == Asking::ByResult {
                return Err(alone(plan).into());
            }
            let _one_question = self.approvals.lock().await;
            let approver = BySession { context: self.context, limits: shared.limits };
            let _pause = self.clock.pause();
            call.ask(&approver).await.map_err(Stopped::Failed)?;
        }
        if most.is_some_and(|most| !session.destroy(most)) {
            return Err(too_destructive(shared).into());
        }
        Ok(())
    }

    /// Makes the call in its turn and in its time.
    async fn one<'r>(&self, call: BatchCall<'r>, entry: Entry) -> BatchResult<'r> {
        let shared = self.shared;
        let (name, tool) = (call.name().to_owned(), call.tool().to_owned());
        let effect = call.plan().map_or(Effect::Nothing, Plan::effect);
        let is_repeatable = call.plan().is_ok_and(Plan::is_repeatable);
        let span = tracing::info_span!("mcp_program_call", tool, part = name);
        let work = async {
            // The semaphore is never closed. A call that gets no turn runs into the time limit.
            let _turn = shared.turns.acquire().await;
            call.run().await
        };
        let work = AssertUnwindSafe(work.instrument(span)).catch_unwind();
        let result = match tokio::time::timeout_at(self.clock.deadline(), work).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => return refuse(name, &defect(&tool), entry),
            Err(_) => return refuse(name, &timed_out(shared, effect, is_repeatable), entry),
        };
        if let Some(outcome) = result.outcome() {
            if let Err(error) = outcome {
                shared.warn_of(&tool, error);
            }
            entry.end(&Ending::of(outcome));
        }
        result
    }
}

/// The refusal of a change that cannot be written down.
fn not_audited() -> Refusal {
    Refusal::new(
        "not_audited",
        "Nothing was changed: the operator's audit log cannot be written. Tell the user.",
        Retry::Never,
    )
}

/// The refusal of a call that this client can be asked about only as a call by itself: it would get the question as
/// the result of the call, and the program would have to be run once more with the answer.
fn alone(plan: &Plan<'_>) -> Refusal {
    let place = plan.target().map(|target| target.operation.place()).unwrap_or_default();
    let message = format!(
        "The user is asked before {place}, and cannot be asked while a program runs. It was not sent. Make this call by \
         itself, outside of the program."
    );
    Refusal::new("not_approved", message, Retry::Changed)
}

/// The time of a program, without that in which the user is asked.
struct Clock(Mutex<Times>);

struct Times {
    deadline: Instant,
    /// Since when the user is asked.
    paused: Option<Instant>,
}

/// The time does not pass until this is dropped.
struct Pause<'c>(&'c Clock);

impl Clock {
    fn new(longest: Duration) -> Self {
        Self(Mutex::new(Times { deadline: Instant::now() + longest, paused: None }))
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deadline(&self) -> Instant {
        let times = self.times();
        times.deadline + times.paused.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn pause(&self) -> Pause<'_> {
        self.times().paused = Some(Instant::now());
        Pause(self)
    }
}

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        let mut times = self.0.times();
        if let Some(since) = times.paused.take() {
            times.deadline += since.elapsed();
        }
    }
}
