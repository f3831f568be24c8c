//! Calls that are made together and have one answer.
//!
//! A batch only reads: what changes data, what a person has to approve and what gives a file is refused when
//! the batch is planned. A call that fails leaves the others as they are.

mod answer;
mod progress;

use std::fmt;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;

pub(super) use self::answer::shown;
pub(super) use self::progress::{Part, Sum};
use super::approval::{Answer, Approver};
use super::decision::Decision;
use super::error::{ToolError, ToolErrorKind};
use super::output::ToolOutput;
use super::plan::Plan;
use super::progress::Progress;
use super::run::Written;
use super::toolset::Toolset;
use airbyte_agent_engine::ErrorKind;

/// Calls that are made together, understood and checked. [`Plan::into_batch`] gives it to programs that log, count
/// or limit each call; [`Plan::run`] makes the calls and writes the answer by itself.
///
/// ```
/// use airbyte_agent_tools::{Batch, Plan, ToolError, ToolOutput};
/// use futures_util::{StreamExt as _, stream};
///
/// async fn run(plan: Plan<'_>) -> Result<Option<ToolOutput>, ToolError> {
///     let Ok(batch) = plan.into_batch() else { return Ok(None) };
///     let tools = batch.tools();
///     let calls = batch.into_calls(&|report| println!("{report:?}"));
///     let calls = stream::iter(calls).map(|call| {
///         println!("{}: {:?}", call.name(), call.plan().map(|plan| plan.effect()));
///         call.run()
///     });
///     let results = calls.buffered(Batch::MOST_AT_ONCE).collect().await;
///     tools.batch_output(results).map(Some)
/// }
/// ```
pub struct Batch<'t> {
    tools: &'t Toolset,
    calls: Vec<(Named, Result<Plan<'t>, ToolError>)>,
}

/// A call of a [`Batch`] or of a [`Program`](crate::Program).
pub struct BatchCall<'r> {
    named: Named,
    plan: Result<Plan<'r>, ToolError>,
    progress: Part<'r>,
    /// The number of calls of the batch.
    sharing: usize,
}

/// What a call of a batch is called.
#[derive(Clone)]
struct Named {
    name: String,
    tool: String,
    given: Value,
}

/// What became of a call of a [`Batch`] or of a [`Program`](crate::Program).
pub struct BatchResult<'r> {
    name: String,
    outcome: Outcome<'r>,
}

enum Outcome<'r> {
    Written(Written<'r>),
    Failed(ToolError),
    /// The program refused or ended the call.
    Refused(Value),
}

impl<'t> Plan<'t> {
    /// Whether several calls are made together, of which each has a plan of its own.
    pub const fn is_batch(&self) -> bool {
        matches!(self.decision, Decision::Batch(_))
    }

    /// The calls that are made together.
    ///
    /// # Errors
    ///
    /// The plan itself where it is one of a single call.
    pub fn into_batch(self) -> Result<Batch<'t>, Box<Self>> {
        let Self { tools, decision, session, short_cursors } = self;
        let calls = match decision {
            Decision::Batch(calls) => calls,
            decision => return Err(Box::new(Self { tools, decision, session, short_cursors })),
        };
        let calls = calls.into_iter().map(|call| {
            let plan =
                call.decision.map(|decision| Self { tools, decision, session, short_cursors });
            (Named { name: call.name, tool: call.tool, given: call.given }, plan)
        });
        Ok(Batch { tools, calls: calls.collect() })
    }
}

impl<'t> Batch<'t> {
    /// How many calls should be made at the same time, at most.
    pub const MOST_AT_ONCE: usize = 8;

    /// The toolset of the calls, which writes the answer.
    pub const fn tools(&self) -> &'t Toolset {
        self.tools
    }

    /// The names of the results, in the order of the calls.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.calls.iter().map(|(named, _)| named.name.as_str())
    }

    /// The single calls. `progress` is told what all of them together have read.
    pub fn into_calls<'r>(self, progress: &'r dyn Progress) -> Vec<BatchCall<'r>>
    where
        't: 'r,
    {
        let sharing = self.calls.len();
        let sum = Arc::new(Sum::new(progress, sharing));
        let calls = self.calls.into_iter().enumerate().map(|(position, (named, plan))| {
            let progress = Part::new(&sum, position);
            BatchCall { named, plan, progress, sharing }
        });
        calls.collect()
    }
}

impl<'r> BatchCall<'r> {
    /// The name of the result in the answer.
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// The name of the tool that is called, empty where the call names an operation instead.
    pub fn tool(&self) -> &str {
        &self.named.tool
    }

    /// The arguments as they were given.
    pub const fn given(&self) -> &Value {
        &self.named.given
    }

    /// The plan of the call.
    ///
    /// # Errors
    ///
    /// When the call cannot be understood, is not permitted, or is no part of a batch. To run the call gives
    /// the same error.
    pub const fn plan(&self) -> Result<&Plan<'r>, &ToolError> {
        self.plan.as_ref()
    }

    /// A call by itself, which shares the limits with no other.
    pub(super) fn single(
        name: String,
        tool: String,
        given: Value,
        plan: Result<Plan<'r>, ToolError>,
        progress: Part<'r>,
    ) -> Self {
        Self { named: Named { name, tool, given }, plan, progress, sharing: 1 }
    }

    /// Has a person asked, if the policy wants that and the call has no approval yet. A plan that cannot be run is
    /// left as it is.
    ///
    /// # Errors
    ///
    /// When the person refuses, does not answer or cannot be asked.
    pub async fn ask(&mut self, approver: &dyn Approver) -> Result<(), ToolError> {
        let Ok(plan) = &mut self.plan else { return Ok(()) };
        plan.ask(approver).await
    }

    /// Has the approver of the toolset asked.
    pub(super) async fn ask_approver(&mut self) -> Result<(), ToolError> {
        let Ok(plan) = &mut self.plan else { return Ok(()) };
        match plan.tools.current_approver() {
            Some(approver) => plan.ask(&*approver).await,
            None if plan.needs_approval() => plan.answer(Answer::CannotAsk),
            None => Ok(()),
        }
    }

    /// The result of the call that is not made for this reason.
    pub fn fail(self, error: ToolError) -> BatchResult<'r> {
        BatchResult { name: self.named.name, outcome: Outcome::Failed(error) }
    }

    /// Makes the call. Dropping the future ends it.
    pub async fn run(self) -> BatchResult<'r> {
        let Self { named, plan, progress, sharing } = self;
        let outcome = match plan {
            Ok(plan) => plan.write(&progress, sharing).await,
            Err(error) => Err(error),
        };
        let outcome = match outcome {
            Ok(written) => Outcome::Written(written),
            Err(error) => Outcome::Failed(error),
        };
        BatchResult { name: named.name, outcome }
    }
}

impl BatchResult<'_> {
    /// The result of a call that the program refused or ended. The error is an object in the form of
    /// [`ToolError::to_json`].
    pub fn refused(name: impl Into<String>, error: Value) -> Self {
        Self { name: name.into(), outcome: Outcome::Refused(error) }
    }

    /// The error as it is shown, `None` where there is none.
    pub(super) fn error(&self, tools: &Toolset) -> Option<Value> {
        match &self.outcome {
            Outcome::Written(_) => None,
            Outcome::Failed(error) => Some(answer::failure(tools, error)),
            Outcome::Refused(error) => Some(error.clone()),
        }
    }

    /// Whether it is not known what a change did: the call ended before the vendor answered.
    pub(super) fn is_unknown(&self) -> bool {
        match &self.outcome {
            Outcome::Written(_) => false,
            Outcome::Failed(error) => error.kind() == ToolErrorKind::Call(ErrorKind::Network),
            Outcome::Refused(error) => error["error"] == "timeout",
        }
    }

    /// The result of the call by itself, before it shares the limits with others; `None` for a call that was
    /// refused.
    pub const fn outcome(&self) -> Option<Result<&ToolOutput, &ToolError>> {
        match &self.outcome {
            Outcome::Written(written) => Some(Ok(written.output())),
            Outcome::Failed(error) => Some(Err(error)),
            Outcome::Refused(_) => None,
        }
    }
}

impl Toolset {
    /// The answer with the results of the calls of a [`Batch`], in their order. Together they are within the limits of
    /// one result: what would be longer gets an equal share of what the shorter ones leave, and says so.
    ///
    /// # Errors
    ///
    /// When the limits are too short for as many results.
    pub fn batch_output(&self, results: Vec<BatchResult<'_>>) -> Result<ToolOutput, ToolError> {
        answer::answer(self, results)
    }
}

/// Makes the calls of a batch.
pub(super) async fn run(
    batch: Batch<'_>,
    progress: &dyn Progress,
) -> Result<ToolOutput, ToolError> {
    let tools = batch.tools();
    let calls: Vec<_> = batch.into_calls(progress).into_iter().map(BatchCall::run).collect();
    let results = stream::iter(calls).buffered(Batch::MOST_AT_ONCE).collect().await;
    tools.batch_output(results)
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl fmt::Debug for BatchCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may hold anything, secrets included.
        f.debug_struct("BatchCall")
            .field("name", &self.named.name)
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BatchResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchResult").field("name", &self.name).finish_non_exhaustive()
    }
}
