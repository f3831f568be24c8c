//! The tools of a toolset by name.

use std::collections::HashMap;

use super::definition::ToolDefinition;
use super::names::folded;
use super::records::RecordsTool;

/// What a tool calls. Positions are those of the toolset's groups and of the connector's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// One operation of a connector.
    Operation { group: usize, entity: usize, operation: usize },
    /// Any operation of a connector.
    Connector { group: usize },
    /// The search over the operations of all connectors.
    Search,
    /// The description of operations.
    Describe,
    /// Any operation of any connector.
    Execute,
    /// Several calls of the other tools.
    Batch,
    /// A program over the other tools.
    Program,
    /// The copies of records in the store.
    Records(RecordsTool),
}

/// The tools of a toolset by name, with those that the policy excludes: a call of one of these is told why it
/// is refused.
#[derive(Debug)]
pub(super) struct Catalog {
    tools: Vec<(String, Tool)>,
    by_name: HashMap<String, usize>,
    /// Names without case and punctuation. `None` stands for a spelling that several tools share.
    by_spelling: HashMap<String, Option<usize>>,
}

impl Catalog {
    /// A catalog of these tools, whose names are all different.
    pub(super) fn new(tools: Vec<(String, Tool)>) -> Self {
        let mut by_name = HashMap::with_capacity(tools.len());
        let mut by_spelling = HashMap::with_capacity(tools.len());
        for (position, (name, _)) in tools.iter().enumerate() {
            by_name.insert(name.clone(), position);
            by_spelling
                .entry(folded(name))
                .and_modify(|known| *known = None)
                .or_insert(Some(position));
        }
        Self { tools, by_name, by_spelling }
    }

    /// The tools with their names, in the order of accounts and descriptions.
    pub(super) fn tools(&self) -> impl Iterator<Item = (&str, Tool)> {
        self.tools.iter().map(|(name, tool)| (name.as_str(), *tool))
    }

    /// The position of the tool of this name. Another spelling of the name is accepted where it can mean
    /// only one tool.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let exact = self.by_name.get(name).copied();
        exact.or_else(|| self.by_spelling.get(&folded(name)).copied().flatten())
    }

    /// The tool at a position.
    pub(super) fn tool(&self, position: usize) -> Option<Tool> {
        self.tools.get(position).map(|(_, tool)| *tool)
    }
}

/// The definitions of the tools that may be called.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    all: Vec<ToolDefinition>,
    /// For each tool of the catalog, the position of its definition.
    by_tool: Vec<Option<usize>>,
}

impl Definitions {
    /// Adds the definition of the next tool of the catalog, `None` when it may not be called.
    pub(super) fn add(&mut self, definition: Option<ToolDefinition>) {
        self.by_tool.push(definition.as_ref().map(|_| self.all.len()));
        self.all.extend(definition);
    }

    /// All definitions, in the order of the catalog.
    pub(super) fn all(&self) -> &[ToolDefinition] {
        &self.all
    }

    /// The definition of the tool at a position of the catalog.
    pub(super) fn of_tool(&self, position: usize) -> Option<&ToolDefinition> {
        self.all.get((*self.by_tool.get(position)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_found_by_its_name_and_by_any_spelling_that_is_clear() {
        let tools = ["acme_items", "acme_items_list", "acme_itemslist", "search"];
        let tools = tools.map(|name| (name.to_owned(), Tool::Search));
        let catalog = Catalog::new(tools.into());
        for (name, expected) in [
            ("acme_items", Some(0)),
            ("Acme-Items", Some(0)),
            ("acme_items_list", Some(1)),
            ("acme_itemslist", Some(2)),
            ("AcmeItemsList", None),
            ("SEARCH", Some(3)),
            ("searches", None),
            ("", None),
        ] {
            assert_eq!(catalog.position(name), expected, "{name}");
        }
    }
}
