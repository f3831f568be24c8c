//! The report for people: what was understood, what was not, and what would settle it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::decision::{OperationDecision, Paging};
use crate::emit::key;
use crate::import::Imported;

/// The most entries of a list in the report.
const MOST: usize = 12;

/// What was not decided about a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// The number of operations that were imported.
    pub operations: usize,
    /// The lists of which it is not known how they continue, each with what would settle it.
    pub unknown_lists: Vec<(String, String)>,
    /// What concerns the document as a whole, one sentence each.
    pub of_document: Vec<String>,
    /// What concerns one operation, which is named first.
    pub of_operations: Vec<(String, String)>,
}

impl Questions {
    /// What was not decided in an import.
    pub fn of(imported: &Imported) -> Self {
        let mut questions = Self {
            operations: imported.operations.len(),
            of_document: imported.notes.clone(),
            ..Self::default()
        };
        let decisions = decisions(imported);
        for operation in &imported.operations {
            let name = format!("{}.{}", operation.name.entity, operation.name.action);
            let decision = decisions.get(&key(&operation.method, &operation.path));
            let paging = decision.and_then(|decision| decision.paging.as_ref());
            let is_unknown = operation.name.action.is_array()
                && paging.is_none_or(|paging| paging.value == Paging::Unknown);
            for note in &operation.notes {
                if is_unknown && questions.unknown_lists.iter().all(|(known, _)| *known != name) {
                    questions.unknown_lists.push((name.clone(), note.clone()));
                } else {
                    questions.of_operations.push((name.clone(), note.clone()));
                }
            }
            for question in decision.into_iter().flat_map(|decision| &decision.open_questions) {
                let is_told = operation.notes.contains(question);
                if !is_told {
                    questions.of_operations.push((name.clone(), question.clone()));
                }
            }
        }
        questions
    }

    /// One line about what matters for whoever calls operations; `None` if nothing does.
    pub fn note(&self) -> Option<String> {
        let lists = self.unknown_lists.len();
        let names: Vec<&str> =
            self.unknown_lists.iter().take(3).map(|(name, _)| name.as_str()).collect();
        match lists {
            0 => None,
            1 => Some(format!(
                "it is not known how {} continues after its first page; `airbyte-agent import` says more",
                names.join("")
            )),
            _ => Some(format!(
                "of {lists} lists it is not known how they continue after their first page ({}{}); `airbyte-agent import` says more",
                names.join(", "),
                if lists > names.len() { ", …" } else { "" }
            )),
        }
    }
}

fn decisions(imported: &Imported) -> BTreeMap<String, &OperationDecision> {
    let all = imported.decided.operations.iter();
    all.map(|decision| (key(&decision.method, &decision.path), decision)).collect()
}

/// The report, without commands to try.
pub fn summary(imported: &Imported) -> String {
    let questions = Questions::of(imported);
    let mut out = String::new();
    let decided = &imported.decided;
    let lists = imported.operations.iter().filter(|operation| operation.name.action.is_array());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let decisions = decisions(imported);
    for list in lists {
        let decision = decisions.get(&key(&list.method, &list.path));
        let paging = decision.and_then(|decision| decision.paging.as_ref());
        *kinds.entry(paging.map_or("not known", |paging| kind(&paging.value))).or_default() += 1;
    }
    let mut entities: Vec<&str> =
        imported.operations.iter().map(|operation| operation.name.entity.as_str()).collect();
    entities.sort_unstable();
    entities.dedup();
    let _ = writeln!(
        out,
        "{}: {} operations of {} entities",
        if decided.title.is_empty() { imported.slug.as_str() } else { decided.title.trim() },
        imported.operations.len(),
        entities.len()
    );
    if !kinds.is_empty() {
        let kinds: Vec<String> =
            kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let _ = writeln!(out, "Lists by how they continue: {}", kinds.join(", "));
    }
    let auth: Vec<&str> = decided.auth.iter().map(|scheme| scheme.value.name.as_str()).collect();
    let _ = writeln!(
        out,
        "Credentials: {}",
        if auth.is_empty() { "not described".to_owned() } else { auth.join(", ") }
    );
    if !imported.changes.is_empty() {
        let breaking = imported.changes.iter().filter(|change| change.is_breaking).count();
        let _ = writeln!(
            out,
            "\n{} differences to the last import, {breaking} of them breaking:",
            imported.changes.len()
        );
        section(&mut out, imported.changes.iter().map(ToString::to_string).collect());
    }
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, text)| format!("{name}: {text}")).collect()
    };
    for (title, lines) in [
        ("Not known, and what would settle it:", pairs(&questions.unknown_lists)),
        ("About the document:", questions.of_document),
        ("About operations:", pairs(&questions.of_operations)),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{title}");
            section(&mut out, lines);
        }
    }
    out
}

fn section(out: &mut String, lines: Vec<String>) {
    let more = lines.len().saturating_sub(MOST);
    for line in lines.into_iter().take(MOST) {
        let _ = writeln!(out, "  {line}");
    }
    if more > 0 {
        let _ = writeln!(out, "  … and {more} more");
    }
}

fn kind(paging: &Paging) -> &'static str {
    match paging {
        Paging::Token { .. } => "by a token",
        Paging::LastRecord { .. } => "by the last record",
        Paging::Offset { .. } => "by an offset",
        Paging::Page { .. } => "by page number",
        Paging::Link { .. } => "by an address",
        Paging::None => "whole",
        Paging::Unknown => "not known",
    }
}
