//! The definition of a tool: what a model is told about it.

use serde::Serialize;
use serde_json::Value;

use super::dialect;

/// What a model is told about a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolDefinition {
    /// The name, which matches `^[a-zA-Z0-9_-]{1,64}$` and is the same in every run.
    pub name: String,
    /// The name that people read.
    pub title: String,
    /// What the tool does and when it is used.
    pub description: String,
    /// The JSON Schema (draft 2020-12) of the arguments. It is an object with `required`, and uses no
    /// combinators, no references and no lists of types.
    pub input_schema: Value,
    /// The JSON Schema of the structured results of the tool, `None` where their form depends on the call. It is
    /// not part of the definition as models read it.
    #[serde(skip)]
    pub output_schema: Option<Value>,
    /// What calls of the tool may do to the data of a vendor.
    pub hints: ToolHints,
}

impl ToolDefinition {
    /// The schema for `strict: true` of `OpenAI`'s function calling. Every property is required, optional
    /// ones may be `null`, and free-form objects are JSON text. [`call`](super::Toolset::call)
    /// understands arguments in this form as well.
    pub fn openai_strict_schema(&self) -> Value {
        dialect::openai_strict(&self.input_schema)
    }

    /// The schema in the subset of `OpenAPI` that function declarations of Gemini take.
    /// [`call`](super::Toolset::call) understands arguments in this form as well.
    pub fn gemini_schema(&self) -> Value {
        dialect::gemini(&self.input_schema)
    }
}

/// What calls of a tool may do to the data of a vendor. A tool with several operations has the hints of all
/// of them; [`Plan::effect`](super::Plan::effect) tells what one call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolHints {
    /// No call changes data.
    pub read_only: bool,
    /// Some calls may destroy data: remove or overwrite it.
    pub destructive: bool,
    /// A call that is made twice has the same effect as a call that is made once.
    pub idempotent: bool,
    /// Calls reach a service outside of this process.
    pub open_world: bool,
}
