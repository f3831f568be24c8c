//! What is decided about a call of a tool before anything is sent.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::controls::Controls;
use super::error::ToolError;
use super::gate::Permitted;
use super::output::ToolOutput;
use super::program::runner::ProgramRunner;
use super::records::{Records, RecordsCall};

/// What a call of a tool leads to.
pub(super) enum Decision<'t> {
    /// The answer is known without asking anybody.
    Answer(ToolOutput),
    /// An operation is called.
    Call(PermittedCall<'t>),
    /// The store is read.
    Records(&'t Records, RecordsCall),
    /// Several calls are made together.
    Batch(Vec<BatchedDecision<'t>>),
    /// A program is run.
    Program(Arc<dyn ProgramRunner>, String),
}

/// A call of a batch, with what it leads to.
pub(super) struct BatchedDecision<'t> {
    /// The name of its result in the answer.
    pub(super) name: String,
    /// The tool that it calls, as the call names it.
    pub(super) tool: String,
    /// The arguments as they were given.
    pub(super) given: Value,
    pub(super) decision: Result<Decision<'t>, ToolError>,
}

impl BatchedDecision<'_> {
    /// Whether the call sends a request to a vendor.
    pub(super) fn asks_vendor(&self) -> bool {
        let Ok(Decision::Call(call)) = &self.decision else { return false };
        !call.controls.dry_run
    }
}

/// A call of an operation that is permitted, with everything that is needed to make it.
#[derive(Clone)]
pub(super) struct PermittedCall<'t> {
    pub(super) permitted: Permitted<'t>,
    /// The arguments of the operation, in the types that it takes.
    pub(super) arguments: Map<String, Value>,
    pub(super) controls: Controls,
    /// The name under which the model knows the argument that chooses fields.
    pub(super) selector: &'static str,
    /// Whether the result names the account, because there are several.
    pub(super) names_account: bool,
}
