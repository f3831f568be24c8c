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
