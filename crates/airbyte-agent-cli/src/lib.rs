//! The `airbyte-agent` program as a library, so that its parts can be tested and reused.
//!
//! `args` holds the parsed command line as plain data, and `commands` has one module for each
//! command: a function from the arguments of the command to what it prints. [`main`] picks the
//! command, and turns a failure into the one line of JSON that scripts read and into the exit code.
//! The tests in `tests/` check what exit codes and output promise to scripts.
//!
//! No connector is named here: the built-in connectors are listed by the crate `airbyte-agent`, and
//! everything else is read from descriptions.

mod accounts;
mod advice;
mod args;
mod arguments;
mod clap_error;
mod commands;
mod connect;
mod cursor_key;
mod dotenv;
pub mod engine;
mod example;
mod failure;
mod failure_report;
mod file_argument;
mod help;
mod json_option;
mod notes;
mod output;
mod ownership;
mod pace;
mod pager;
mod platform_access;
mod progress;
mod prompt;
mod records;
mod redact;
mod registry;
mod sample;
mod schema_text;
mod shutdown;
mod signals;
#[cfg(feature = "otel")]
mod telemetry;
mod terminal;
mod trace;
mod variables;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use self::args::{Cli, Command};
use self::commands::{
    accounts as accounts_command, check, complete, connectors, describe, doctor, exec, import,
    login, mcp, platform, sandbox, search, sql, sync, tables, watch,
};
use self::failure::Stop;
use self::shutdown::block_on;

/// The only argument of a process that runs the program of a model. It is no command: such a process does nothing else,
/// and reads neither options nor the environment.
const PROGRAM_WORD: &str = "__program";

/// Reads the command line of the process, runs the command and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == PROGRAM_WORD) {
        return airbyte_agent_program::run_worker();
    }
    let parsed = help::command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return clap_error::report_clap_error(&error),
    };
    let logging = trace::start_logging(cli.verbose, matches!(cli.command, Command::Mcp(_)));
    let is_verbose = cli.verbose > 0;
    let ended = run_command(cli.command);
    logging.end();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => failure_report::report_stop(&stop, is_verbose),
    }
}

/// Keeps the examples of the workspace's README compiling.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct ReadmeExamples;

fn run_command(command: Command) -> Result<(), Stop> {
    match command {
        Command::Exec(args) => block_on(exec::run_exec(*args)),
        Command::Check(args) => block_on(check::run_check(*args)),
        Command::Import(args) => import::run_import(&args),
        Command::Login(args) => block_on(login::run_login(*args)),
        Command::Accounts(args) => accounts_command::run_accounts(&args),
        Command::Doctor(args) => block_on(doctor::run_doctor(args)),
        Command::Sync(args) => block_on(sync::run_sync(*args)),
        Command::Sql(args) => block_on(sql::run_sql(*args)),
        Command::Tables(args) => tables::run_tables(&args),
        Command::Watch(args) => block_on(watch::run_watch(*args)),
        Command::Sandbox(args) => block_on(sandbox::run_sandbox(args)),
        Command::Mcp(args) => block_on(mcp::run_mcp(*args)),
        Command::Connectors(args) => connectors::run_connectors(&args),
        Command::Describe(args) => describe::run_describe(&args),
        Command::Search(args) => search::run_search(&args),
        Command::Platform(args) => block_on(platform::run_platform(*args)),
        Command::Completions { shell } => complete::print_script(shell, help::command()),
        Command::Complete(args) => complete::run_complete(&args, help::command()),
    }
}
