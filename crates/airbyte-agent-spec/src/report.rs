//! Collects what is found in a spec while it is lowered and linted. Knows nothing of what is checked.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use airbyte_agent_yaml::{Node, Value};
use airbyte_agent_yaml::{Problem, Severity, sort};

/// How much a finding matters: a `Fatal` one keeps the spec from being lowered, the others are only
/// reported by the linter.
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

    /// Reports why the connector cannot run.
    pub(crate) fn fatal(&self, at: &'a Node, message: impl Into<String>) {
        self.findings.borrow_mut().push((Grade::Fatal, at, message.into()));
    }

    /// Reports what has to be changed, although the connector runs.
    pub(crate) fn error(&self, at: &'a Node, message: impl Into<String>) {
        self.findings.borrow_mut().push((Grade::Error, at, message.into()));
    }

    /// Reports what is probably not as the author meant.
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

    /// The problems that keep the spec from being lowered, sorted by place.
    pub(crate) fn fatal_problems(self) -> Vec<Problem> {
        self.collect(|grade| grade == Grade::Fatal)
    }

    /// All problems, sorted by place.
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
