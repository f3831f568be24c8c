//! What is decided about a call of a tool before anything is sent.

use serde_json::{Map, Value};

use super::controls::Controls;
use super::gate::Permitted;
use super::output::ToolOutput;
use super::records::{Records, RecordsCall};

/// What a call of a tool leads to.
pub(super) enum Decision<'t> {
    /// The answer is known without asking anybody.
    Answer(ToolOutput),
    /// An operation is called.
    Call(PermittedCall<'t>),
    /// The store is read.
    Records(&'t Records, RecordsCall),
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
