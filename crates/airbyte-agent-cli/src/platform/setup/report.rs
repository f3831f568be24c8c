//! What `platform setup` did, step by step.

use std::io::Write as _;

use serde::Serialize;

use crate::terminal;

/// The steps, in their order.
pub(super) const STEPS: [&str; 7] =
    ["token", "workspace", "template", "registration", "connector", "verification", "environment"];

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// It was done; nothing was made.
    Done,
    /// Something was made.
    Created,
    /// It was there already.
    Existed,
    /// There was nothing to do.
    Skipped,
}

/// A step that is over.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    step: usize,
    name: &'static str,
    state: State,
    detail: String,
}

/// The steps that are over.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) steps: Vec<Step>,
}

impl Report {
    /// Ends the step that is under way, and tells a person.
    pub(super) fn end(&mut self, state: State, detail: impl Into<String>) {
        let (step, detail) = (self.steps.len() + 1, detail.into());
        let name = STEPS.get(self.steps.len()).copied().unwrap_or_default();
        if terminal::shows_errors() {
            let line = format!("{step}/{} {name}: {detail}", STEPS.len());
            let _ = writeln!(std::io::stderr(), "{}", terminal::one_line(&line));
        }
        self.steps.push(Step { step, name, state, detail });
    }

    /// The step that is under way, for messages.
    pub(super) fn current(&self) -> String {
        let name = STEPS.get(self.steps.len()).copied().unwrap_or_default();
        format!("step {} of {} ({name})", self.steps.len() + 1, STEPS.len())
    }
}
