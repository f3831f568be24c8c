//! The report of `platform setup`: what was done in each step.

use std::io::Write as _;

use serde::Serialize;

use crate::terminal;

/// The names of the steps, in their order.
pub(super) const STEPS: [&str; 7] =
    ["token", "workspace", "template", "registration", "connector", "verification", "environment"];

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// The step succeeded and created nothing.
    Done,
    /// The step created something.
    Created,
    /// What the step creates existed already.
    Existed,
    /// There was nothing to do.
    Skipped,
}

/// A step that has ended.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    step: usize,
    name: &'static str,
    state: State,
    detail: String,
}

/// The steps that have ended.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) steps: Vec<Step>,
}

impl Report {
    /// Ends the current step, and prints its result on a terminal.
    pub(super) fn end_step(&mut self, state: State, detail: impl Into<String>) {
        let (step, detail) = (self.steps.len() + 1, detail.into());
        let name = STEPS.get(self.steps.len()).copied().unwrap_or_default();
        if terminal::stderr_is_terminal() {
            let line = format!("{step}/{} {name}: {detail}", STEPS.len());
            let _ = writeln!(terminal::stderr(), "{}", terminal::single_line(&line));
        }
        self.steps.push(Step { step, name, state, detail });
    }

    /// The current step, for messages.
    pub(super) fn current_step(&self) -> String {
        let name = STEPS.get(self.steps.len()).copied().unwrap_or_default();
        format!("step {} of {} ({name})", self.steps.len() + 1, STEPS.len())
    }
}
