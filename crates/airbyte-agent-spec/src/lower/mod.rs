//! Lowers the document to the connector description.
//!
//! What can be understood is lowered. Only what makes the connector unusable is reported as `fatal`; all
//! other findings are for the linter.

mod alternatives;
mod auth;
mod authorization;
mod body;
mod budget;
mod connector;
mod credentials;
mod entity;
mod field_selection;
mod filters;
mod graphql;
mod hosting;
mod info;
mod inline;
mod job;
mod operation;
mod paging;
mod parameter;
mod refs;
mod response;
mod schema;
mod server;
mod sync;
mod text_rules;
mod token_client;
mod upload;
mod upload_in_steps;

pub(crate) use connector::connector;
pub(crate) use credentials::looks_secret;
pub(crate) use filters::FILTERS;
pub(crate) use graphql::{
    document as graphql_document, placeholders, placeholders_in, selection as default_selection,
    variables,
};
pub(crate) use operation::{Op, operations};
pub use paging::STYLES as PAGINATION_STYLES;
pub(crate) use parameter::is_template;
pub(crate) use refs::{Walk, types};
pub(crate) use response::{record_node, success_schema};
pub(crate) use sync::source;
pub(crate) use text_rules::rules;
pub(crate) use upload_in_steps::arguments as step_arguments;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::report::Report;
use airbyte_agent_yaml::Node;
use budget::Budget;
pub(crate) use budget::Depth;

/// What every part of lowering and linting works with: the document, and the findings about it.
pub(crate) struct Cx<'a> {
    pub(crate) root: &'a Node,
    pub(crate) report: Report<'a>,
    pub(crate) budget: Budget,
    /// What references lead to, as far as they have been followed.
    targets: RefCell<HashMap<&'a str, Option<&'a Node>>>,
    /// The operations of every entity in the order of the document, once somebody has asked for them.
    of_entities: OnceCell<HashMap<String, Vec<Op<'a>>>>,
    /// The places of component schemas by the names of entities that they have, once somebody has asked for them.
    component_names: OnceCell<ComponentNames>,
}

/// The places of component schemas by their own names in lower case, and by the names that they are marked with.
#[derive(Default)]
struct ComponentNames {
    own: HashMap<String, Vec<usize>>,
    marked: HashMap<String, Vec<usize>>,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(root: &'a Node) -> Self {
        Self::with_depth(root, Depth::Whole)
    }

    /// The same, with a way to open schemas.
    pub(crate) fn with_depth(root: &'a Node, depth: Depth) -> Self {
        Self {
            root,
            report: Report::new(root),
            budget: Budget::new(depth, root),
            targets: RefCell::default(),
            of_entities: OnceCell::new(),
            component_names: OnceCell::new(),
        }
    }

    /// The operations of an entity, in the order of the document.
    pub(crate) fn operations_of(&self, entity: &str) -> &[Op<'a>] {
        let all = self.of_entities.get_or_init(|| {
            let mut all: HashMap<String, Vec<Op<'a>>> = HashMap::new();
            for op in operations(self.root) {
                all.entry(op.entity()).or_default().push(op);
            }
            all
        });
        all.get(entity).map(Vec::as_slice).unwrap_or_default()
    }

    /// The places of the component schemas that are marked with the name of an entity or have it themselves, in
    /// document order.
    pub(crate) fn components_of(&self, entity: &str) -> Vec<usize> {
        let names = self.component_names.get_or_init(|| {
            let mut names = ComponentNames::default();
            for (place, (name, node)) in self.components().iter().enumerate() {
                let (own, marked) = entity::names_of(name, node);
                names.own.entry(own).or_default().push(place);
                if let Some(marked) = marked {
                    names.marked.entry(marked).or_default().push(place);
                }
            }
            names
        });
        let own = names.own.get(&entity.to_ascii_lowercase()).into_iter().flatten();
        let mut places: Vec<usize> =
            own.chain(names.marked.get(entity).into_iter().flatten()).copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// `info`; the root when there is none, which `Spec::parse` rules out.
    pub(crate) fn info(&self) -> &'a Node {
        self.root.get("info").unwrap_or(self.root)
    }

    /// A key of `info`.
    pub(crate) fn info_key(&self, key: &str) -> Option<&'a Node> {
        self.info().get(key)
    }

    /// The component schemas in document order.
    pub(crate) fn components(&self) -> &'a [(String, Node)] {
        self.root.at(&["components", "schemas"]).map(Node::members).unwrap_or_default()
    }
}
