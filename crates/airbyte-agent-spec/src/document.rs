//! The parsed spec: what has to hold before anything else can be said about it.

use airbyte_agent_description::Connector;

use crate::lower::Cx;
use crate::problem::{Problem, Severity, sort};
use crate::yaml::{self, Node};
use crate::{lint, lower};

/// A parsed spec that remembers where everything stands.
#[derive(Debug)]
pub struct Spec {
    root: Node,
    json: serde_json::Value,
    warnings: Vec<Problem>,
}

impl Spec {
    /// Reads YAML or JSON text.
    ///
    /// Fails when the text is no YAML (duplicate keys and merge keys included), or is not an
    /// `OpenAPI` 3.1 document with paths.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let yaml::Document { root, warnings } =
            yaml::read(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        if let Some(problem) = unfit(&root) {
            return Err(vec![problem]);
        }
        Ok(Self { json: root.to_json(), root, warnings })
    }

    /// The whole document.
    pub fn document(&self) -> &serde_json::Value {
        &self.json
    }

    /// Everything that is wrong or doubtful, in the order of the text.
    pub fn lint(&self) -> Vec<Problem> {
        let cx = Cx::new(&self.root);
        lint::check(&cx);
        let mut problems = self.warnings.clone();
        problems.extend(cx.report.problems());
        sort(&mut problems);
        problems
    }

    /// The description of the connector.
    ///
    /// Fails only where the connector could not run; what else is wrong is told by
    /// [`Spec::lint`].
    pub fn lower(&self) -> Result<Connector, Vec<Problem>> {
        let cx = Cx::new(&self.root);
        let connector = lower::connector(&cx);
        if cx.report.failed_since(0) { Err(cx.report.fatal_problems()) } else { Ok(connector) }
    }
}

/// Reads any YAML or JSON text the way specs are read, for documents that are no specs: the API of
/// the hosted platform.
///
/// # Errors
///
/// When the text is no YAML, duplicate keys and merge keys included.
pub fn read(text: &str) -> Result<serde_json::Value, Vec<Problem>> {
    let document = yaml::read(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    Ok(document.root.to_json())
}

/// Why this is not a spec at all.
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
