//! A call of a tool that was understood and checked, and has not been made.

use std::fmt;

use serde_json::{Map, Value};

use super::approval::{self, Answer, Approval, ApprovalRequest, Approver};
use super::cursor_memory::Handles;
use super::decision::{BatchedDecision, Decision};
use super::effect::Effect;
use super::error::ToolError;
use super::gate::{self, Permitted};
use super::progress::Progress;
use super::records;
use super::run::{self, RunContext, Written};
use super::toolset::Toolset;
use airbyte_agent_description::{Connector, Operation};

/// A call of a tool that was understood and checked, and has not been made.
///
/// [`Toolset::plan`] makes it: which operation is meant is decided, the policy permits it, and the
/// arguments have the types that the operation takes. A program takes from it what its audit log, its
/// quotas or the question to a person need, and then runs it.
pub struct Plan<'t> {
    pub(super) tools: &'t Toolset,
    pub(super) decision: Decision<'t>,
    pub(super) session: u64,
    pub(super) short_cursors: bool,
}

/// The operation that a call calls, and the account that it uses.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Target<'t> {
    /// The name of the account.
    pub account: &'t str,
    /// The description of the connector.
    pub connector: &'t Connector,
    /// The description of the operation.
    pub operation: &'t Operation,
}

impl<'t> Plan<'t> {
    pub(super) const fn new(tools: &'t Toolset, decision: Decision<'t>) -> Self {
        Self { tools, decision, session: 0, short_cursors: false }
    }

    /// Says in which session the call is made, by any number. A call that is repeated because its outcome is not
    /// known has the idempotency key of the first one only in the same session.
    #[must_use]
    pub const fn in_session(mut self, session: u64) -> Self {
        self.session = session;
        self
    }

    /// Gives the next page of a list a short handle in the place of its cursor: good for an hour, in the
    /// [session](Self::in_session) of this call, and as long as the process runs. Cursors of earlier results are good
    /// as well.
    #[must_use]
    pub const fn short_cursors(mut self) -> Self {
        self.short_cursors = true;
        self
    }

    /// Whether the same call may be made again when its outcome is not known: it changes nothing, it does the
    /// same thing once and twice, or it has an idempotency key, which is good for half an hour.
    pub fn is_repeatable(&self) -> bool {
        let Decision::Call(call) = &self.decision else { return true };
        let operation = call.permitted.operation();
        let hints = operation.hints;
        let client = &call.permitted.account().client;
        hints.read_only || hints.idempotent || client.takes_idempotency_key(operation)
    }

    /// The operation that will be called, `None` where the answer needs no call, for a batch and for a
    /// program.
    pub fn target(&self) -> Option<Target<'t>> {
        let Decision::Call(call) = &self.decision else { return None };
        let account = call.permitted.account();
        Some(Target {
            account: &account.name,
            connector: account.connector(),
            operation: call.permitted.operation(),
        })
    }

    /// What the call will do to the data of the vendor.
    pub fn effect(&self) -> Effect {
        match &self.decision {
            // What changes data is no part of a batch.
            Decision::Batch(calls) if calls.iter().any(BatchedDecision::asks_vendor) => {
                Effect::Read
            }
            Decision::Answer(_)
            | Decision::Records(..)
            | Decision::Batch(_)
            // Each call of a program has an effect of its own.
            | Decision::Program(..) => Effect::Nothing,
            Decision::Call(call) if call.controls.dry_run => Effect::Nothing,
            Decision::Call(call) => Effect::of(call.permitted.operation()),
        }
    }

    /// Whether the policy asks a person about the call, and it has no approval yet.
    pub fn needs_approval(&self) -> bool {
        match &self.decision {
            // Calls that need an approval are no part of a batch, and those of a program are asked about one by one.
            Decision::Answer(_)
            | Decision::Records(..)
            | Decision::Batch(_)
            | Decision::Program(..) => false,
            Decision::Call(call) => call.permitted.needs_approval() && !call.controls.dry_run,
        }
    }

    /// What a person has to be told before the call is made, `None` where it needs no approval.
    pub fn approval_request(&self) -> Option<ApprovalRequest> {
        let Decision::Call(call) = &self.decision else { return None };
        if !self.needs_approval() {
            return None;
        }
        let preview = run::preview(call, &self.tools.result_limits()).ok();
        Some(ApprovalRequest::new(call, preview))
    }

    /// Takes the approval of a person.
    ///
    /// # Errors
    ///
    /// When the approval is that of another call.
    pub fn approve(&mut self, approval: Approval) -> Result<(), ToolError> {
        let Decision::Call(call) = &mut self.decision else {
            return Err(approval::of_another_call());
        };
        if !approval.fits(call) {
            return Err(approval::of_another_call());
        }
        call.permitted.approve();
        Ok(())
    }

    /// Has a person asked, if the policy wants that and the call has no approval yet.
    ///
    /// # Errors
    ///
    /// When the person refuses, does not answer or cannot be asked.
    pub async fn ask(&mut self, approver: &dyn Approver) -> Result<(), ToolError> {
        let Some(request) = self.approval_request() else { return Ok(()) };
        let answer = approver.ask(&request).await;
        self.answer(answer)
    }

    /// Takes the answer to the question of the [approval request](Self::approval_request).
    ///
    /// # Errors
    ///
    /// When the answer does not approve this call.
    pub fn answer(&mut self, answer: Answer) -> Result<(), ToolError> {
        let Decision::Call(call) = &self.decision else { return Ok(()) };
        let approval = answer.approval(call)?;
        self.approve(approval)
    }

    /// The arguments of the operation, converted to the types of its parameters; `None` where the
    /// answer needs no call. Arguments that steer the result, such as `fields`, are not among them.
    pub fn arguments(&self) -> Option<&Map<String, Value>> {
        match &self.decision {
            Decision::Answer(_)
            | Decision::Records(..)
            | Decision::Batch(_)
            | Decision::Program(..) => None,
            Decision::Call(call) => Some(&call.arguments),
        }
    }

    /// Whether the call starts a job at the vendor whose result can be waited for: the policy permits what is
    /// needed for that, and asks nobody about it.
    pub fn starts_job(&self) -> bool {
        self.job_reader().is_some()
    }

    /// The operation that reads the result of the job that the call starts.
    pub(super) fn job_reader(&self) -> Option<Permitted<'t>> {
        let Decision::Call(call) = &self.decision else { return None };
        if call.controls.dry_run {
            return None;
        }
        let (account, policy) = (call.permitted.account(), self.tools.common_policy());
        let job = call.permitted.operation().job.as_ref()?;
        let permitted = |entity: &str, action| {
            let operation = account.connector().operation(entity, action)?;
            let permitted = gate::permit(policy, account, operation).ok()?;
            (!permitted.needs_approval()).then_some(permitted)
        };
        permitted(&job.status.entity, job.status.action)?;
        permitted(&job.result.entity, job.result.action)
    }

    /// Makes the call, and gives a result that can be written once more. `sharing` is the number of calls that
    /// share the limits of one result.
    pub(super) async fn write(
        self,
        progress: &dyn Progress,
        sharing: usize,
    ) -> Result<Written<'t>, ToolError> {
        let context = RunContext { is_rewritten: sharing > 1, ..self.context(progress) };
        match self.decision {
            Decision::Answer(output) => Ok(Written::only(output)),
            Decision::Records(records, call) => {
                let limits = self.tools.result_limits().divided_by(sharing);
                let tools = self.tools.clone().limits(limits);
                let handles = Handles {
                    memory: context.cursors,
                    session: context.session,
                    is_short: context.short_cursors,
                };
                records::run(&tools, records, call, handles).await.map(Written::only)
            }
            Decision::Call(call) => run::run(call, context).await,
            Decision::Batch(_) => Err(ToolError::argument("tool", "a batch makes no batches")),
            Decision::Program(..) => Err(ToolError::argument("tool", "a batch runs no programs")),
        }
    }

    /// What the toolset provides for the call.
    pub(super) fn context<'r>(&self, progress: &'r dyn Progress) -> RunContext<'r>
    where
        't: 'r,
    {
        let tools = self.tools;
        let prepared = tools.prepared();
        RunContext {
            limits: tools.result_limits(),
            schemas: &prepared.schemas,
            lists: &prepared.lists,
            cursors: &prepared.cursors,
            short_cursors: self.short_cursors,
            retries: &prepared.retries,
            session: self.session,
            files: tools.files_folder(),
            takes_images: tools.takes_images(),
            is_rewritten: false,
            progress,
        }
    }
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may hold anything, secrets included.
        let target = self.target();
        f.debug_struct("Plan")
            .field("account", &target.map(|target| target.account))
            .field("operation", &target.map(|target| target.operation.place()))
            .field("effect", &self.effect())
            .finish_non_exhaustive()
    }
}
