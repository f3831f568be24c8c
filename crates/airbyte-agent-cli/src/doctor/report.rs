//! What was found, and how it is told.

use std::io::Write;

use serde_json::{Value, json};

use crate::terminal;

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Works, and is perhaps not as it was meant.
    Warning,
    /// Something does not work until it is mended.
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

/// Something that was looked at.
struct Finding {
    area: String,
    level: Level,
    message: String,
    next: Option<String>,
}

/// All that was found, in order.
#[derive(Default)]
pub(super) struct Report {
    area: String,
    findings: Vec<Finding>,
}

impl Report {
    /// Begins an area; what follows belongs to it.
    pub(super) fn area(&mut self, name: &str) {
        name.clone_into(&mut self.area);
    }

    /// As it should be.
    pub(super) fn good(&mut self, message: impl Into<String>) {
        self.add(Level::Good, message.into(), None);
    }

    /// Worth knowing.
    pub(super) fn note(&mut self, message: impl Into<String>) {
        self.add(Level::Note, message.into(), None);
    }

    /// Works, and is perhaps not as it was meant; `next` would change it.
    pub(super) fn warning(&mut self, message: impl Into<String>, next: impl Into<String>) {
        self.add(Level::Warning, message.into(), Some(next.into()));
    }

    /// Does not work; `next` is a command or a step that would mend it.
    pub(super) fn problem(&mut self, message: impl Into<String>, next: impl Into<String>) {
        self.add(Level::Problem, message.into(), Some(next.into()));
    }

    /// Worth knowing, and what could be done.
    pub(super) fn suggest(&mut self, message: impl Into<String>, next: impl Into<String>) {
        self.add(Level::Note, message.into(), Some(next.into()));
    }

    fn add(&mut self, level: Level, message: String, next: Option<String>) {
        self.findings.push(Finding { area: self.area.clone(), level, message, next });
    }

    /// Whether nothing has to be mended.
    pub(super) fn is_healthy(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Problem)
    }

    /// What to do, in order and once each.
    fn steps(&self) -> Vec<&str> {
        let mut steps: Vec<&str> = Vec::new();
        for step in self.findings.iter().filter_map(|finding| finding.next.as_deref()) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let told = |finding: &Finding| {
            json!({
                "area": finding.area,
                "level": finding.level.as_str(),
                "message": finding.message,
                "next": finding.next,
            })
        };
        json!({
            "healthy": self.is_healthy(),
            "findings": self.findings.iter().map(told).collect::<Vec<_>>(),
            "next": self.steps(),
        })
    }

    /// For people.
    pub(super) fn text(&self, out: &mut impl Write) -> std::io::Result<()> {
        let width = terminal::width();
        let mut area = "";
        for finding in &self.findings {
            if finding.area != area {
                let gap = if area.is_empty() { "" } else { "\n" };
                writeln!(out, "{gap}{}", finding.area)?;
                area = &finding.area;
            }
            let mark = format!("  {:<8}", finding.level.as_str());
            let text = terminal::wrap(&finding.message, mark.len(), width);
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
    fn a_report_tells_what_to_do() {
        let mut report = Report::default();
        report.area("A");
        report.good("fine");
        assert!(report.is_healthy());
        report.problem("broken", "mend it");
        report.area("B");
        report.suggest("unused", "mend it");
        assert!(!report.is_healthy());
        let mut text = Vec::new();
        report.text(&mut text).unwrap();
        let expected =
            "A\n  ok      fine\n  problem broken\n\nB\n  note    unused\n\nNext\n  mend it\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
        assert_eq!(report.json()["next"], json!(["mend it"]));
    }
}
