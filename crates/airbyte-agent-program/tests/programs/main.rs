//! Programs in a process of their own: what they give, what is told where they fail, and what they cannot do.
//!
//! The tests have a `main` of their own, because this file is also the program of the process: with the argument `work`
//! it is what `run_worker` is called by.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod bounds;
mod calls;
mod failures;
mod host;
#[cfg(target_os = "linux")]
mod isolation;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;

use airbyte_agent_program::run_worker;

/// A test.
type Test = fn() -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tests by their names.
macro_rules! tests {
    ($($(#[$meta:meta])* $module:ident::$name:ident,)*) => {
        &[$($(#[$meta])* (concat!(stringify!($module), "::", stringify!($name)), || Box::pin($module::$name())),)*]
    };
}

const TESTS: &[(&str, Test)] = tests![
    calls::what_a_program_returns_is_the_answer,
    calls::calls_are_made_at_the_same_time_up_to_a_bound,
    calls::errors_of_calls_can_be_caught,
    calls::what_is_not_awaited_is_not_lost,
    failures::mistakes_are_told_with_their_line_and_with_what_would_be_right,
    failures::text_never_becomes_code,
    bounds::time_memory_stack_and_output_have_bounds,
    bounds::a_process_that_ends_or_lies_is_told,
    #[cfg(target_os = "linux")]
    isolation::the_process_has_neither_variables_nor_descriptors_nor_system_calls,
];

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("work") {
        return run_worker();
    }
    let filter = std::env::args().nth(1).filter(|word| !word.starts_with('-')).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut failed = 0;
    for (name, test) in TESTS.iter().filter(|(name, _)| name.contains(&filter)) {
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(test())));
        println!("test {name} ... {}", if outcome.is_ok() { "ok" } else { "FAILED" });
        failed += usize::from(outcome.is_err());
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
