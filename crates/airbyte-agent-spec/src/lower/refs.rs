//! References, and the schemas that paths lead to.

use std::collections::{HashMap, HashSet};

use airbyte_agent_description::{JsonPath, Step};

use super::Cx;
use airbyte_agent_yaml::Node;

/// Longest chain of references that lead to references.
const MAX_CHAIN: usize = 256;

/// Deepest nesting of `allOf` and nullable wrappers that is looked through.
const MAX_WRAPPERS: usize = 16;

impl<'a> Cx<'a> {
    /// The node a reference leads to; `None` when it leads nowhere or in a circle.
    pub(crate) fn target(&self, reference: &'a str) -> Option<&'a Node> {
        if let Some(known) = self.targets.borrow().get(reference) {
            return *known;
        }
        let target = self.find(reference);
        self.targets.borrow_mut().insert(reference, target);
        target
    }

    pub(crate) fn find(&self, reference: &str) -> Option<&'a Node> {
        let pointer = reference.strip_prefix("#/")?;
        pointer.split('/').try_fold(self.root, |node, segment| {
            node.get(&segment.replace("~1", "/").replace("~0", "~"))
        })
    }

    /// The node itself, or what its `$ref` leads to.
    pub(crate) fn resolve(&self, node: &'a Node) -> Option<&'a Node> {
        let mut node = node;
        for _ in 0..MAX_CHAIN {
            match node.get("$ref").and_then(Node::as_str) {
                Some(reference) => node = self.target(reference)?,
                None => return Some(node),
            }
        }
        None
    }

    /// The schema behind references and "or null" wrappers.
    pub(crate) fn essential(&self, node: &'a Node) -> Option<&'a Node> {
        let mut node = self.resolve(node)?;
        for _ in 0..MAX_WRAPPERS {
            let Some(choices) = node.get("oneOf").or_else(|| node.get("anyOf")) else { break };
            let mut rest = choices.items().iter().filter(|choice| !is_null(choice));
            match (rest.next(), rest.next()) {
                (Some(only), None) => node = self.resolve(only)?,
                _ => break,
            }
        }
        Some(node)
    }

    /// Properties of an object schema, those of `allOf` branches included.
    pub(crate) fn properties(&self, schema: &'a Node) -> Vec<(&'a str, &'a Node)> {
        let mut found: Vec<(&str, &Node)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for schema in self.branches(schema) {
            for (name, property) in schema.get("properties").map(Node::members).unwrap_or_default()
            {
                if let Some(place) = places.get(name.as_str()) {
                    found[*place].1 = property;
                } else {
                    places.insert(name, found.len());
                    found.push((name, property));
                }
            }
        }
        found
    }

    /// Names an object schema requires, those of `allOf` branches included.
    pub(crate) fn required(&self, schema: &'a Node) -> Vec<String> {
        self.branches(schema).iter().flat_map(|schema| schema.texts("required")).collect()
    }

    /// The schema and those of its `allOf` branches, each of them once: the branches of a schema before
    /// itself.
    fn branches(&self, schema: &'a Node) -> Vec<&'a Node> {
        let mut known = HashSet::new();
        let mut found = Vec::new();
        self.add_branches(schema, 0, &mut known, &mut found);
        found
    }

    fn add_branches(
        &self,
        schema: &'a Node,
        depth: usize,
        known: &mut HashSet<*const Node>,
        found: &mut Vec<&'a Node>,
    ) {
        let Some(schema) = self.essential(schema) else { return };
        if depth > MAX_WRAPPERS || !known.insert(std::ptr::from_ref(schema)) {
            return;
        }
        for branch in schema.get("allOf").map(Node::items).unwrap_or_default() {
            self.add_branches(branch, depth + 1, known, found);
        }
        found.push(schema);
    }

    /// The schema of what `step` leads to.
    pub(crate) fn step(&self, schema: &'a Node, step: &Step) -> Walk<'a> {
        let Some(schema) = self.essential(schema) else { return Walk::Unknown };
        let items = || schema.get("items").map_or(Walk::Unknown, Walk::Schema);
        let is_array = types(schema).contains(&"array") || schema.get("items").is_some();
        let properties = self.properties(schema);
        let is_object = types(schema).contains(&"object") || !properties.is_empty();
        let free = || match schema.get("additionalProperties") {
            Some(node) if node.is_map() => Walk::Schema(node),
            Some(node) if node.as_bool() == Some(false) => Walk::Nowhere,
            Some(_) => Walk::Unknown,
            None if properties.is_empty() => Walk::Unknown,
            None => Walk::Nowhere,
        };
        match step {
            Step::Key(key) => match properties.iter().find(|(name, _)| *name == key.as_ref()) {
                Some((_, property)) => Walk::Schema(property),
                None if is_object => free(),
                None if is_array || is_scalar(schema) => Walk::Nowhere,
                None => Walk::Unknown,
            },
            Step::Index(_) | Step::Each if is_array => items(),
            // Values of an object: any member stands for all of them.
            Step::Each if is_object => {
                properties.first().map_or_else(free, |(_, first)| Walk::Schema(first))
            }
            Step::Index(_) | Step::Each if is_object || is_scalar(schema) => Walk::Nowhere,
            Step::Index(_) | Step::Each => Walk::Unknown,
        }
    }

    /// The schema of what `path` leads to.
    pub(crate) fn walk(&self, schema: &'a Node, path: &JsonPath) -> Walk<'a> {
        let mut current = schema;
        for step in path.steps.iter() {
            match self.step(current, step) {
                Walk::Schema(next) => current = next,
                end => return end,
            }
        }
        Walk::Schema(current)
    }
}

/// Where a path leads inside a schema.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Walk<'a> {
    /// The path leads to this schema.
    Schema(&'a Node),
    /// The schema does not say whether there is a value.
    Unknown,
    /// The schema says that there is no value.
    Nowhere,
}

/// Whether an object schema allows members that it does not name.
pub(crate) fn is_open(schema: &Node, has_properties: bool) -> bool {
    match schema.get("additionalProperties") {
        Some(node) => node.as_bool().unwrap_or(true),
        None => !has_properties,
    }
}

/// The types a schema names, `null` included.
pub(crate) fn types(schema: &Node) -> Vec<&str> {
    match schema.get("type") {
        Some(node) => match node.as_str() {
            Some(name) => vec![name],
            None => node.items().iter().filter_map(Node::as_str).collect(),
        },
        None => Vec::new(),
    }
}

/// Whether a schema allows `null` and nothing else.
pub(crate) fn is_null(schema: &Node) -> bool {
    types(schema) == ["null"] || schema.get("type").is_some_and(Node::is_null)
}

fn is_scalar(schema: &Node) -> bool {
    let types = types(schema);
    !types.is_empty() && !types.contains(&"object") && !types.contains(&"array")
}
