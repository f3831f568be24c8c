//! Who runs programs, what they may call, and how they end.

use std::fmt;

use serde_json::Value;

use airbyte_agent_engine::BoxFuture;

/// How many records a list gives a program that does not say how many it wants.
pub(crate) const LIST_RECORDS: usize = 1_000;

/// Runs programs. It must give them no access to anything but [`ProgramCalls`], and bound the time and the memory that
/// they take.
pub trait ProgramRunner: Send + Sync + fmt::Debug {
    /// Runs a program, the body of an async function in JavaScript. `functions` are the names of the tools. Dropping
    /// the future ends the program.
    fn run<'a>(
        &'a self,
        code: &'a str,
        functions: Vec<String>,
        calls: &'a dyn ProgramCalls,
    ) -> BoxFuture<'a, ProgramEnd>;
}

/// The calls that a program may make.
pub trait ProgramCalls: Send + Sync {
    /// Calls a tool, and gives its result, or else its error: an object with `error`, `message` and `retry`.
    fn call(&self, tool: String, arguments: Value) -> BoxFuture<'_, Result<Value, Value>>;
}

/// How a program ended.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ProgramEnd {
    /// What it returned, `null` where it returned nothing.
    pub value: Value,
    /// What went wrong, without a full stop; `None` where it came to its end.
    pub failure: Option<String>,
    /// The line of the program where it went wrong, from 1, where that is known.
    pub line: Option<u64>,
    /// What it printed, up to a bound.
    pub printed: String,
    /// How many characters it printed beyond that.
    pub left_out: u64,
}

impl ProgramEnd {
    /// The end of a program that returned this value.
    pub fn returned(value: Value) -> Self {
        Self { value, ..Self::default() }
    }

    /// The end of a program that failed.
    pub fn failed(failure: impl Into<String>) -> Self {
        Self { failure: Some(failure.into()), ..Self::default() }
    }

    /// Says where it failed.
    #[must_use]
    pub fn on_line(mut self, line: Option<u64>) -> Self {
        self.line = line;
        self
    }

    /// Adds what it printed, and how many characters are missing of that.
    #[must_use]
    pub fn with_printed(mut self, printed: String, left_out: u64) -> Self {
        (self.printed, self.left_out) = (printed, left_out);
        self
    }
}
