//! What a model is told of a tool.

use serde::Serialize;
use serde_json::Value;

use super::dialect;

/// What a model is told of a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ToolDefinition {
    /// Name, `^[a-zA-Z0-9_-]{1,64}$`; the same in every run.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What the tool does and when to use it.
    pub description: String,
    /// JSON Schema (draft 2020-12) of the arguments: an object without combinators, references or
    /// lists of types, whose `required` is always there.
    pub input_schema: Value,
    /// What calls do to the vendor's data.
    pub hints: ToolHints,
}

impl ToolDefinition {
    /// The schema for `strict: true` of `OpenAI`'s function calling: every property is required,
    /// optional ones may be `null`, free-form objects are JSON text. [`call`](super::Toolset::call)
    /// understands arguments in this form too.
    pub fn openai_strict_schema(&self) -> Value {
        dialect::openai_strict(&self.input_schema)
    }

    /// The schema in the subset of `OpenAPI` that Gemini's function declarations take.
    /// [`call`](super::Toolset::call) understands arguments in this form too.
    pub fn gemini_schema(&self) -> Value {
        dialect::gemini(&self.input_schema)
    }
}

/// What calls of a tool do to the vendor's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ToolHints {
    /// Nothing changes.
    pub read_only: bool,
    /// Something may be lost.
    pub destructive: bool,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    /// It reaches a service outside.
    pub open_world: bool,
}
