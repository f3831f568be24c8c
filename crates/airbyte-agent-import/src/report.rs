//! The report of decisions for programs: one JSON object in each line, one line for each operation.

use serde::Serialize;
use serde_json::json;

use crate::decision::{Decided, DocumentDecision, OperationDecision, PageSize, Paging};

/// What one line says about an operation.
#[derive(Debug, Serialize)]
struct Line<'a> {
    method: &'a str,
    path: &'a str,
    entity: &'a str,
    action: &'static str,
    list: Option<bool>,
    records: Option<&'a str>,
    paging: Option<PagingLine<'a>>,
    confidence: f64,
    evidence: Vec<&'a str>,
}

/// How a list continues. The four members are always there.
#[derive(Debug, Serialize)]
struct PagingLine<'a> {
    kind: &'static str,
    parameter: Option<&'a str>,
    from: Option<&'a str>,
    size: Option<&'a str>,
}

/// All lines, in the order of the document.
pub fn json_lines(decision: &DocumentDecision) -> String {
    decision.operations.iter().map(|operation| json_line(operation) + "\n").collect()
}

/// The line of one operation, without an end of line. Its confidence is that of the least certain decision, and
/// its evidence that of all decisions that the line shows. Where the evidence is not sufficient the action is `unknown`;
/// where it is not even clear whether a list comes back, `list` and `records` are null and the paging is `unknown`.
pub fn json_line(operation: &OperationDecision) -> String {
    let is_clear = operation.list.is_made();
    let records = operation.records.as_ref().filter(|_| is_clear);
    let paging = operation.paging.as_ref().filter(|_| is_clear);
    let mut confidence = operation.action.confidence.min(operation.entity.confidence);
    let mut evidence: Vec<&str> = Vec::new();
    add(&mut evidence, &operation.action);
    if let Some(records) = records {
        confidence = confidence.min(records.confidence);
        add(&mut evidence, records);
    }
    if let Some(paging) = paging {
        confidence = confidence.min(paging.confidence);
        add(&mut evidence, paging);
    }
    let line = Line {
        method: &operation.method,
        path: &operation.path,
        entity: &operation.entity.value,
        action: if operation.action.is_made() { operation.action.value.name() } else { "unknown" },
        list: is_clear.then_some(operation.list.value),
        records: records.map(|records| records.value.as_str()),
        paging: if is_clear {
            paging.map(|paging| paging_line(&paging.value))
        } else {
            Some(paging_line(&Paging::Unknown))
        },
        confidence: (confidence * 100.0).round() / 100.0,
        evidence,
    };
    serde_json::to_string(&line)
        .unwrap_or_else(|error| json!({"error": error.to_string()}).to_string())
}

fn add<'a, T>(evidence: &mut Vec<&'a str>, decided: &'a Decided<T>) {
    for sentence in &decided.evidence {
        if !evidence.contains(&sentence.as_str()) {
            evidence.push(sentence);
        }
    }
}

fn paging_line(paging: &Paging) -> PagingLine<'_> {
    let with = |kind, parameter, from, size| PagingLine { kind, parameter, from, size };
    match paging {
        Paging::Token { parameter, from, size, .. } => {
            with("token", Some(parameter), Some(from), name(size.as_ref()))
        }
        Paging::LastRecord { parameter, from, size, .. } => {
            with("last_record", Some(parameter), Some(from), name(size.as_ref()))
        }
        Paging::Offset { parameter, size, .. } => {
            with("offset", Some(parameter), None, name(size.as_ref()))
        }
        Paging::Page { parameter, size, .. } => {
            with("page", Some(parameter), None, name(size.as_ref()))
        }
        Paging::Link { from, size } => with("link", None, Some(from), name(size.as_ref())),
        Paging::None => with("none", None, None, None),
        Paging::Unknown => with("unknown", None, None, None),
    }
}

fn name(size: Option<&PageSize>) -> Option<&str> {
    size.map(|size| size.parameter.as_str())
}
