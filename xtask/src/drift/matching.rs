//! Finds what the vendor says about an operation: by method and path, in any of several documents.

use airbyte_agent_description::{Connector, Location, Operation};

use super::path::{self, Path};
use airbyte_agent_document::{self as vendor, Api, Document, base_path};

/// An operation of a document that may be the one that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'d> {
    pub(super) document: &'d Document,
    pub(super) rest: &'d vendor::Rest,
    pub(super) operation: &'d vendor::Operation,
}

/// What the documents say about an operation.
#[derive(Debug)]
pub(super) enum Match<'d> {
    /// These describe it, equally well.
    Candidates(Vec<Candidate<'d>>),
    /// The path has these methods only.
    OtherMethods(Vec<String>),
    /// No document has the path; the texts are similar paths.
    Unknown(Vec<String>),
    /// No document describes operations with paths.
    NoDocument,
}

/// The operations of all documents, with their paths prepared for comparison.
#[derive(Debug)]
pub(super) struct Index<'d> {
    entries: Vec<Entry<'d>>,
}

#[derive(Debug)]
struct Entry<'d> {
    candidate: Candidate<'d>,
    paths: Vec<Path>,
}

impl<'d> Index<'d> {
    pub(super) fn new(documents: &'d [Document]) -> Self {
        let mut entries = Vec::new();
        for document in documents {
            let Api::Rest(rest) = &document.api else { continue };
            for operation in &rest.operations {
                let path = &operation.path;
                let with_base = operation.bases.iter().map(|base| format!("{base}{path}"));
                let mut paths: Vec<Path> = with_base.map(|path| Path::new(&path)).collect();
                paths.push(Path::new(path));
                let candidate = Candidate { document, rest, operation };
                entries.push(Entry { candidate, paths });
            }
        }
        Self { entries }
    }

    /// What the documents say about an operation of the connector.
    pub(super) fn find(&self, connector: &Connector, operation: &Operation) -> Match<'d> {
        if self.entries.is_empty() {
            return Match::NoDocument;
        }
        let shown = path::shown(&operation.path);
        let base = base_path(&path::shown(&connector.server.url));
        let own = [Path::new(&format!("{base}{shown}")), Path::new(&shown)];
        let mut fitting: Vec<(usize, Candidate<'d>)> = Vec::new();
        for entry in &self.entries {
            let distances = own
                .iter()
                .flat_map(|own| entry.paths.iter().filter_map(|theirs| own.distance(theirs)));
            if let Some(distance) = distances.min() {
                fitting.push((distance, entry.candidate));
            }
        }
        let mut methods: Vec<String> =
            fitting.iter().map(|(_, fit)| fit.operation.method.clone()).collect();
        fitting.retain(|(_, fit)| fit.operation.method == operation.method.as_str());
        let Some(best) = fitting.iter().map(|(distance, _)| *distance).min() else {
            methods.sort();
            methods.dedup();
            return if methods.is_empty() {
                Match::Unknown(self.similar(&shown))
            } else {
                Match::OtherMethods(methods)
            };
        };
        let best = fitting.into_iter().filter(|(distance, _)| *distance == best);
        Match::Candidates(of_version(operation, best.map(|(_, candidate)| candidate).collect()))
    }

    fn similar(&self, path: &str) -> Vec<String> {
        let paths = self.entries.iter().map(|entry| entry.candidate.operation.path.as_str());
        let mut similar = airbyte_agent_description::closest(path, paths);
        similar.dedup();
        similar.into_iter().map(str::to_owned).collect()
    }
}

/// The candidates of the version that the operation requests in a header; all, if there are none of it.
fn of_version<'d>(operation: &Operation, candidates: Vec<Candidate<'d>>) -> Vec<Candidate<'d>> {
    let headers = operation.parameters.iter().filter(|own| own.location == Location::Header);
    let sent = headers.filter(|own| own.send_default).filter_map(|own| own.default.as_ref());
    let versions: Vec<String> =
        sent.filter_map(|json| json.value().as_str().map(str::to_owned)).collect();
    let is_meant = |candidate: &&Candidate<'d>| versions.contains(&candidate.document.version);
    let meant: Vec<_> = candidates.iter().filter(is_meant).copied().collect();
    if meant.is_empty() { candidates } else { meant }
}
