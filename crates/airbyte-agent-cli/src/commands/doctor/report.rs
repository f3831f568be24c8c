//! The report of `doctor`: its findings, and how it is printed.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::example::shell_quoted;
use crate::terminal;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Everything is as it should be.
    Good,
    /// Something that is good to know.
    Note,
    /// Something that works, but is perhaps not intended.
    Warning,
    /// Something that does not work until it is fixed.
    Problem,
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One line of the report.
struct Finding {
    area: String,
    level: Level,
    message: String,
    /// A command or an action that fixes or changes it.
    step: Option<String>,
}

/// All findings, in the order in which they were added.
#[derive(Default)]
pub(super) struct Report {
    area: String,
    /// The spec that the report is about, as a shell takes it; steps name it instead of FILE.
    spec: Option<String>,
    findings: Vec<Finding>,
}

impl Report {
    /// An empty report about a spec.
    pub(super) fn about(spec: Option<&Path>) -> Self {
        let spec = spec.map(|path| shell_quoted(&path.display().to_string()));
        Self { spec, ..Self::default() }
    }

    /// Starts an area, to which the following findings belong.
    pub(super) fn start_area(&mut self, name: &str) {
        name.clone_into(&mut self.area);
    }

    /// Adds that something is as it should be.
    pub(super) fn add_good(&mut self, message: impl Into<String>) {
        self.add(Level::Good, message.into(), None);
    }

    /// Adds something that is good to know.
    pub(super) fn add_note(&mut self, message: impl Into<String>) {
        self.add(Level::Note, message.into(), None);
    }

    /// Adds something that is perhaps not intended; `step` would change it.
    pub(super) fn add_warning(&mut self, message: impl Into<String>, step: impl Into<String>) {
        self.add(Level::Warning, message.into(), Some(step.into()));
    }

    /// Adds something that does not work; `step` is a command or an action that would fix it.
    pub(super) fn add_problem(&mut self, message: impl Into<String>, step: impl Into<String>) {
        self.add(Level::Problem, message.into(), Some(step.into()));
    }

    /// Adds something that is good to know, and a step that the user can take.
    pub(super) fn add_suggestion(&mut self, message: impl Into<String>, step: impl Into<String>) {
        self.add(Level::Note, message.into(), Some(step.into()));
    }

    fn add(&mut self, level: Level, message: String, step: Option<String>) {
        let step = match &self.spec {
            Some(spec) => step.map(|step| step.replace("--spec FILE", &format!("--spec {spec}"))),
            None => step,
        };
        self.findings.push(Finding { area: self.area.clone(), level, message, step });
    }

    /// Whether the report contains no problem.
    pub(super) fn is_healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Problem)
    }

    /// What the user can do, in order and without repetitions.
    fn steps(&self) -> Vec<&str> {
        let mut steps: Vec<&str> = Vec::new();
        for step in self.findings.iter().filter_map(|finding| finding.step.as_deref()) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// The report for programs.
    pub(super) fn to_json(&self) -> Value {
        let finding_json = |finding: &Finding| {
            json!({
                "area": finding.area,
                "level": finding.level.as_str(),
                "message": finding.message,
                "next": finding.step,
            })
        };
        json!({
            "healthy": self.is_healthy(),
            "findings": self.findings.iter().map(finding_json).collect::<Vec<_>>(),
            "next": self.steps(),
        })
    }

    /// Writes the report for people.
    pub(super) fn write_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        let width = terminal::width();
        let mut area = "";
        for finding in &self.findings {
            if finding.area != area {
                let gap = if area.is_empty() { "" } else { "\n" };
                writeln!(out, "{gap}{}", finding.area)?;
                area = &finding.area;
            }
            let mark = format!("  {:<8}", finding.level.as_str());
            let text = terminal::wrap_text(&finding.message, mark.len(), width);
            write!(out, "{mark}{}", text.trim_start())?;
        }
        let steps = self.steps();
        if !steps.is_empty() {
            writeln!(out, "\nNext")?;
        }
        for step in steps {
            writeln!(out, "  {step}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_to_do() {
        let mut report = Report::default();
        report.start_area("A");
        report.add_good("fine");
        assert!(report.is_healthy());
        report.add_problem("broken", "mend it");
        report.start_area("B");
        report.add_suggestion("unused", "mend it");
        assert!(!report.is_healthy());
        let mut text = Vec::new();
        report.write_text(&mut text).unwrap();
        let expected =
            "A\n  ok      fine\n  problem broken\n\nB\n  note    unused\n\nNext\n  mend it\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(report.to_json()["next"], json!(["mend it"]));
    }
}
