//! Compares one operation with everything that the documents say about it, and keeps what fits best.

use airbyte_agent_description::{Action, Body, Connector, GraphQl, Operation};
use serde_json::Value;

use super::arguments::Request;
use super::finding::{Finding, Findings, Kind, weight};
use super::matching::{Index, Match};
use super::responses::Responses;
use super::variables::Variables;
use super::wording::join;
use airbyte_agent_document::{self as vendor, Api, Document, Opener};

/// What was found out about one operation.
#[derive(Debug)]
pub(super) struct Comparison {
    /// The document that it was compared with; `None` if no document describes operations of its kind.
    pub(super) document: Option<String>,
    /// What differs.
    pub(super) findings: Vec<Finding>,
    /// What could not be compared, in sentences.
    pub(super) notes: Vec<String>,
}

/// Compares an operation of the connector with the documents.
pub(super) fn operation(
    connector: &Connector,
    operation: &Operation,
    documents: &[Document],
    index: &Index<'_>,
) -> Comparison {
    match &operation.body {
        Body::GraphQl(graphql) => by_schema(connector, operation, graphql, documents),
        _ => by_path(connector, operation, index),
    }
}

fn by_path(connector: &Connector, operation: &Operation, index: &Index<'_>) -> Comparison {
    let mut out = Findings::new(operation.place());
    match index.find(connector, operation) {
        Match::Candidates(candidates) => {
            let compared = candidates.into_iter().map(|candidate| {
                let theirs = candidate.operation;
                let name = candidate.document.name.clone();
                side_by_side(connector, operation, theirs, &candidate.rest.root, name)
            });
            best(compared).unwrap_or_else(|| nothing(Vec::new()))
        }
        Match::OtherMethods(methods) => {
            let detail = format!("The vendor has the path with {} only.", join(&methods));
            out.add(Kind::MethodDiffers, "", detail);
            nothing(out.into_list())
        }
        Match::Unknown(similar) => {
            let hint = if similar.is_empty() {
                String::new()
            } else {
                format!(" Similar paths are {}.", join(&similar))
            };
            out.add(Kind::OperationUnknown, "", format!("No document has the path.{hint}"));
            nothing(out.into_list())
        }
        Match::NoDocument => Comparison {
            document: None,
            findings: Vec::new(),
            notes: vec!["no document describes operations with paths".to_owned()],
        },
    }
}

fn by_schema(
    connector: &Connector,
    operation: &Operation,
    graphql: &GraphQl,
    documents: &[Document],
) -> Comparison {
    let schemas = documents.iter().filter_map(|document| match &document.api {
        Api::GraphQl(api) => Some((document, api)),
        Api::Rest(_) => None,
    });
    let compared = schemas.map(|(document, api)| {
        let text = graphql.document(None).unwrap_or_default();
        match api.operation(&text, graphql.operation_name.as_deref()) {
            Ok(theirs) => {
                side_by_side(connector, operation, &theirs, &api.root, document.name.clone())
            }
            Err(reason) => {
                let mut out = Findings::new(operation.place());
                out.add(Kind::DocumentRefused, "", reason);
                let mut comparison = nothing(out.into_list());
                comparison.document = Some(document.name.clone());
                comparison
            }
        }
    });
    best(compared).unwrap_or_else(|| Comparison {
        document: None,
        findings: Vec::new(),
        notes: vec!["no document is a GraphQL schema".to_owned()],
    })
}

/// A comparison with findings only. A document was looked at, although none describes the operation.
fn nothing(findings: Vec<Finding>) -> Comparison {
    Comparison { document: Some(String::new()), findings, notes: Vec::new() }
}

/// The comparison with the fewest and least findings: several documents, or several kinds of objects with the
/// same path in one document, may describe an operation.
fn best(compared: impl Iterator<Item = Comparison>) -> Option<Comparison> {
    compared.min_by_key(|comparison| weight(&comparison.findings))
}

fn side_by_side(
    connector: &Connector,
    operation: &Operation,
    theirs: &vendor::Operation,
    root: &Value,
    document: String,
) -> Comparison {
    let opener = Opener::new(root);
    let mut out = Findings::new(operation.place());
    let mut notes = Vec::new();
    let says_so = operation.description.to_lowercase().contains("deprecated");
    if theirs.deprecated && !says_so {
        let detail = "The vendor marks the operation as deprecated.";
        out.add(Kind::OperationDeprecated, "", detail);
    }
    let mut selectable = false;
    if let Body::GraphQl(graphql) = &operation.body {
        selectable = graphql.takes_selection();
        Variables { operation, graphql, theirs, opener: &opener }.compare(&mut out);
    } else {
        Request { connector, operation, theirs, opener: &opener }.compare(&mut out);
    }
    if operation.action != Action::Download {
        match Responses::new(operation, theirs, &opener) {
            Some(responses) => responses.compare(selectable, &mut out),
            None if operation.response.schema.is_some() => {
                notes.push("the document does not describe the response".to_owned());
            }
            None => {}
        }
    }
    if opener.is_exhausted() {
        notes.push("the schemas are too large, and were compared in part".to_owned());
    }
    if opener.lost() > 0 {
        let lost = opener.lost();
        notes.push(format!("{lost} references of the document lead nowhere or to other documents"));
    }
    Comparison { document: Some(document), findings: out.into_list(), notes }
}
