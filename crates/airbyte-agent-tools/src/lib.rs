//! Operations as tools for a language model.
//!
//! A [`Toolset`] holds one or several clients. It says what tools there are, in one of three
//! [exposures](Exposure), and calls them: arguments as a model writes them go in, text that a
//! model can read comes out, within the operator's [`Policy`] and [`ResultLimits`]. Errors are
//! written for the model, too.
//!
//! [`ApiTools`] are the same in the formats of the big model APIs. Nothing in here knows a protocol
//! or a framework: the MCP server and the adapters build on it.
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
mod coerce;
mod controls;
mod definition;
mod dialect;
mod error;
mod expose;
mod gate;
mod limits;
mod names;
mod output;
mod policy;
mod progress;
mod prose;
mod result;
mod run;
mod schema;
pub mod search;
mod toolset;

pub use self::api::{ApiTools, ModelApi, ToolAnswer, ToolAnswers, ToolCall};
pub use self::definition::{ToolDefinition, ToolHints};
pub use self::error::{ArgumentProblem, Retry, ToolError, ToolErrorKind};
pub use self::limits::ResultLimits;
pub use self::output::ToolOutput;
pub use self::policy::Policy;
pub use self::progress::{Progress, Report};
pub use self::result::columns::{Columns, columns, gist};
pub use self::result::tokens::estimate as estimate_tokens;
pub use self::toolset::{ClientTools, Exposure, Target, Toolset};
