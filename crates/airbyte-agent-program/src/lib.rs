//! Runs the programs of models: JavaScript over the tools of a toolset, where only what a program returns is read by
//! the model.
//!
//! A program runs in a process of its own. [`ProgramProcess`] starts it, and makes the calls that it wants;
//! [`run_worker`] is what the process does. The process has no variables of the environment, no files and no network:
//! an interpreter without any input and output, limits of the system and, on Linux, a filter of system calls that
//! leaves it nothing but memory, the time and the two streams to its server. Time, memory, stack, calls and output are
//! bounded, and whatever ends a program is told.
//!
//! The crate knows no protocol and no vendor. Whether a call may be made is decided by the tools.
//!
//! ```no_run
//! use std::sync::Arc;
//! use airbyte_agent_core::tools::Toolset;
//! use airbyte_agent_program::ProgramProcess;
//!
//! # async fn example(tools: Toolset) -> Result<(), Box<dyn std::error::Error>> {
//! // `my-program work` calls `airbyte_agent_program::run_worker`.
//! let tools = tools.programs(Arc::new(ProgramProcess::of_this_program("work")?));
//! let code = "const {data} = await github({entity: 'issues', action: 'list', params: {}}); return data.length";
//! println!("{}", tools.call("program", serde_json::json!({"code": code})).await?.text);
//! # Ok(())
//! # }
//! ```

mod bounds;
#[cfg(target_os = "linux")]
mod confine;
mod message;
mod process;
mod worker;

pub use self::process::ProgramProcess;
pub use self::worker::run_worker;
