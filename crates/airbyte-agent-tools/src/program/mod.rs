//! Programs of a model over the tools: many calls, of which the model reads only what the program makes of them.
//!
//! A program does not run here: a [`ProgramRunner`] runs it wherever it can do no harm, and hands over the calls that it
//! wants. Each of them is planned, permitted and made as any other call of a tool is. What it reads is given to the
//! program and not to a model, so that it is not shortened for one; the answer is.

mod answer;
mod host;
mod outcome;
pub(super) mod runner;
mod value;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

pub use self::host::ProgramHost;
use self::outcome::Outcomes;
use self::runner::LIST_RECORDS;
pub use self::runner::{ProgramCalls, ProgramEnd, ProgramRunner};
use super::batch::{BatchCall, BatchResult, Part, Sum};
use super::decision::Decision;
use super::error::{Retry, ToolError, ToolErrorKind};
use super::limits::ResultLimits;
use super::output::ToolOutput;
use super::plan::Plan;
use super::progress::Progress;
use super::toolset::Toolset;
use airbyte_agent_engine::BoxFuture;

/// The most calls of a program.
const MOST_CALLS: usize = 200;

/// The longest result of a call that a program takes, in bytes.
const LONGEST_RESULT: usize = 2 * 1_024 * 1_024;

/// A program of a model, which has not been run. [`Plan::into_program`] gives it to programs that log, count or limit
/// each of its calls; [`Plan::run`] runs it by itself.
pub struct Program<'t> {
    tools: &'t Toolset,
    /// The same tools, whose results are not made short for a model.
    wide: Toolset,
    runner: Arc<dyn ProgramRunner>,
    code: String,
    session: u64,
    outcomes: Mutex<Outcomes>,
}

impl<'t> Plan<'t> {
    /// Whether a program is run, of which each call has a plan of its own.
    pub const fn is_program(&self) -> bool {
        matches!(self.decision, Decision::Program(..))
    }

    /// The program that is run.
    ///
    /// # Errors
    ///
    /// The plan itself where it is one of another call.
    pub fn into_program(self) -> Result<Program<'t>, Box<Self>> {
        let Self { tools, decision, session, short_cursors } = self;
        let (runner, code) = match decision {
            Decision::Program(runner, code) => (runner, code),
            decision => return Err(Box::new(Self { tools, decision, session, short_cursors })),
        };
        let limits = ResultLimits::NONE
            .bytes(LONGEST_RESULT)
            .lists(LIST_RECORDS, usize::MAX)
            .whole()
            .held(tools.result_limits().held_bytes)
            .like_files_of(&tools.result_limits());
        let wide = tools.clone().limits(limits).images(false);
        Ok(Program { tools, wide, runner, code, session, outcomes: Mutex::default() })
    }
}

impl Program<'_> {
    /// Runs the program. `host` makes the calls that it wants; `progress` is told what all of them have read.
    ///
    /// # Errors
    ///
    /// When the program fails, and when what it returns is too long.
    pub async fn run(
        &self,
        host: &dyn ProgramHost,
        progress: &dyn Progress,
    ) -> Result<ToolOutput, ToolError> {
        let running = Running { program: self, host, sum: Arc::new(Sum::new(progress, 0)) };
        let end = self.runner.run(&self.code, self.functions(), &running).await;
        answer::answer(self.tools, end, &self.outcomes())
    }

    /// The error of a program that is ended from outside, with what it has changed until then. `why` is a sentence
    /// without the full stop.
    pub fn stopped(&self, why: &str) -> ToolError {
        answer::failure(&ProgramEnd::failed(why), &self.outcomes())
    }

    /// The names of the tools that the program may call.
    fn functions(&self) -> Vec<String> {
        let all = self.wide.all_definitions().iter();
        let all = all.filter(|tool| !super::expose::is_of_many_calls(&self.wide, &tool.name));
        all.map(|tool| tool.name.clone()).collect()
    }

    fn plan(&self, tool: &str, arguments: Value) -> Result<Plan<'_>, ToolError> {
        let plan = self.wide.plan(tool, arguments)?.in_session(self.session);
        if plan.is_batch() || plan.is_program() {
            let message = format!("a program does not call '{tool}'");
            return Err(ToolError::new(ToolErrorKind::NotPermitted, message, Retry::Changed)
                .with_advice(
                    "Call the tools themselves; Promise.all makes calls at the same time.",
                ));
        }
        Ok(plan)
    }

    fn outcomes(&self) -> std::sync::MutexGuard<'_, Outcomes> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A program that runs.
struct Running<'p> {
    program: &'p Program<'p>,
    host: &'p dyn ProgramHost,
    sum: Arc<Sum<'p>>,
}

impl ProgramCalls for Running<'_> {
    fn call(&self, tool: String, given: Value) -> BoxFuture<'_, Result<Value, Value>> {
        Box::pin(async move {
            let Some(position) = self.program.outcomes().begin(MOST_CALLS, &given) else {
                return Err(json!({
                    "error": ToolErrorKind::TooLarge.as_str(),
                    "message": format!("A program makes at most {MOST_CALLS} calls. Read lists instead of single records."),
                    "retry": "with_other_arguments",
                }));
            };
            let plan = self.program.plan(&tool, given.clone());
            let change = plan.as_ref().ok().and_then(outcome::change);
            let place = plan.as_ref().ok().and_then(outcome::place);
            let name = (position + 1).to_string();
            let call = BatchCall::single(name, tool, given, plan, Part::new(&self.sum, position));
            if let Some(change) = &change {
                self.program.outcomes().begin_change(change);
            }
            let result: BatchResult<'_> = self.host.make(call).await;
            let mut outcomes = self.program.outcomes();
            if let Some(change) = &change {
                outcomes.end_change(change, &result);
            }
            match result.outcome() {
                Some(Ok(output)) => Ok(outcomes.take(place.as_deref(), output)),
                _ => Err(result.error(self.program.tools).unwrap_or_default()),
            }
        })
    }
}

/// Makes the calls of a program without any further ado.
pub(super) struct Plainly;

impl ProgramHost for Plainly {
    fn make<'a>(&'a self, mut call: BatchCall<'a>) -> BoxFuture<'a, BatchResult<'a>> {
        Box::pin(async move {
            match call.ask_approver().await {
                Ok(()) => call.run().await,
                Err(error) => call.fail(error),
            }
        })
    }
}

impl fmt::Debug for Program<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The program may hold anything, secrets included.
        f.debug_struct("Program").finish_non_exhaustive()
    }
}
