//! A spec that was read: whether it is an `OpenAPI` document at all, and what can be done with it.

use std::sync::OnceLock;

use airbyte_agent_description::Connector;

use crate::lower::{Cx, Depth};
use crate::{lint, lower};
use airbyte_agent_yaml::{self as yaml, Node};
use airbyte_agent_yaml::{Problem, Severity, sort};

/// What an empty text should be.
const EXPECTED: &str = "an OpenAPI 3.1 document";

/// A parsed spec that remembers where everything stands.
#[derive(Debug)]
pub struct Spec {
    root: Node,
    /// The same as JSON, once somebody has asked for it: to run a connector, nobody does.
    json: OnceLock<serde_json::Value>,
    warnings: Vec<Problem>,
}

impl Spec {
    /// Reads the text of a spec, which is YAML or JSON.
    ///
    /// # Errors
    ///
    /// The problems of a text that is not YAML, has duplicate keys or merge keys, or is not an `OpenAPI` 3.1
    /// document with paths.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let yaml::Document { root, warnings } = yaml::read(text, EXPECTED)?;
        if let Some(problem) = unfit(&root) {
            return Err(vec![problem]);
        }
        Ok(Self { root, json: OnceLock::new(), warnings })
    }

    /// Takes a spec that was made in memory. Lines and columns of its problems are zero, because there is no text.
    ///
    /// # Errors
    ///
    /// When the value is not an `OpenAPI` 3.1 document with paths.
    pub fn from_json(json: serde_json::Value) -> Result<Self, Vec<Problem>> {
        let root = Node::from(json);
        if let Some(problem) = unfit(&root) {
            return Err(vec![problem]);
        }
        Ok(Self { root, json: OnceLock::new(), warnings: Vec::new() })
    }

    /// The whole document as JSON, with all its keys.
    pub fn document(&self) -> &serde_json::Value {
        self.json.get_or_init(|| self.root.to_json())
    }

    /// Finds everything that is wrong or doubtful; the problems come in the order of the text.
    pub fn lint(&self) -> Vec<Problem> {
        let mut cx = Cx::new(&self.root);
        lint::check(&cx);
        if cx.budget.is_exceeded() {
            cx = Cx::with_depth(&self.root, Depth::Shares);
            lint::check(&cx);
        }
        let mut problems = self.warnings.clone();
        problems.extend(cx.report.problems());
        sort(&mut problems);
        problems
    }

    /// Lowers the spec to the description of its connector.
    ///
    /// # Errors
    ///
    /// The problems that keep the connector from running; [`Spec::lint`] gives all the others, too.
    pub fn lower(&self) -> Result<Connector, Vec<Problem>> {
        let mut cx = Cx::new(&self.root);
        let mut connector = lower::connector(&cx);
        if cx.budget.is_exceeded() {
            cx = Cx::with_depth(&self.root, Depth::Shares);
            connector = lower::connector(&cx);
        }
        if cx.report.failed_since(0) { Err(cx.report.fatal_problems()) } else { Ok(connector) }
    }
}

/// Reads YAML or JSON text in the way in which specs are read, for documents that are no connector specs, such
/// as the API of the hosted platform.
///
/// # Errors
///
/// The problems of a text that is not YAML, or has duplicate keys or merge keys.
pub fn read(text: &str) -> Result<serde_json::Value, Vec<Problem>> {
    let document = yaml::read(text, EXPECTED)?;
    Ok(document.root.to_json())
}

/// Says why the document is not a spec at all.
fn unfit(root: &Node) -> Option<Problem> {
    let problem = |node: &Node, path: &str, message: String| {
        Some(Problem {
            severity: Severity::Error,
            line: node.line,
            column: node.column,
            path: path.to_owned(),
            message,
        })
    };
    if !root.is_map() {
        let message =
            format!("expected an OpenAPI 3.1 document (a mapping), found {}", root.kind());
        return problem(root, "", message);
    }
    match root.get("openapi").map(|node| (node, node.plain())) {
        Some((_, version)) if version == "3.1" || version.starts_with("3.1.") => {}
        Some((node, version)) => {
            let message = format!("expected `openapi: 3.1.0`, found version `{version}`");
            return problem(node, "/openapi", message);
        }
        None => {
            let message = match root.get("swagger") {
                Some(version) => format!(
                    "this is OpenAPI {}; expected an OpenAPI 3.1 document (`openapi: 3.1.0`)",
                    version.plain()
                ),
                None => "expected an OpenAPI 3.1 document; `openapi: 3.1.0` is missing".to_owned(),
            };
            return problem(root, "", message);
        }
    }
    if !root.get("info").is_some_and(Node::is_map) {
        return problem(root, "", "`info` with `title` and `version` is missing".to_owned());
    }
    match root.get("paths") {
        Some(paths) if !paths.members().is_empty() => None,
        Some(paths) => problem(paths, "/paths", "`paths` must hold at least one path".to_owned()),
        None => problem(root, "", "`paths` is missing; a spec has at least one path".to_owned()),
    }
}
