//! Operations of the Airbyte agent connectors as tools for language models.
//!
//! A [`Toolset`] contains one or several clients. It defines the tools, in one of three
//! [exposures](Exposure), and calls them. It takes arguments as models write them, applies the
//! [`Policy`] of the operator, and gives results and errors that a model can read, within
//! [`ResultLimits`]. [`Toolset::plan`] decides everything about a call before anything is sent, for
//! programs that log, count or confirm calls.
//!
//! [`ApiTools`] are the same tools in the formats of the APIs of `OpenAI` and Anthropic. The crate knows no
//! protocol and no framework; the MCP server and the adapter for rig are built on it.
//!
//! ```no_run
//! use airbyte_agent_tools::{ClientTools as _, Exposure, Policy};
//! use serde_json::json;
//!
//! # async fn example(client: airbyte_agent_engine::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let tools = client
//!     .tools()
//!     .policy(Policy::default().read_only().deny("users.*")?)
//!     .exposure(Exposure::PerConnector);
//! for tool in tools.definitions() {
//!     println!("{}: {}", tool.name, tool.description);
//! }
//! let arguments = json!({"entity": "issues", "action": "list", "params": {"owner": "rust-lang"}});
//! println!("{}", tools.call("github", arguments).await?.text);
//! # Ok(())
//! # }
//! ```

/// Keeps the examples of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExamples;

mod account;
mod api;
mod approval;
mod batch;
mod call_digest;
mod calls;
mod catalog;
mod coerce;
mod controls;
mod cursor_memory;
mod decision;
mod definition;
mod dialect;
mod effect;
mod error;
mod expose;
mod gate;
mod group;
mod json_text;
mod limits;
mod list_memory;
mod names;
mod output;
mod plan;
mod plan_run;
mod policy;
mod program;
mod progress;
mod prose;
mod records;
mod response_schemas;
mod result;
mod retry_memory;
mod run;
mod schema;
pub mod search;
mod toolset;

pub use self::api::{ApiTools, ModelApi, ToolAnswer, ToolAnswers, ToolCall};
pub use self::approval::{Answer, Approval, ApprovalRequest, Approver};
pub use self::batch::{Batch, BatchCall, BatchResult};
pub use self::definition::{ToolDefinition, ToolHints};
pub use self::effect::Effect;
pub use self::error::{ArgumentProblem, Retry, ToolError, ToolErrorKind};
pub use self::limits::ResultLimits;
pub use self::output::ToolOutput;
pub use self::plan::{Plan, Target};
pub use self::policy::{OperationFilter, Policy};
pub use self::program::{Program, ProgramCalls, ProgramEnd, ProgramHost, ProgramRunner};
pub use self::progress::{Progress, Report};
pub use self::result::columns::{Columns, columns, gist};
pub use self::result::escape::escape_controls;
pub use self::result::tokens::estimate as estimate_tokens;
pub use self::toolset::{ClientTools, Exposure, Toolset};
