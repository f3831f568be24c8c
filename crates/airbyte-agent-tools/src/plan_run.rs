//! Makes the calls that were planned.

use std::time::Duration;

use super::approval::Answer;
use super::batch;
use super::decision::Decision;
use super::error::ToolError;
use super::output::ToolOutput;
use super::plan::Plan;
use super::program::Plainly;
use super::progress::{Progress, Silent};
use super::run::{self, Written};

impl Plan<'_> {
    /// Makes the call. Dropping the future ends the call. Where the policy asks a person and the call has no
    /// approval yet, the [approver](crate::Toolset::approver) of the toolset is asked before.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong, in words by which a model can correct its call or give up.
    pub async fn run(self) -> Result<ToolOutput, ToolError> {
        self.run_with(&Silent).await
    }

    /// Makes the call and reports how far it has come.
    ///
    /// # Errors
    ///
    /// The same as [`run`](Self::run).
    pub async fn run_with(mut self, progress: &dyn Progress) -> Result<ToolOutput, ToolError> {
        if self.needs_approval() {
            match self.tools.current_approver() {
                Some(approver) => self.ask(&*approver).await?,
                None => self.answer(Answer::CannotAsk)?,
            }
        }
        let plan = match self.into_batch() {
            Ok(batch) => return batch::run(batch, progress).await,
            Err(plan) => plan,
        };
        match plan.into_program() {
            Ok(program) => program.run(&Plainly, progress).await,
            Err(plan) => plan.write(progress, 1).await.map(Written::into_output),
        }
    }

    /// Makes the call, waits until the job that it starts is done, at most for `longest`, and gives the result of
    /// the job. A call that starts none is made as by [`run_with`](Self::run_with). Dropping the future ends the
    /// waiting; the job goes on at the vendor.
    ///
    /// # Errors
    ///
    /// The same as [`run`](Self::run), and when the job fails or takes longer.
    pub async fn run_job(
        self,
        longest: Duration,
        progress: &dyn Progress,
    ) -> Result<ToolOutput, ToolError> {
        let Some(reader) = self.job_reader() else { return self.run_with(progress).await };
        let context = self.context(progress);
        let Decision::Call(call) = self.decision else { return self.run_with(progress).await };
        run::run_job(call, reader, longest, context).await
    }
}
