//! How much a description may hold. References multiply: a spec of a few lines can stand for more schemas
//! than fit into any memory. What is too much is cut, and accepts anything below the cut.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use airbyte_agent_description::Json;

use super::operation::METHODS;
use airbyte_agent_yaml::{Node, Value};

/// How schemas are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// To their ends, one by one. Only a schema that is very large itself is cut.
    Whole,
    /// As far as a share of what the whole document may have reaches, because opened to their ends the schemas are too
    /// large together.
    Shares,
}

/// The most parts of the schemas of all records, or of all arguments, that are opened to their ends.
const MOST_WHOLE: usize = 60_000;

/// The most parts of the schemas of all records, or of all arguments, if each gets a share.
const MOST_SHARED: usize = 400_000;

/// The most parts in any case. A schema that has its turn later is cut at once.
const MOST_IN_ALL: usize = 1_000_000;

/// How many arguments an operation is thought to have.
const ARGUMENTS: usize = 8;

/// The parts that the schemas of a document have so far.
pub(crate) struct Budget {
    depth: Depth,
    records: Part,
    arguments: Part,
    /// The schemas of records that were opened, by the node that they were made of.
    inlined: RefCell<HashMap<*const Node, Json>>,
}

/// The budget of one kind of schemas.
pub(super) struct Part {
    used: Cell<usize>,
    /// The share of one schema.
    share: usize,
}

impl Part {
    /// Adds parts.
    pub(super) fn spend(&self, parts: usize) {
        self.used.set(self.used.get().saturating_add(parts));
    }

    /// The share of one schema.
    pub(super) fn share(&self) -> usize {
        if self.used.get() > MOST_IN_ALL { 0 } else { self.share }
    }
}

impl Budget {
    /// The budget of a document with these paths.
    pub(super) fn new(depth: Depth, root: &Node) -> Self {
        let paths = root.get("paths").map(Node::members).unwrap_or_default().iter();
        let count = |(_, item): &(String, Node)| {
            METHODS.iter().filter(|(name, _)| item.get(name).is_some()).count()
        };
        let operations = paths.map(count).sum::<usize>().max(1);
        let part = |share: usize| Part { used: Cell::new(0), share };
        Self {
            depth,
            records: part((MOST_SHARED / operations).clamp(40, 2_000)),
            arguments: part((MOST_SHARED / (operations * ARGUMENTS)).clamp(16, 1_000)),
            inlined: RefCell::default(),
        }
    }

    pub(super) fn depth(&self) -> Depth {
        self.depth
    }

    pub(super) fn records(&self) -> &Part {
        &self.records
    }

    pub(super) fn arguments(&self) -> &Part {
        &self.arguments
    }

    /// Whether the schemas have become too large to be opened to their ends.
    pub(crate) fn is_exceeded(&self) -> bool {
        let is_large = |part: &Part| part.used.get() > MOST_WHOLE;
        self.depth == Depth::Whole && (is_large(&self.records) || is_large(&self.arguments))
    }

    /// The schema of records that is made of this node, which is the same for every operation.
    pub(super) fn inlined(&self, node: &Node, make: impl FnOnce() -> Json) -> Json {
        let known = self.inlined.borrow().get(&std::ptr::from_ref(node)).cloned();
        known.unwrap_or_else(|| {
            let made = make();
            self.inlined.borrow_mut().insert(node, made.clone());
            made
        })
    }
}

/// Hands out what is left to the parts of a schema that still come: what one does not use, the next ones have.
pub(super) struct Shares {
    left: usize,
    parts: usize,
}

impl Shares {
    pub(super) fn new(left: usize, parts: usize) -> Self {
        Self { left, parts }
    }

    /// The share of the next part.
    pub(super) fn next(&self) -> usize {
        if self.left == usize::MAX { self.left } else { self.left / self.parts.max(1) }
    }

    /// Notes what the next part has used of its share.
    pub(super) fn used(&mut self, used: usize) {
        self.parts = self.parts.saturating_sub(1);
        if self.left < usize::MAX {
            self.left = self.left.saturating_sub(used);
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
