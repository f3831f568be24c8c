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
mod token_client;
mod upload;

pub(crate) use connector::connector;
pub(crate) use credentials::looks_secret;
pub(crate) use graphql::{
    document as graphql_document, placeholders, selection as default_selection, variables,
};
pub(crate) use operation::{Op, operations};
pub(crate) use parameter::is_template;
pub(crate) use refs::{Walk, types};
pub(crate) use response::{record_node, success_schema};
pub(crate) use sync::source;

use crate::report::Report;
use crate::yaml::Node;

/// What every part of lowering and linting works with: the document, and the findings about it.
pub(crate) struct Cx<'a> {
    pub(crate) root: &'a Node,
    pub(crate) report: Report<'a>,
    budget: budget::Budget,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(root: &'a Node) -> Self {
        Self { root, report: Report::new(root), budget: budget::Budget::default() }
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
