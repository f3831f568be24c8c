//! Labels that were written by hand after reading the documents: facts about operations, one in
//! each line, separated by tabs: document, method, path, action, whether it is a list (`yes` or
//! `no`), records, kind of paging, parameter. A `-` stands for nothing, `|` separates values that
//! are equally right.

use std::path::Path;

use airbyte_agent_import::decision::DocumentDecision;
use airbyte_agent_import::report::json_line;
use serde_json::Value;

use super::Error;
use super::table::{Outcome, Table};

/// The label of one operation: what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The document, by its path in the folder.
    pub document: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path, as the document writes it.
    pub path: String,
    /// What the operation does.
    pub action: String,
    /// Whether it is a list.
    pub list: bool,
    /// Whether the importer has not decided if it is a list. In labels, it is always decided.
    pub is_open: bool,
    /// The place of the records.
    pub records: String,
    /// How the list continues.
    pub paging: String,
    /// The parameter for the next page.
    pub parameter: String,
}

/// The labels of a file. Lines that begin with `#` are comments.
///
/// # Errors
///
/// When the file cannot be read, or a line does not have eight columns.
pub(crate) fn read(path: &Path) -> Result<Vec<Label>, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| label(line).map_err(|reason| Error::Label { line: index + 1, reason }))
        .collect()
}

fn label(line: &str) -> Result<Label, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [document, method, path, action, list, records, paging, parameter] = columns.as_slice()
    else {
        return Err(format!("expected 8 columns, found {}", columns.len()));
    };
    Ok(Label {
        document: (*document).to_owned(),
        method: (*method).to_owned(),
        path: (*path).to_owned(),
        action: (*action).to_owned(),
        list: *list == "yes",
        is_open: false,
        records: (*records).to_owned(),
        paging: (*paging).to_owned(),
        parameter: (*parameter).to_owned(),
    })
}

/// Compares what was inferred with the labels, and counts the outcomes for whole operations and for
/// single columns.
pub(crate) fn compare(
    name: &str,
    labels: &[&Label],
    decision: &DocumentDecision,
    table: &mut Table,
) {
    for label in labels {
        let is_same = |operation: &&airbyte_agent_import::decision::OperationDecision| {
            operation.method == label.method && operation.path == label.path
        };
        let Some(operation) = decision.operations.iter().find(is_same) else {
            table.count(
                "by hand: operation",
                Outcome::Wrong,
                &format!("{name} {} {}: not in the document", label.method, label.path),
            );
            continue;
        };
        let line: Value = serde_json::from_str(&json_line(operation)).unwrap_or_default();
        let text =
            |pointer: &str| line.pointer(pointer).and_then(Value::as_str).unwrap_or("-").to_owned();
        let found = Label {
            action: text("/action"),
            list: line["list"] == true,
            is_open: line["list"].is_null(),
            records: text("/records"),
            paging: text("/paging/kind"),
            parameter: text("/paging/parameter"),
            ..(*label).clone()
        };
        count(name, label, &found, table);
    }
}

fn count(name: &str, label: &Label, found: &Label, table: &mut Table) {
    let fits = |expected: &str, found: &str| expected.split('|').any(|choice| choice == found);
    let paging = if found.is_open
        || found.paging == "unknown" && !fits(&label.paging, "unknown") && label.list
    {
        Outcome::Abstained
    } else {
        // With alternatives, each kind has its own parameter.
        let pairs = label.paging.split('|').zip(label.parameter.split('|'));
        let is_same = pairs
            .into_iter()
            .any(|(kind, parameter)| kind == found.paging && parameter == found.parameter);
        Outcome::of(is_same)
    };
    // An operation that returns nothing in particular has no records that could be wrong.
    let records = fits(&label.records, &found.records) || label.records == "*";
    let columns = [
        (
            "action",
            if found.action == "unknown" {
                Outcome::Abstained
            } else {
                Outcome::of(fits(&label.action, &found.action))
            },
        ),
        (
            "list",
            if found.is_open { Outcome::Abstained } else { Outcome::of(label.list == found.list) },
        ),
        (
            "records",
            if !records && (found.is_open || found.records == "-" && label.list) {
                Outcome::Abstained
            } else {
                Outcome::of(records)
            },
        ),
        ("paging", paging),
    ];
    let shown = |label: &Label| {
        let list = match (label.is_open, label.list) {
            (true, _) => "open",
            (false, true) => "list",
            (false, false) => "no list",
        };
        format!("{} {list} {} {} {}", label.action, label.records, label.paging, label.parameter)
    };
    let detail = format!(
        "{name} {} {}: expected {}; found {}",
        label.method,
        label.path,
        shown(label),
        shown(found)
    );
    for (column, outcome) in columns {
        table.count(&format!("by hand: {column}"), outcome, "");
    }
    let all = columns.iter().map(|(_, outcome)| *outcome).max().unwrap_or(Outcome::Exact);
    table.count("by hand: all columns", all, &detail);
}
