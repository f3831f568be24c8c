//! Problems of a spec and how they are collected. Knows nothing of what is checked.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::yaml::{Node, Value};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Has to be mended.
    Error,
    /// Works, but probably not as meant.
    Warning,
}

impl Severity {
    /// The word in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something wrong with a spec.
///
/// Displayed as `LINE:COLUMN: error: message (at path)`; whoever knows the file name puts it in
/// front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Place in the document as a JSON pointer, empty for the whole document.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.line, self.column, self.severity, self.message)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " (at {})", self.path) }
    }
}

/// How a finding is to be taken: `Fatal` keeps a spec from being lowered, the others only concern
/// the linter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Fatal,
    Error,
    Warning,
}

/// Findings, tied to the nodes they concern.
///
/// Paths are worked out once at the end, by one walk over the document.
pub(crate) struct Report<'a> {
    root: &'a Node,
    findings: RefCell<Vec<(Grade, &'a Node, String)>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(root: &'a Node) -> Self {
        Self { root, findings: RefCell::new(Vec::new()) }
    }

    /// The connector cannot run like this.
    pub(crate) fn fatal(&self, at: &'a Node, message: impl Into<String>) {
        self.findings.borrow_mut().push((Grade::Fatal, at, message.into()));
    }

    /// Has to be mended, though the connector runs.
    pub(crate) fn error(&self, at: &'a Node, message: impl Into<String>) {
        self.findings.borrow_mut().push((Grade::Error, at, message.into()));
    }

    /// Probably not as meant.
    pub(crate) fn warning(&self, at: &'a Node, message: impl Into<String>) {
        self.findings.borrow_mut().push((Grade::Warning, at, message.into()));
    }

    /// Turns what was fatal since `mark` into warnings: the part concerned is left out instead.
    pub(crate) fn forgive_since(&self, mark: usize) {
        for finding in self.findings.borrow_mut().iter_mut().skip(mark) {
            if finding.0 == Grade::Fatal {
                finding.0 = Grade::Warning;
            }
        }
    }

    /// A place in the list of findings, for [`Report::forgive_since`] and [`Report::failed_since`].
    pub(crate) fn mark(&self) -> usize {
        self.findings.borrow().len()
    }

    /// Whether something fatal was found since `mark`.
    pub(crate) fn failed_since(&self, mark: usize) -> bool {
        self.findings.borrow().iter().skip(mark).any(|(grade, ..)| *grade == Grade::Fatal)
    }

    /// What keeps the spec from being lowered, sorted.
    pub(crate) fn fatal_problems(self) -> Vec<Problem> {
        self.collect(|grade| grade == Grade::Fatal)
    }

    /// Everything, sorted.
    pub(crate) fn problems(self) -> Vec<Problem> {
        self.collect(|_| true)
    }

    fn collect(self, keep: impl Fn(Grade) -> bool) -> Vec<Problem> {
        let mut findings = self.findings.into_inner();
        findings.retain(|(grade, ..)| keep(*grade));
        let wanted: HashSet<*const Node> =
            findings.iter().map(|(_, node, _)| std::ptr::from_ref(*node)).collect();
        let mut paths = HashMap::new();
        if !wanted.is_empty() {
            find_paths(self.root, &mut String::new(), &wanted, &mut paths);
        }
        let mut problems: Vec<_> = findings
            .into_iter()
            .map(|(grade, node, message)| Problem {
                severity: match grade {
                    Grade::Fatal | Grade::Error => Severity::Error,
                    Grade::Warning => Severity::Warning,
                },
                line: node.line,
                column: node.column,
                path: paths.get(&std::ptr::from_ref(node)).cloned().unwrap_or_default(),
                message,
            })
            .collect();
        sort(&mut problems);
        problems
    }
}

/// Orders problems by place and removes repeated ones.
pub(crate) fn sort(problems: &mut Vec<Problem>) {
    problems.sort_by(|a, b| {
        (a.line, a.column, a.severity, &a.message).cmp(&(b.line, b.column, b.severity, &b.message))
    });
    problems.dedup_by(|a, b| (a.line, a.column, &a.message) == (b.line, b.column, &b.message));
}

fn find_paths(
    node: &Node,
    path: &mut String,
    wanted: &HashSet<*const Node>,
    found: &mut HashMap<*const Node, String>,
) {
    if wanted.contains(&std::ptr::from_ref(node)) {
        found.insert(node, path.clone());
    }
    let length = path.len();
    let mut step = |segment: &str, child: &Node| {
        path.push('/');
        path.push_str(&segment.replace('~', "~0").replace('/', "~1"));
        find_paths(child, path, wanted, found);
        path.truncate(length);
    };
    match &node.value {
        Value::Map(members) => members.iter().for_each(|(key, child)| step(key, child)),
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, child)| step(&index.to_string(), child));
        }
        _ => {}
    }
}
