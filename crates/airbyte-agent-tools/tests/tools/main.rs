//! Tools: what a model may do, what it reads, and what it is told when something goes wrong.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]
// Functions of tests take values for the sake of short calls.
#![allow(clippy::needless_pass_by_value)]

mod accounts;
mod api;
mod approval;
mod arguments;
mod batch;
mod errors;
mod files;
mod library;
mod mistakes;
mod paging;
mod plans;
mod policy;
mod programs;
mod records;
mod repetition;
mod results;
mod said;
mod script;
mod selections;
#[path = "../../../airbyte-agent-engine/tests/engine/server.rs"]
#[allow(dead_code, reason = "the tests of the engine need more of it")]
mod server;
mod short_cursors;

use airbyte_agent_engine::BoxFuture;
use airbyte_agent_tools::{ProgramCalls, ProgramEnd, ProgramRunner};
