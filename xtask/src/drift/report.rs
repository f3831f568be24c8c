//! What a comparison found, as a table for people and as lines of JSON for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use airbyte_agent_description::Connector;
use serde_json::json;

use super::accepted::Reason;
use super::compare::Comparison;
use super::finding::{Class, Finding, Kind};
use super::wording::join;
use airbyte_agent_document::{Api, Document};

/// A finding, with the reason why it is accepted.
#[derive(Debug)]
pub struct Difference {
    /// What differs, and in which operation.
    pub finding: Finding,
    /// The document that differs; empty if no document has the operation.
    pub document: String,
    /// The reason why the difference is right, if the spec states one.
    pub reason: Option<Reason>,
}

/// What a comparison found.
#[derive(Debug)]
pub struct Report {
    /// The name of the connector.
    pub connector: String,
    /// The files with documents, and how many are in each.
    pub documents: BTreeMap<String, usize>,
    /// Errors in the documents themselves, by file. The valid parts were compared.
    pub defects: BTreeMap<String, String>,
    /// The operations that were compared.
    pub compared: Vec<String>,
    /// The operations that were not compared, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// What could not be compared, with the operations that it applies to.
    pub notes: BTreeMap<String, Vec<String>>,
    /// The differences, the worst class first.
    pub differences: Vec<Difference>,
    /// Reasons of the spec that explain nothing.
    pub unused: Vec<Reason>,
}

impl Report {
    pub(super) fn new(connector: &Connector, documents: &[Document]) -> Self {
        Self {
            connector: connector.name.to_string(),
            documents: files(documents),
            defects: defects(documents),
            compared: Vec::new(),
            skipped: Vec::new(),
            notes: BTreeMap::new(),
            differences: Vec::new(),
            unused: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, operation: String, comparison: Comparison) {
        let Some(document) = comparison.document else {
            self.skipped.push((operation, join(&comparison.notes)));
            return;
        };
        for note in comparison.notes {
            self.notes.entry(note).or_default().push(operation.clone());
        }
        self.compared.push(operation);
        self.differences.extend(comparison.findings.into_iter().map(|finding| Difference {
            finding,
            document: document.clone(),
            reason: None,
        }));
    }

    /// Applies the reasons of the spec. A reason for operations that were not compared does not
    /// count as unused, because it may explain a difference from another document.
    pub(super) fn explain(&mut self, reasons: Vec<Reason>) {
        for reason in reasons {
            let mut is_used = false;
            for difference in &mut self.differences {
                if reason.explains(&difference.finding) {
                    is_used = true;
                    difference.reason.get_or_insert_with(|| reason.clone());
                }
            }
            let was_compared =
                !self.skipped.iter().any(|(operation, _)| reason.is_about(operation));
            if !is_used && was_compared {
                self.unused.push(reason);
            }
        }
        self.differences.sort_by(|a, b| {
            let key = |difference: &Difference| {
                (difference.finding.kind.class(), difference.finding.kind)
            };
            key(a).cmp(&key(b)).then_with(|| a.finding.place.cmp(&b.finding.place))
        });
    }

    /// The differences of a class that no reason explains.
    pub fn unexplained(&self, class: Class) -> impl Iterator<Item = &Difference> {
        let of_class = move |difference: &&Difference| difference.finding.kind.class() == class;
        self.differences.iter().filter(|difference| difference.reason.is_none()).filter(of_class)
    }

    /// Whether all differences have a reason.
    pub fn is_clean(&self) -> bool {
        self.unused.is_empty()
            && Class::ALL.iter().all(|class| self.unexplained(*class).next().is_none())
    }

    /// The differences as a table. Equal findings of several operations are one row.
    pub fn table(&self) -> String {
        let files = self.documents.iter().map(|(file, documents)| match documents {
            1 => file.clone(),
            documents => format!("{file} ({documents} documents)"),
        });
        let files: Vec<String> = files.collect();
        let (compared, files) = (self.compared.len(), files.join(", "));
        let mut out = format!("{}: {compared} operations compared with {files}\n", self.connector);
        for class in Class::ALL {
            let found: Vec<&Difference> = self.unexplained(class).collect();
            if !found.is_empty() {
                let _ = writeln!(out, "\nClass {}: {}", class.number(), class.meaning());
                rows(&mut out, &found);
            }
        }
        if !self.unused.is_empty() {
            out.push_str("\nReasons that explain nothing any more:\n");
            for reason in &self.unused {
                let place = if reason.operation.is_empty() { "info" } else { &reason.operation };
                let _ = writeln!(out, "  {place}: {}", reason.pattern);
            }
        }
        let mut notes: Vec<(String, &Vec<String>)> =
            self.notes.iter().map(|(note, operations)| (note.clone(), operations)).collect();
        let mut skipped: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (operation, reason) in &self.skipped {
            skipped.entry(reason).or_default().push(operation.clone());
        }
        notes.extend(skipped.iter().map(|(reason, all)| (format!("not compared, {reason}"), all)));
        if !notes.is_empty() || !self.defects.is_empty() {
            out.push_str("\nNotes:\n");
            for (file, defect) in &self.defects {
                let first = defect.lines().next().unwrap_or_default();
                let _ = writeln!(out, "  {file} is not valid itself: {first}");
            }
            for (note, operations) in notes {
                let _ = writeln!(out, "  {note}: {}", join(operations));
            }
        }
        let _ = writeln!(out, "\n{}", self.summary());
        out
    }

    /// The numbers of differences, in one line.
    pub fn summary(&self) -> String {
        let counts = Class::ALL.map(|class| {
            format!("{} of class {}", self.unexplained(class).count(), class.number())
        });
        let explained = self.differences.iter().filter(|found| found.reason.is_some()).count();
        format!(
            "{}: unexplained differences: {}; {explained} explained, {} reasons without use",
            self.connector,
            counts.join(", "),
            self.unused.len()
        )
    }

    /// One JSON object in each line: every difference, reasons without use, what was not compared, and a summary.
    pub fn json_lines(&self) -> String {
        let mut lines = Vec::new();
        for difference in &self.differences {
            let finding = &difference.finding;
            lines.push(json!({
                "connector": self.connector,
                "operation": finding.operation,
                "class": finding.kind.class().number(),
                "kind": finding.kind,
                "place": finding.place,
                "id": finding.id(),
                "detail": finding.detail,
                "document": difference.document,
                "reason": difference.reason.as_ref().map(|reason| &reason.text),
            }));
        }
        for reason in &self.unused {
            lines.push(json!({
                "connector": self.connector,
                "unused_reason": reason.pattern,
                "operation": reason.operation,
            }));
        }
        for (note, operations) in &self.notes {
            lines
                .push(json!({"connector": self.connector, "note": note, "operations": operations}));
        }
        for (operation, reason) in &self.skipped {
            let operation = operation.as_str();
            lines.push(json!({
                "connector": self.connector, "operation": operation, "not_compared": reason,
            }));
        }
        lines.push(json!({
            "connector": self.connector,
            "documents": self.documents,
            "compared": self.compared.len(),
            "not_compared": self.skipped.len(),
            "unexplained": Class::ALL.map(|class| self.unexplained(class).count()),
            "explained": self.differences.iter().filter(|found| found.reason.is_some()).count(),
        }));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn defects(documents: &[Document]) -> BTreeMap<String, String> {
    let defects = documents.iter().filter_map(|document| match &document.api {
        Api::GraphQl(schema) => Some((document.name.clone(), schema.defects.clone()?)),
        Api::Rest(_) => None,
    });
    defects.collect()
}

fn files(documents: &[Document]) -> BTreeMap<String, usize> {
    let mut files = BTreeMap::new();
    for document in documents {
        *files.entry(document.file.clone()).or_default() += 1;
    }
    files
}

/// One row for each kind, place and detail. Fields that are not described have one row for each operation.
fn rows(out: &mut String, found: &[&Difference]) {
    let mut rows: Vec<(Kind, &str, &str, Vec<&str>)> = Vec::new();
    for difference in found {
        let finding = &difference.finding;
        let key = (finding.kind, finding.place.as_str(), finding.detail.as_str());
        match rows.iter_mut().find(|(kind, place, detail, _)| (*kind, *place, *detail) == key) {
            Some(row) => row.3.push(&finding.operation),
            None => rows.push((key.0, key.1, key.2, vec![&finding.operation])),
        }
    }
    let missing = |kind: Kind| kind == Kind::FieldMissing;
    for (kind, place, detail, operations) in rows.iter().filter(|row| !missing(row.0)) {
        let place = if place.is_empty() { "–" } else { place };
        let operations = join(operations);
        let mut lines = detail.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(out, "  {:<20} {place:<36} {operations}: {first}", kind.as_str());
        for line in lines {
            let _ = writeln!(out, "    {line}");
        }
    }
    let mut by_operations: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (_, place, _, operations) in rows.iter().filter(|row| missing(row.0)) {
        by_operations.entry(join(operations)).or_default().push(place);
    }
    for (operations, places) in by_operations {
        let _ = writeln!(
            out,
            "  {:<20} {operations}: {}",
            Kind::FieldMissing.as_str(),
            places.join(", ")
        );
    }
}
