//! How much a description may hold. References multiply: a spec of a few lines can stand for more schemas
//! than fit into any memory.

use std::cell::Cell;

use super::Cx;
use airbyte_agent_yaml::{Node, Value};

/// The most parts of the schemas of all arguments, and of all records.
const MOST_IN_ALL: usize = 500_000;

/// The parts that the schemas of a document have so far.
#[derive(Default)]
pub(crate) struct Budget {
    used: Cell<usize>,
    is_exceeded: Cell<bool>,
}

impl Budget {
    /// Whether the document has used up what it may.
    pub(super) const fn is_exceeded(&self) -> bool {
        self.is_exceeded.get()
    }
}

impl<'a> Cx<'a> {
    /// Adds the parts of a schema. Beyond the most parts of a document this reports an error, once.
    pub(super) fn spend(&self, node: &'a Node, parts: usize) {
        let used = self.budget.used.get().saturating_add(parts);
        self.budget.used.set(used);
        if used > MOST_IN_ALL && !self.budget.is_exceeded.replace(true) {
            self.report.fatal(
                node,
                format!(
                    "the schemas have more than {MOST_IN_ALL} parts once their references are followed; \
                     refer to fewer schemas from here on"
                ),
            );
        }
    }
}

/// How much a node counts that is copied as it stands.
pub(super) fn weight(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Map(members) => 1 + members.iter().map(|(_, member)| weight(member)).sum::<usize>(),
        Value::Text(text) => 1 + text.len() / 64,
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}
