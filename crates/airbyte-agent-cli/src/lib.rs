//! The `airbyte-agent` program as a library, so that its parts can be tested and reused.
//!
//! A command is a function from its arguments to what it prints; [`main`] picks the command, turns
//! a failure into the one line of JSON that scripts read, and into the exit code. What the exit
//! codes and the output promise to scripts is tested in `tests/`.
//!
//! No connector is named here: the built-in ones are listed in one place (`registry`), everything
//! else is read from descriptions.

mod accounts;
mod advice;
mod args;
mod arguments;
mod check;
mod complete;
mod connect;
mod connectors;
mod cursor_key;
mod describe;
mod doctor;
mod dotenv;
pub mod engine;
mod example;
mod exec;
mod failure;
mod help;
mod hosted;
mod interrupt;
mod json_option;
mod login;
mod mask;
mod mcp;
mod note;
mod output;
mod pager;
mod platform;
mod progress;
mod prompt;
mod reach;
mod registry;
mod sample;
mod sandbox;
mod search;
mod terminal;
mod trace;
mod usage;
mod variables;

use std::process::ExitCode;

use airbyte_agent_core::{Error, ErrorKind};
use clap::FromArgMatches as _;

use self::args::{Cli, Command};
use self::failure::Stop;

/// Reads the command line, runs the command and gives back the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let parsed = help::command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error),
    };
    trace::start(cli.verbose, matches!(cli.command, Command::Mcp(_)));
    let tells_more = cli.verbose > 0;
    let ended = run(cli.command);
    match ended {
        // Whoever read standard output has seen enough.
        Ok(()) | Err(Stop::PipeClosed) => ExitCode::SUCCESS,
        Err(stop) => failure::tell(&stop, tells_more),
    }
}

/// Keeps the examples of the workspace's README compiling.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct ReadmeExamples;

fn run(command: Command) -> Result<(), Stop> {
    match command {
        Command::Exec(args) => block_on(exec::exec(*args)),
        Command::Check(args) => block_on(check::check(*args)),
        Command::Login(args) => block_on(login::login(*args)),
        Command::Accounts(args) => accounts::accounts(args),
        Command::Doctor(args) => block_on(doctor::doctor(args)),
        Command::Sandbox(args) => block_on(sandbox::serve(args)),
        Command::Mcp(args) => block_on(mcp::mcp(*args)),
        Command::Connectors(args) => connectors::connectors(&args),
        Command::Describe(args) => describe::describe(&args),
        Command::Search(args) => search::search(&args),
        Command::Platform(args) => block_on(platform::platform(*args)),
        Command::Completions { shell } => complete::script(shell, help::command()),
        Command::Complete(args) => complete::complete(&args, help::command()),
    }
}

fn block_on(work: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Error::new(ErrorKind::Internal, format!("cannot start: {error}")))?;
    let ended = runtime.block_on(work);
    // A look-up of a host name may still be under way; nobody waits for it.
    runtime.shutdown_background();
    ended
}
