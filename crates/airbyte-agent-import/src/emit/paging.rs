//! How a list continues, as `x-agent-pagination` says it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::decision::{OperationDecision, PageSize, Paging};
use crate::infer::USUAL_LINK;

/// The keys of an operation that say how its list continues.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// `x-agent-pagination`
    pub(super) pagination: Option<Value>,
    /// `x-airbyte-meta-extractor`
    pub(super) meta: Map<String, Value>,
    /// `x-agent-total`
    pub(super) total: Option<String>,
    /// Whether the vendor leaves out the place of the records where there are none.
    pub(super) records_optional: bool,
    /// What was not decided, or cannot be said in the dialect.
    pub(super) notes: Vec<String>,
}

/// What the keys are made of.
pub(super) struct Around<'a> {
    /// The names of arguments by their names in the document.
    pub(super) names: &'a HashMap<String, String>,
    /// Whether the response has a place, as far as its schema says.
    pub(super) has_place: &'a dyn Fn(&str) -> bool,
}

/// The keys for a list or search.
pub(super) fn paging(decision: &OperationDecision, around: &Around<'_>) -> Made {
    let mut made = Made::default();
    let decided = decision.paging.as_ref();
    let value = decided.map_or(&Paging::Unknown, |decided| &decided.value);
    let style = match value {
        Paging::Token { parameter, from, more, size } => {
            made.records_optional = leaves_out_empty_lists(parameter, from);
            argument(around, parameter).map(|into| {
                let from = source(from, "next_page", &mut made);
                with(
                    json!({"cursor": {"from": from, "into": into}}),
                    more.as_deref(),
                    size.as_ref(),
                    around,
                    &mut made,
                )
            })
        }
        Paging::LastRecord { parameter, from, more, size } => {
            argument(around, parameter).map(|into| {
                with(
                    json!({"last_record": {"field": from, "into": into}}),
                    more.as_deref(),
                    size.as_ref(),
                    around,
                    &mut made,
                )
            })
        }
        Paging::Offset { parameter, more, total, size, .. } => {
            argument(around, parameter).map(|into| {
                made.total.clone_from(total);
                with(
                    json!({"offset": {"into": into}}),
                    more.as_deref(),
                    size.as_ref(),
                    around,
                    &mut made,
                )
            })
        }
        Paging::Page { parameter, start, more, total, size } => {
            argument(around, parameter).map(|into| {
                made.total.clone_from(total);
                with(
                    json!({"page": {"into": into, "start": start}}),
                    more.as_deref(),
                    size.as_ref(),
                    around,
                    &mut made,
                )
            })
        }
        Paging::Link { .. } if decision.method != "GET" => Err(format!(
            "The response has the address of the next page, which would be requested by GET and not by {}.",
            decision.method
        )),
        Paging::Link { from, size } => {
            let from = source(from, "next_page", &mut made);
            Ok(with(json!({"link": {"from": from}}), None, size.as_ref(), around, &mut made))
        }
        // Where the vendor sends no address, the list ends with its first page, as was declared.
        Paging::None if decision.method == "GET" && has_usual_link(decision, around) => {
            Ok(json!({"link": {"from": USUAL_LINK}}))
        }
        Paging::None => {
            let reason = decided.and_then(|decided| decided.evidence.first());
            let reason = reason
                .map_or("The vendor's document names no way to get a second page.", String::as_str);
            Ok(json!({"none": reason}))
        }
        Paging::Unknown => Err(decision
            .open_questions
            .iter()
            .find(|question| question.to_lowercase().contains("pag"))
            .cloned()
            .unwrap_or_else(|| {
                "The vendor's document does not say how the list continues.".to_owned()
            })),
    };
    made.total = made
        .total
        .take()
        .filter(|place| place.starts_with("@header.") || (around.has_place)(place));
    made.pagination = Some(match style {
        Ok(style) => style,
        Err(reason) => {
            made.notes.push(reason.clone());
            json!({"unknown": reason})
        }
    });
    made
}

/// Whether the response has the usual member for the address of a next page, beside the records.
fn has_usual_link(decision: &OperationDecision, around: &Around<'_>) -> bool {
    let records = decision.records.as_ref().map_or("", |records| &records.value);
    records.starts_with("$.") && !records.contains('*') && (around.has_place)(USUAL_LINK)
}

/// The name of the argument for a parameter of the document.
fn argument(around: &Around<'_>, parameter: &str) -> Result<String, String> {
    around.names.get(parameter).cloned().ok_or_else(|| {
        format!("The list continues by `{parameter}`, which is no parameter and no member at the top of the body.")
    })
}

/// A place as the dialect writes it: those outside of the body are metadata with a name.
fn source(from: &str, name: &str, made: &mut Made) -> String {
    if from.starts_with('@') {
        made.meta.insert(name.to_owned(), from.into());
        return name.to_owned();
    }
    from.to_owned()
}

fn with(
    mut style: Value,
    more: Option<&str>,
    size: Option<&PageSize>,
    around: &Around<'_>,
    made: &mut Made,
) -> Value {
    let Some(members) = style.as_object_mut() else { return style };
    if let Some(more) = more.filter(|place| place.starts_with('@') || (around.has_place)(place)) {
        let place = source(more, "has_more", made);
        members.insert("more".to_owned(), place.into());
    }
    if let Some(size) = size
        && let Some(parameter) = around.names.get(&size.parameter)
    {
        let mut node = Map::new();
        node.insert("parameter".to_owned(), parameter.clone().into());
        if let Some(default) = size.default {
            node.insert("default".to_owned(), default.into());
        }
        if let Some(maximum) = size.maximum {
            node.insert("maximum".to_owned(), maximum.into());
        }
        members.insert("size".to_owned(), Value::Object(node));
    }
    style
}

/// Vendors whose JSON is made from protocol buffers leave out lists that are empty.
fn leaves_out_empty_lists(parameter: &str, from: &str) -> bool {
    matches!(parameter, "pageToken" | "page_token")
        && matches!(from, "$.nextPageToken" | "$.next_page_token")
}
