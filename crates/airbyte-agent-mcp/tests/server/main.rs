//! The server as clients see it, over streams and over HTTP, in this process and offline.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
// Functions of tests take values for the sake of short calls.
#![allow(clippy::needless_pass_by_value)]

mod approval;
mod audit;
mod batch;
mod config;
mod connectors;
mod exposures;
mod harness;
mod http;
mod injection;
mod limits;
mod oauth;
mod programs;
mod reference;
#[path = "../../../airbyte-agent-tools/tests/tools/script.rs"]
#[allow(unreachable_pub, missing_docs, reason = "it is of the tests of the tools")]
mod script;
mod session;
mod sign_in;
mod tasks;
#[path = "../../../airbyte-agent-engine/tests/engine/server.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the tests of the engine need more of it"
)]
mod vendor;

use airbyte_agent_core::BoxFuture;
use airbyte_agent_core::tools::{ProgramCalls, ProgramEnd, ProgramRunner};
