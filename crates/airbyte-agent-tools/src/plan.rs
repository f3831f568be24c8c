//! A call of a tool that was understood and checked, and has not been made.

use std::fmt;

use serde_json::{Map, Value};

use super::decision::Decision;
use super::error::ToolError;
use super::output::ToolOutput;
use super::progress::{Progress, Silent};
use super::records;
use super::run::{self, RunContext};
use super::toolset::Toolset;
use airbyte_agent_description::{Connector, Operation};

/// A call of a tool that was understood and checked, and has not been made.
///
/// [`Toolset::plan`] makes it: which operation is meant is decided, the policy permits it, and the
/// arguments have the types that the operation takes. A program takes from it what its audit log, its
/// quotas or the question to a person need, and then runs it.
pub struct Plan<'t> {
    tools: &'t Toolset,
    decision: Decision<'t>,
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

/// What a call does to the data of a vendor, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Effect {
    /// The call asks no vendor: it is answered from descriptions, as `search` and `describe` are, or from the
    /// store of this machine.
    Nothing,
    /// The call reads data and changes nothing.
    Read,
    /// The call creates or changes data.
    Write,
    /// The call may destroy data.
    Destroy,
}

impl Effect {
    /// Whether the call may change data of the vendor.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Write | Self::Destroy)
    }

    /// Whether a careful program asks a person before it makes the call, because data may be lost.
    pub const fn needs_confirmation(self) -> bool {
        matches!(self, Self::Destroy)
    }
}

impl<'t> Plan<'t> {
    pub(super) const fn new(tools: &'t Toolset, decision: Decision<'t>) -> Self {
        Self { tools, decision }
    }

    /// The operation that will be called, `None` where the answer needs no call.
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
            Decision::Answer(_) | Decision::Records(..) => Effect::Nothing,
            Decision::Call(call) => {
                let hints = call.permitted.operation().hints;
                if hints.read_only {
                    Effect::Read
                } else if hints.destructive {
                    Effect::Destroy
                } else {
                    Effect::Write
                }
            }
        }
    }

    /// The arguments of the operation, converted to the types of its parameters; `None` where the
    /// answer needs no call. Arguments that steer the result, such as `fields`, are not among them.
    pub fn arguments(&self) -> Option<&Map<String, Value>> {
        match &self.decision {
            Decision::Answer(_) | Decision::Records(..) => None,
            Decision::Call(call) => Some(&call.arguments),
        }
    }

    /// Makes the call. Dropping the future ends the call.
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
    pub async fn run_with(self, progress: &dyn Progress) -> Result<ToolOutput, ToolError> {
        match self.decision {
            Decision::Answer(output) => Ok(output),
            Decision::Records(records, call) => records::run(self.tools, records, call).await,
            Decision::Call(call) => {
                let prepared = self.tools.prepared();
                let (schemas, lists) = (&prepared.schemas, &prepared.lists);
                let limits = self.tools.result_limits();
                let files = self.tools.files_folder();
                let takes_images = self.tools.takes_images();
                let context = RunContext { limits, schemas, lists, files, takes_images, progress };
                run::run(call, context).await
            }
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
